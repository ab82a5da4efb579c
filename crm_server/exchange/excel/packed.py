"""A long sequence that takes little memory: its items lie compressed in blocks."""

import pickle
import zlib
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

_T = TypeVar("_T")
_BLOCK = 256        # items: a page of rows unpacks one block or two
_FAST = 1           # of zlib: rows of one list resemble each other, more effort saves little


class Packed(Generic[_T]):
    """Append-only; what it gives is to be looked at, not changed. The pickled blocks never leave the process."""

    def __init__(self, items: Iterable[_T] = ()) -> None:
        self._blocks: list[bytes] = []
        self._last: list[_T] = []
        self._open: tuple[int, list[_T]] = (-1, [])
        for item in items:
            self.append(item)

    def append(self, item: _T) -> None:
        self._last.append(item)
        if len(self._last) == _BLOCK:
            self._blocks.append(zlib.compress(pickle.dumps(self._last, pickle.HIGHEST_PROTOCOL), _FAST))
            self._last = []

    def __len__(self) -> int:
        return len(self._blocks) * _BLOCK + len(self._last)

    def __getitem__(self, index: int) -> _T:
        """Quick for items that are near each other."""
        block, place = divmod(index, _BLOCK)
        if block == len(self._blocks):
            return self._last[place]
        opened, items = self._open
        if opened != block:
            items = self._unpack(block)
            self._open = block, items
        return items[place]

    def __iter__(self) -> Iterator[_T]:
        for block in range(len(self._blocks)):
            yield from self._unpack(block)
        yield from self._last

    def _unpack(self, block: int) -> list[_T]:
        return pickle.loads(zlib.decompress(self._blocks[block]))
