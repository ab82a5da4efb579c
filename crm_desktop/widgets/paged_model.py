"""The model of a list of any length: it holds a window of pages, the app's loader brings the others.

`data()` never starts a request: the view says which rows it shows (`ensure`), the model asks for their pages.
"""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from crm_contract.lists import Column, Condition, ListQuery, Page, Sort
from crm_desktop.widgets.cell_text import alignment, cell_text

PAGE_ROWS = 200
KEPT_PAGES = 40
IN_FLIGHT = 2
SKELETON_ROWS = 12

PageDone = Callable[[Page], None]
PageFailed = Callable[[BaseException], None]
PageLoader = Callable[[ListQuery, PageDone, PageFailed], None]
_Index = QModelIndex | QPersistentModelIndex


class Row:
    """One loaded row and its texts, made when they are first painted."""

    __slots__ = ("_texts", "data")

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self._texts: dict[str, str] = {}

    def text(self, column: Column) -> str:
        text = self._texts.get(column.name)
        if text is None:
            text = self._texts[column.name] = cell_text(column, self.data.get(column.name))
        return text


class PagedModel(QAbstractTableModel):
    """`total` is None until the first page is there; before that a few empty rows stand in."""

    arrived = Signal()
    failed = Signal(object)
    total_changed = Signal()
    loading_changed = Signal(bool)

    def __init__(self, columns: Sequence[Column], loader: PageLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all = list(columns)
        self._columns = [column for column in columns if column.shown]
        self._loader = loader
        self._pages: dict[int, list[Row]] = {}
        self._stale: dict[int, list[Row]] = {}
        self._asked: set[int] = set()
        self._window = (0, 0)
        self._generation = 0
        self._total: int | None = None
        self._total_known = False
        self._exact = True
        self._conditions: list[Condition] = []
        self._search = ""
        self._sort: list[Sort] = []
        self.sums: dict[str, str] = {}

    # --- what is shown ---------------------------------------------------------------------------------------------

    @property
    def total(self) -> int | None:
        return self._total

    @property
    def total_is_exact(self) -> bool:
        return self._exact

    @property
    def is_loading(self) -> bool:
        return bool(self._asked)

    @property
    def columns(self) -> list[Column]:
        """The shown columns, in their order."""
        return list(self._columns)

    def column(self, section: int) -> Column:
        """One shown column (painting asks for it at every cell)."""
        return self._columns[section]

    @property
    def all_columns(self) -> list[Column]:
        return list(self._all)

    def show_columns(self, names: Sequence[str]) -> None:
        """Chooses and orders the columns; unknown names are left out, an empty list means the default."""
        known = {column.name: column for column in self._all}
        chosen = [known[name] for name in names if name in known]
        self.beginResetModel()
        self._columns = chosen or [column for column in self._all if column.shown]
        self.endResetModel()
        self.reload()

    @property
    def query(self) -> ListQuery:
        """What is shown now, for exports and saved views."""
        return ListQuery(conditions=self._conditions, search=self._search, sort=self._sort,
                         columns=[column.name for column in self._columns])

    def set_query(self, conditions: Sequence[Condition], search: str, sort: Sequence[Sort] | None = None) -> None:
        """Shows another selection from its beginning."""
        self._conditions = list(conditions)
        self._search = search
        if sort is not None:
            self._sort = list(sort)
        self.reload()

    def set_sort(self, sort: Sequence[Sort]) -> None:
        self._sort = list(sort)
        self.reload()

    def prepare_sort(self, sort: Sequence[Sort]) -> None:
        """The order of the next load."""
        self._sort = list(sort)

    @property
    def sort_order(self) -> list[Sort]:
        return list(self._sort)

    def reload(self) -> None:
        """Forgets everything and loads the first page."""
        self.beginResetModel()
        self._begin_generation()
        self._stale = {}
        self._total = None
        self.endResetModel()
        self._window = (0, 0)
        self._pump()

    def refresh(self) -> None:
        """Loads again what is shown; the old rows stay visible until the new ones are here."""
        if self._total is None:
            self.reload()
            return
        shown = set(self._window_pages())
        stale = {**self._stale, **self._pages}
        self._begin_generation()
        self._stale = {number: rows for number, rows in stale.items() if number in shown}
        self._pump()

    def ensure(self, first: int, last: int) -> None:
        """The view shows these rows: asks for those of their pages that are not here."""
        self._window = (max(0, first), max(0, last))
        self._pump()

    # --- rows ------------------------------------------------------------------------------------------------------

    def row(self, number: int) -> Row | None:
        """None while its page is on the way."""
        page, place = divmod(number, PAGE_ROWS)
        rows = self._pages.get(page)
        if rows is None:
            rows = self._stale.get(page)
        return rows[place] if rows is not None and place < len(rows) else None

    def place_of(self, row_id: Any) -> int | None:
        """The number of a loaded row by its id."""
        for number, rows in (*self._pages.items(), *self._stale.items()):
            for place, row in enumerate(rows):
                if row.data.get("id") == row_id:
                    return number * PAGE_ROWS + place
        return None

    # --- Qt --------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        if parent.isValid():
            return 0
        return SKELETON_ROWS if self._total is None else self._total

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment(column)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.row(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text(column) if row else ""
        return f"{column.title}: {row.text(column)}" if row else ""

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and 0 <= section < len(self._columns):
            if role == Qt.ItemDataRole.DisplayRole:
                return self._columns[section].title
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return alignment(self._columns[section])
        if orientation == Qt.Orientation.Vertical and role == Qt.ItemDataRole.DisplayRole:
            return section + 1
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if 0 <= column < len(self._columns) and self._columns[column].sortable:
            descending = order == Qt.SortOrder.DescendingOrder
            self.set_sort([Sort(column=self._columns[column].name, descending=descending)])

    # --- loading ---------------------------------------------------------------------------------------------------

    def _begin_generation(self) -> None:
        self._generation += 1
        self._pages = {}
        self._total_known = False
        if self._asked:
            self._asked = set()
            self.loading_changed.emit(False)

    def _window_pages(self) -> range:
        first, last = self._window
        return range(first // PAGE_ROWS, last // PAGE_ROWS + 1)

    def _pump(self) -> None:
        """Asks for the missing pages of the window, a few at a time, so that a dragged scroll bar asks for little."""
        for number in self._window_pages():
            if len(self._asked) >= IN_FLIGHT:
                return
            beyond = self._total is not None and number * PAGE_ROWS >= self._total and number > 0
            if number not in self._pages and number not in self._asked and not beyond:
                self._ask(number)

    def _ask(self, number: int) -> None:
        generation = self._generation
        self._asked.add(number)
        if len(self._asked) == 1:
            self.loading_changed.emit(True)
        query = self.query
        query.offset, query.limit = number * PAGE_ROWS, PAGE_ROWS
        query.with_total = not self._total_known
        self._loader(query, lambda page: self._take(generation, number, page),
                     lambda error: self._fail(generation, number, error))

    def _take(self, generation: int, number: int, page: Page) -> None:
        if generation != self._generation:
            return
        self._answered(number)
        rows = [Row(data) for data in page.rows]
        first = self._total is None
        if first:
            self.beginResetModel()
        self._pages[number] = rows
        self._stale.pop(number, None)
        if page.total is not None:
            self.sums = page.sums
            self._total_known = True
        self._set_total(*self._count(number, rows, page), silent=first)
        if first:
            self.endResetModel()
        elif rows and self._columns:
            top = self.index(number * PAGE_ROWS, 0)
            bottom = self.index(number * PAGE_ROWS + len(rows) - 1, len(self._columns) - 1)
            self.dataChanged.emit(top, bottom)
        self._drop_far_pages()
        self.arrived.emit()
        self._pump()

    def _fail(self, generation: int, number: int, error: BaseException) -> None:
        if generation == self._generation:
            self._answered(number)
            self.failed.emit(error)

    def _answered(self, number: int) -> None:
        self._asked.discard(number)
        if not self._asked:
            self.loading_changed.emit(False)

    def _count(self, number: int, rows: list[Row], page: Page) -> tuple[int, bool]:
        """The total after this page: told by the server, corrected by where the rows really end."""
        total = page.total if page.total is not None else (self._total or 0)
        exact = page.total_exact if page.total is not None else self._exact
        seen = number * PAGE_ROWS + len(rows)
        if len(rows) < PAGE_ROWS and (rows or number == 0):
            return seen, True
        if not rows:
            return min(total, number * PAGE_ROWS), False
        return (total, exact) if seen <= total else (seen + (0 if exact else 1), False)

    def _set_total(self, total: int, exact: bool, *, silent: bool) -> None:
        old, changed = self._total, (total, exact) != (self._total, self._exact)
        self._exact = exact
        if silent or old is None:
            self._total = total
        elif total > old:
            self.beginInsertRows(QModelIndex(), old, total - 1)
            self._total = total
            self.endInsertRows()
        elif total < old:
            self.beginRemoveRows(QModelIndex(), total, old - 1)
            self._total = total
            self.endRemoveRows()
        if changed:
            self.total_changed.emit()

    def _drop_far_pages(self) -> None:
        shown = self._window_pages()
        middle = (shown.start + shown.stop) // 2
        for number in sorted(self._pages, key=lambda page: abs(page - middle))[KEPT_PAGES:]:
            del self._pages[number]
