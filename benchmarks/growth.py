"""What must stay quick while the company grows: measured with one client, for the time of one person's request."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import psycopg

from benchmarks.company import Company, Size
from benchmarks.connection import post
from benchmarks.load import Operation, Steps, run_http
from benchmarks.operations import PAGE, look_for
from benchmarks.seat import Seat, WrongAnswer
from benchmarks.server import Server

RAW_REPEATS = 5
#: How far back questions about the past go; the company's moves are of some 300 days.
PAST_DAYS = 280


@dataclass(frozen=True)
class Point:
    """Times of one question at one size. `limit_ms` is for the 95th percentile."""

    title: str
    size: int
    of: str
    best_ms: float
    median_ms: float
    p95_ms: float
    limit_ms: float | None = None
    errors: int = 0
    first_error: str = ""


def measure_balances(server: Server, company: Company, size: Size, seconds: float) -> list[Point]:
    """The balance of every product on every warehouse in one answer, and a page of the list of balances."""
    return [
        _ask("all balances", size.moves, "moves", server, company, all_balances, seconds, 400),
        _ask("page of balances, any place", size.moves, "moves", server, company, balances_page, seconds),
        _raw_balances(company, size),
        _ask("balances at a past day", size.moves, "moves", server, company, balances_at, seconds, 400),
        _ask("turnover of a month", size.moves, "moves", server, company, turnover_of_a_month, seconds, 2000),
        _ask("turnover of all time", size.moves, "moves", server, company, turnover, seconds, 2000),
        _ask("slow goods of all time", size.moves, "moves", server, company, slow_goods, seconds, 2000),
        _ask("moves, one of the first pages", size.moves, "moves", server, company, moves_page, seconds, 100),
        _ask("moves, any place", size.moves, "moves", server, company, _Moves(size).anywhere, seconds),
    ]


def measure_lists(server: Server, company: Company, size: Size, seconds: float) -> list[Point]:
    """A window at any place of long lists, and the search among the customers."""
    seats = _Lists(size)
    return [
        _ask("orders, any place and order", size.documents, "documents", server, company, seats.orders, seconds, 150),
        _ask("all documents, any place", size.documents, "documents", server, company, seats.documents, seconds, 150),
        _ask("find a customer", size.customers, "customers", server, company, seats.search, seconds, 100),
    ]


def all_balances(seat: Seat) -> Steps:
    wanted = len(seat.company.products) * len(seat.company.warehouses)
    columns = ["product", "place", "on_hand", "reserved", "free"]
    page = (yield post("/api/lists/balances/export", {"columns": columns}, seat.token)).json()
    if len(page["rows"]) != wanted:
        raise WrongAnswer(f"{len(page['rows'])} balances, not {wanted}")


def balances_at(seat: Seat) -> Steps:
    yield from _report(seat, "balances-at", until=_day(seat))


def turnover_of_a_month(seat: Seat) -> Steps:
    first = _day(seat)
    yield from _report(seat, "turnover", since=first, until=first + timedelta(days=30))


def turnover(seat: Seat) -> Steps:
    yield from _report(seat, "turnover", since=_today() - timedelta(days=400), until=_today())


def slow_goods(seat: Seat) -> Steps:
    yield from _report(seat, "slow-goods", since=_today() - timedelta(days=400), until=_today())


def moves_page(seat: Seat) -> Steps:
    asked = {"offset": seat.random.randrange(5) * PAGE, "limit": PAGE}
    page = (yield post("/api/lists/moves", asked, seat.token)).json()
    if len(page["rows"]) != PAGE:
        raise WrongAnswer(f"{len(page['rows'])} moves")


def _today() -> date:
    return datetime.now(UTC).date()


def _day(seat: Seat) -> date:
    return _today() - timedelta(days=1 + seat.random.randrange(PAST_DAYS))


def _report(seat: Seat, code: str, **days: date) -> Steps:
    """A page of a report with its totals; how much there is depends on the days."""
    asked = {name: day.isoformat() for name, day in days.items()}
    page = (yield post(f"/api/lists/{code}", asked | {"limit": PAGE}, seat.token)).json()
    if not page["total"] or len(page["rows"]) != min(PAGE, page["total"]):
        raise WrongAnswer(f"{len(page['rows'])} of {page['total']} rows of {code}")


def balances_page(seat: Seat) -> Steps:
    total = len(seat.company.products) * len(seat.company.warehouses)
    yield from _page(seat, "balances", total, {"with_total": False})


class _Moves:
    """A window at any place of the list of moves; each of these is a row there, for the other side is not ours."""

    def __init__(self, size: Size) -> None:
        self._size = size

    def anywhere(self, seat: Seat) -> Steps:
        yield from _page(seat, "moves", self._size.moves, {"with_total": False})


class _Lists:
    """Questions to lists of a known length; totals are asked for, as by a list that has just been opened."""

    def __init__(self, size: Size) -> None:
        self._size = size

    def orders(self, seat: Seat) -> Steps:
        column = seat.random.choice(["date", "number", "gross", "state", "id"])
        yield from _page(seat, "sales_order", self._size.documents // 5, {
            "sort": [{"column": column, "descending": seat.random.random() < 0.5}]})

    def documents(self, seat: Seat) -> Steps:
        yield from _page(seat, "documents", self._size.documents, {
            "sort": [{"column": seat.random.choice(["date", "id"]), "descending": True}]})

    def search(self, seat: Seat) -> Steps:
        number = seat.random.randrange(self._size.customers)
        yield from look_for(seat, number)


def _page(seat: Seat, code: str, total: int, query: dict[str, object]) -> Steps:
    offset = seat.random.randrange(max(1, total - PAGE))
    page = (yield post(f"/api/lists/{code}", query | {"offset": offset, "limit": PAGE}, seat.token)).json()
    if len(page["rows"]) < min(PAGE, total - offset):
        raise WrongAnswer(f"{len(page['rows'])} rows of {code} at {offset}")


def _ask(title: str, size: int, of: str, server: Server, company: Company, operation: Operation, seconds: float,
         limit_ms: float | None = None) -> Point:
    seat = Seat(company, server.token, 0)
    run_http(server.url, operation, [seat], seconds / 4)
    run = run_http(server.url, operation, [seat], seconds)
    return Point(title, size, of, run.percentile_ms(0), run.percentile_ms(0.5), run.percentile_ms(0.95), limit_ms,
                 run.errors, run.first_error)


def _raw_balances(company: Company, size: Size) -> Point:
    times: list[float] = []
    with psycopg.connect(company.url, autocommit=True) as connection:
        for _ in range(RAW_REPEATS):
            began = time.perf_counter()
            connection.execute("SELECT product_id, place_id, on_hand, reserved, on_hand - reserved FROM stock_balance"
                               " ORDER BY product_id, place_id").fetchall()
            times.append((time.perf_counter() - began) * 1000)
    ordered = sorted(times)
    return Point("all balances, raw SQL", size.moves, "moves", ordered[0], ordered[len(ordered) // 2], ordered[-1])


def slowdown(points: Sequence[Point], title: str) -> float:
    """How many times longer the largest size takes than the smallest; by the fastest answers, the least noisy."""
    same = sorted((p for p in points if p.title == title), key=lambda p: p.size)
    return same[-1].best_ms / same[0].best_ms if same and same[0].best_ms else 0.0
