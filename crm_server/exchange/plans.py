"""Readings and plans of this process: a sheet is read once, whatever number of pages and questions are looked at."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from crm_contract.exchange import ImportOptions
from crm_server.exchange.excel.book import UnreadableFile
from crm_server.exchange.excel.plan import ImportPlan, SheetReading
from crm_server.exchange.files import SourceFile, no_sheet, readable_book, unreadable
from crm_server.kit.context import Ctx

#: So many rows are kept in memory, the sheets used last, and not longer than people work on one.
MAX_ROWS = 100_000
MAX_SHEETS = 16
IDLE_S = 600
#: What of the options decides how a sheet is read; answers only change the rows they are about.
_READING = frozenset({"target", "sheet", "header_row", "header_height", "mapping", "include_hidden", "on_date"})


@dataclass(slots=True)
class _Kept:
    """A reading with the plan made from it last; one thread at a time works on it."""

    reading: SheetReading | None = None
    answers: str = ""
    plan: ImportPlan | None = None
    used_at_ns: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def rows(self) -> int:
        return len(self.reading) if self.reading else 0


_kept: OrderedDict[str, _Kept] = OrderedDict()
_lock = threading.Lock()


def plan_of(ctx: Ctx, file: SourceFile, options: ImportOptions) -> ImportPlan:
    """The rows of the sheet in their buckets; raises INVALID for a sheet that cannot be read."""
    kept = _place(f"{file.sha256} {options.model_dump_json(include=set(_READING))}")
    answers = options.model_dump_json(include={"resolutions"})
    with kept.lock:
        if kept.reading is None:
            kept.reading = _read(ctx, file, options)
            _make_room()
        if kept.plan is None or kept.answers != answers:
            kept.plan, kept.answers = kept.reading.plan(options), answers
        return kept.plan


def _place(key: str) -> _Kept:
    with _lock:
        if not _kept:
            _forget_later()
        kept = _kept.setdefault(key, _Kept())
        kept.used_at_ns = time.monotonic_ns()
        _kept.move_to_end(key)
        return kept


def _make_room() -> None:
    with _lock:
        while len(_kept) > MAX_SHEETS or (len(_kept) > 1 and sum(one.rows for one in _kept.values()) > MAX_ROWS):
            _kept.popitem(last=False)


def _forget_later() -> None:
    timer = threading.Timer(IDLE_S, _forget_idle)
    timer.daemon = True
    timer.start()


def _forget_idle() -> None:
    with _lock:
        for key in [key for key, one in _kept.items() if time.monotonic_ns() - one.used_at_ns >= IDLE_S * 10**9]:
            del _kept[key]
        if _kept:
            _forget_later()


def _read(ctx: Ctx, file: SourceFile, options: ImportOptions) -> SheetReading:
    book = readable_book(ctx, file.content, file.name)
    try:
        return SheetReading(book, options)
    except UnreadableFile as error:
        raise unreadable(error) from error
    except KeyError:
        raise no_sheet(options.sheet) from None
