"""A list of any length, served as the tests ask: at once, later, wrong, shrinking."""

from collections.abc import Callable
from typing import Any

from crm_contract.lists import Choice, Column, ColumnType, ListQuery, Page, Tone

STATES = [Choice("new", "Новая"), Choice("late", "Просрочена", Tone.ERROR)]
COLUMNS = [
    Column("number", "Номер", ColumnType.NUMBER), Column("day", "Дата", ColumnType.DATE),
    Column("party", "Клиент", ColumnType.REF, entity="party"),
    Column("state", "Статус", ColumnType.STATE, choices=STATES),
    Column("sum", "Сумма", ColumnType.MONEY), Column("at", "Изменён", ColumnType.DATETIME, shown=False),
    Column("note", "Примечание", sortable=False, filterable=False),
]


class ListServer:
    """Call it as the loader. `hold` keeps the answers until `answer()`."""

    def __init__(self, total: int = 5, *, exact: bool = True) -> None:
        self.total = total
        self.exact = exact
        self.hold = False
        self.error: BaseException | None = None
        self.queries: list[ListQuery] = []
        self.waiting: list[Callable[[], None]] = []
        self.prefix = "№"

    def row(self, number: int) -> dict[str, Any]:
        return {
            "id": number, "number": f"{self.prefix}{number}", "day": "2026-11-02", "at": "2026-11-02T07:30:00Z",
            "party": {"id": number % 7, "title": f"Клиент {number % 7}"}, "state": "late" if number % 5 == 0 else "new",
            "sum": f"{number}.50", "note": "",
        }

    def __call__(
        self, query: ListQuery, done: Callable[[Page], None], failed: Callable[[BaseException], None]
    ) -> None:
        self.queries.append(query)
        error = self.error

        def reply() -> None:
            if error is not None:
                failed(error)
                return
            numbers = range(query.offset, min(self.total, query.offset + query.limit))
            rows = [self.row(number) for number in numbers]
            if query.sort and query.sort[0].descending:
                rows = [self.row(self.total - 1 - number) for number in numbers]
            done(Page(rows=rows, total=self.total if query.with_total else None, total_exact=self.exact))

        if self.hold:
            self.waiting.append(reply)
        else:
            reply()

    def answer(self) -> None:
        waiting, self.waiting = self.waiting, []
        for reply in waiting:
            reply()
