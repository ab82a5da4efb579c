"""One grid of columns under all blocks of a form."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from crm_desktop.rendering.tree import Block, Code, Columns, KeepTogether, Paragraph, Table

_SAME_EDGE = 1.6  # mm: edges nearer than this become one, else a form falls into slivers


def points(millimetres: float) -> float:
    return millimetres * 72 / 25.4


def pixels(millimetres: float) -> float:
    """At 96 dpi."""
    return millimetres * 96 / 25.4


class ColumnGrid:
    """Edges of all tables and columns, from the left margin."""

    def __init__(self, blocks: Sequence[Block], width: float) -> None:
        edges = sorted({0.0, width, *_edges(blocks, 0.0)})
        self._edges = [0.0]
        for edge in edges:
            if edge - self._edges[-1] >= _SAME_EDGE:
                self._edges.append(edge)

    @property
    def widths(self) -> list[float]:
        return [right - left for left, right in zip(self._edges, self._edges[1:], strict=False)]

    def span(self, left: float, right: float) -> tuple[int, int]:
        """First and last column (from 1) between two edges; at least one."""
        first = self._nearest(left)
        return first + 1, max(first + 1, self._nearest(right))

    def _nearest(self, edge: float) -> int:
        index = bisect_left(self._edges, edge)
        around = [place for place in (index - 1, index) if 0 <= place < len(self._edges)]
        return min(around, key=lambda place: abs(self._edges[place] - edge))


def _edges(blocks: Sequence[Block], left: float) -> Iterator[float]:
    for block in blocks:
        match block:
            case Table():
                edge = left
                for width in block.widths:
                    edge += width
                    yield edge
            case KeepTogether():
                yield from _edges(block.blocks, left)
            case Columns():
                start = left
                for width, content in zip(block.widths, block.columns, strict=True):
                    yield from (start, start + width)
                    yield from _edges(content, start)
                    start += width + block.gap
            case Paragraph() if block.indent:
                yield left + block.indent
            case Code():
                yield left + block.size
