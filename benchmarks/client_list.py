"""The list of 1,000,000 rows in the client: frames of the wheel and of jumps, memory.

Run it as `python -m benchmarks.client_list`; `measure()` gives the figures.
"""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from crm_contract.lists import Choice, Column, ColumnType, ListQuery, Page, Tone
from crm_desktop.kit.theme import Theme, ThemeMode
from crm_desktop.widgets.paged_table import PagedTable

ROWS = 1_000_000
FRAMES = 120
STATES = [Choice("new", "Новая"), Choice("work", "В работе", Tone.WARN), Choice("late", "Просрочена", Tone.ERROR)]
COLUMNS = [
    Column("number", "Номер", ColumnType.NUMBER), Column("at", "План", ColumnType.DATETIME),
    Column("party", "Клиент", ColumnType.REF), Column("kind", "Вид работ"),
    Column("state", "Статус", ColumnType.STATE, choices=STATES), Column("master", "Мастер", width=110),
    Column("quantity", "Кол-во", ColumnType.QUANTITY), Column("sum", "Сумма, ₽", ColumnType.MONEY),
]


def serve(query: ListQuery, done: Callable[[Page], None], failed: Callable[[BaseException], None]) -> None:
    """Pages as a server on loopback gives them: a few milliseconds later."""
    rows = [
        {"id": n, "number": f"ЗН-{n:06}", "at": "2026-11-02T12:30:00Z", "party": {"id": 1, "title": f"ООО «Ветер {n}»"},
         "kind": "Ремонт котла", "state": STATES[n % 3].code, "master": "Гусев Д.", "quantity": f"{n % 90}.5",
         "sum": f"{n * 7919 % 90000}.50"}
        for n in range(query.offset, min(ROWS, query.offset + query.limit))
    ]
    page = Page(rows=rows, total=ROWS if query.with_total else None, total_exact=True)
    QTimer.singleShot(5, lambda: done(page))


def measure() -> dict[str, float]:
    """Milliseconds of a frame (median and 95th percentile) and megabytes of growth."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    Theme(app, ThemeMode.LIGHT)  # type: ignore[arg-type]  # it is a QApplication
    table = PagedTable(COLUMNS, serve, sort="-number")
    table.resize(1366, 720)
    table.show()
    before = _resident_bytes()
    table.load()
    _wait(300)
    bar = table.view.verticalScrollBar()
    results: dict[str, float] = {}
    for name, place in (("wheel", lambda n: bar.value() + 96), ("jump", lambda n: n * 7_654_321 % bar.maximum())):
        frames = []
        for number in range(FRAMES):
            bar.setValue(place(number))
            started = time.perf_counter()
            app.sendPostedEvents()  # paints what the scrolling uncovered
            frames.append((time.perf_counter() - started) * 1000)
            if number % 4 == 3:
                _wait(45)
        results[f"{name} median, ms"] = statistics.median(frames)
        results[f"{name} p95, ms"] = sorted(frames)[int(FRAMES * 0.95)]
    results["memory, MB"] = (_resident_bytes() - before) / 1e6
    table.close()
    return results


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    for title, value in measure().items():
        print(f"{title:20} {value:8.1f}")
