"""A layout of rows of twelve columns: widths by span, wrapping where the window is too narrow for them."""

from dataclasses import dataclass

from PySide6.QtCore import QMargins, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

COLUMNS = 12
NARROWEST_CELL = 100


@dataclass(frozen=True, slots=True)
class _Cell:
    """A visible item; `height` is None where it follows from the width, `grows` to the height of its line."""

    item: QLayoutItem
    span: int
    height: int | None
    grows: bool


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
        # Asked for many times while a page is laid out; kept until something in here changes.
        self._cells: list[list[_Cell]] | None = None
        self._plans: dict[int, _Plan] = {}
        self._least: QSize | None = None
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
        self._cells = self._least = None
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
        if self._least is None:
            widest = max((item.minimumSize().width() for item, _, _ in self._items if not item.isEmpty()), default=0)
            self._least = QSize(max(widest, 160), 0)
        return self._least

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        for item, place in self._plan(rect.width()).places:
            item.setGeometry(place.translated(rect.topLeft()))

    def _plan(self, width: int) -> _Plan:
        if width not in self._plans:
            self._plans[width] = self._arranged(width)
        return self._plans[width]

    def _arranged(self, whole: int) -> _Plan:
        places: list[tuple[QLayoutItem, QRect]] = []
        top = 0
        for cells in self._rows(whole):
            line: list[tuple[_Cell, QRect]] = []
            taken = 0
            for cell, span in cells:
                left = self._edge(taken, whole)
                width = self._edge(taken + span, whole) - self._gap - left
                wanted = cell.item.heightForWidth(width) if cell.height is None else cell.height
                line.append((cell, QRect(left, top, width, wanted)))
                taken += span
            height = max(place.height() for _, place in line)
            for cell, place in line:
                if cell.grows:
                    place.setHeight(height)
                places.append((cell.item, place))
            top += height + self._row_gap
        return _Plan(places, max(0, top - self._row_gap))

    def _edge(self, columns: int, width: int) -> int:
        """Where a column begins: twelve columns and the gaps between them fill the width."""
        return round(columns * (width + self._gap) / COLUMNS)

    def _rows(self, width: int) -> list[list[tuple[_Cell, int]]]:
        """The visible items in lines with their spans."""
        if self._cells is None:
            declared: dict[int, list[_Cell]] = {}
            for item, span, row in self._items:
                if not item.isEmpty():
                    height = None if item.hasHeightForWidth() else item.sizeHint().height()
                    grows = bool(item.expandingDirections() & Qt.Orientation.Vertical)
                    declared.setdefault(row, []).append(_Cell(item, span, height, grows))
            self._cells = list(declared.values())
        return [line for row in self._cells for line in self._fitted(row, width)]

    def _fitted(self, row: list[_Cell], width: int) -> list[list[tuple[_Cell, int]]]:
        """One row, or several lines of it where its narrowest cell would become too narrow; those fill their line."""
        narrowest = min(cell.span for cell in row)
        factor = 1
        while narrowest * factor < COLUMNS and self._edge(narrowest * factor, width) - self._gap < NARROWEST_CELL:
            factor += 1
        lines: list[list[tuple[_Cell, int]]] = []
        taken = COLUMNS
        for cell in row:
            span = min(COLUMNS, cell.span * factor)
            if taken + span > COLUMNS:
                lines.append([])
                taken = 0
            lines[-1].append((cell, span))
            taken += span
        return [_filled(line) for line in lines] if len(lines) > 1 else lines


def _filled(line: list[tuple[_Cell, int]]) -> list[tuple[_Cell, int]]:
    """The spans grown in proportion until they are twelve."""
    total = sum(span for _, span in line)
    edges = [0]
    for _, span in line:
        edges.append(edges[-1] + span)
    scaled = [round(edge * COLUMNS / total) for edge in edges]
    return [(cell, scaled[n + 1] - scaled[n]) for n, (cell, _) in enumerate(line)]
