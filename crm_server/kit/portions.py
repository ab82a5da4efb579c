"""Long work is done a portion at a time."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

_T = TypeVar("_T")


def portions(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    return (items[start:start + size] for start in range(0, len(items), size))
