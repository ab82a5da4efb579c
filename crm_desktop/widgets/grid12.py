"""A layout of rows of twelve columns: widths by span, wrapping where the window is too narrow for them."""

from dataclasses import dataclass

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

COLUMNS = 12
NARROWEST_CELL = 100


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where the items stand in a grid at 0, 0."""

    places: list[tuple[QLayoutItem, QRect]]
    height: int


class Grid12(QLayout):
    """Items flow left to right; a row is full at twelve. `new_row()` begins the next one."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 12, row_gap: int = 6) -> None:
        super().__init__(parent)
        self._items: list[tuple[QLayoutItem, int, int]] = []
        self._row = 0
        self._plans: dict[int, _Plan] = {}  # by width, until something in here changes
        self._gap = gap
        self._row_gap = row_gap
        self.setContentsMargins(QMargins(0, 0, 0, 0))

    def add(self, widget: QWidget, span: int = 3) -> None:
        """Raises ValueError for a span outside 1..12."""
        if not 1 <= span <= COLUMNS:
            raise ValueError(f"span {span}")
        self._next_span = span
        self.addWidget(widget)

    def new_row(self) -> None:
        self._row += 1

    def invalidate(self) -> None:
        self._plans.clear()
        super().invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append((item, getattr(self, "_next_span", COLUMNS), self._row))

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]  # Qt asks until it gets none
        return self._items[index][0] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        return self._items.pop(index)[0] if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._plan(width).height

    def sizeHint(self) -> QSize:
        """Where the grid stands already, as high as it is there: planning another width would be for nothing."""
        width = self.geometry().width() or 600
        return QSize(600, self.heightForWidth(width))

    def minimumSize(self) -> QSize:
        widest = max((item.minimumSize().width() for item, _, _ in self._items if not item.isEmpty()), default=0)
        return QSize(max(widest, 160), 0)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        for item, place in self._plan(rect.width()).places:
            item.setGeometry(place.translated(rect.topLeft()))

    def _plan(self, width: int) -> _Plan:
        """Asked many times while a page is laid out."""
        if width not in self._plans:
            self._plans[width] = self._arranged(width)
        return self._plans[width]

    def _arranged(self, whole: int) -> _Plan:
        places: list[tuple[QLayoutItem, QRect]] = []
        top = 0
        for cells in self._rows(whole):
            line: list[tuple[QLayoutItem, QRect]] = []
            taken = 0
            for item, span in cells:
                left = self._edge(taken, whole)
                width = self._edge(taken + span, whole) - self._gap - left
                wanted = item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
                line.append((item, QRect(left, top, width, wanted)))
                taken += span
            height = max(place.height() for _, place in line)
            for item, place in line:
                if item.expandingDirections() & Qt.Orientation.Vertical:
                    place.setHeight(height)
            places += line
            top += height + self._row_gap
        return _Plan(places, max(0, top - self._row_gap))

    def _edge(self, columns: int, width: int) -> int:
        """Where a column begins: twelve columns and the gaps between them fill the width."""
        return round(columns * (width + self._gap) / COLUMNS)

    def _rows(self, width: int) -> list[list[tuple[QLayoutItem, int]]]:
        """The visible items in lines with their spans."""
        declared: dict[int, list[tuple[QLayoutItem, int]]] = {}
        for item, span, row in self._items:
            if not item.isEmpty():
                declared.setdefault(row, []).append((item, span))
        return [line for row in declared.values() for line in self._fitted(row, width)]

    def _fitted(self, row: list[tuple[QLayoutItem, int]], width: int) -> list[list[tuple[QLayoutItem, int]]]:
        """One row, or several lines of it where its narrowest cell would become too narrow; those fill their line."""
        narrowest = min(span for _, span in row)
        factor = 1
        while narrowest * factor < COLUMNS and self._edge(narrowest * factor, width) - self._gap < NARROWEST_CELL:
            factor += 1
        lines: list[list[tuple[QLayoutItem, int]]] = []
        taken = COLUMNS
        for item, wanted in row:
            span = min(COLUMNS, wanted * factor)
            if taken + span > COLUMNS:
                lines.append([])
                taken = 0
            lines[-1].append((item, span))
            taken += span
        return [_filled(line) for line in lines] if len(lines) > 1 else lines


def _filled(line: list[tuple[QLayoutItem, int]]) -> list[tuple[QLayoutItem, int]]:
    """The spans grown in proportion until they are twelve."""
    total = sum(span for _, span in line)
    edges = [0]
    for _, span in line:
        edges.append(edges[-1] + span)
    scaled = [round(edge * COLUMNS / total) for edge in edges]
    return [(item, scaled[n + 1] - scaled[n]) for n, (item, _) in enumerate(line)]
