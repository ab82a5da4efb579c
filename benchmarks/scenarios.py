"""The rows of the table: what is measured, beside which peer and which raw SQL, and what is wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import operations
from benchmarks.load import Operation, RawOperation
from benchmarks.raw import documents, parties


@dataclass(frozen=True)
class Bound:
    """The most CPU of server and database that one operation may take, from that of the raw SQL (ms)."""

    words: str
    limit_ms: Callable[[float], float]


def times_raw(times: float) -> Bound:
    return Bound(f"{times:g} x raw", lambda raw_ms: raw_ms * times)


def at_most(ms: float) -> Bound:
    return Bound(f"{ms:g} ms", lambda raw_ms: ms)


def above_raw(ms: float) -> Bound:
    return Bound(f"raw + {ms:g} ms", lambda raw_ms: raw_ms + ms)


@dataclass(frozen=True)
class Scenario:
    """`peer`: operations per second of Tryton 8.2.1 at N = 16; `times` that the product must do.

    `before` runs first, unmeasured, and leaves what the operation works on.
    """

    code: str
    title: str
    peer: float
    times: float
    http: Operation
    raw: RawOperation | None = None
    bound: Bound | None = None
    before: tuple[Operation, RawOperation] | None = None
    hot: bool = False


#: What reads comes first: it meets the company as it was filled.
SCENARIOS: Sequence[Scenario] = (
    Scenario("search", "find customers, first 50 rows", 20, 6, operations.find_customers, parties.find_customers,
             times_raw(1.5)),
    Scenario("card", "open a customer card", 82, 12, operations.open_card, parties.open_card, at_most(1.5)),
    Scenario("list", "list: state, filter, sort, page, total", 97, 6, operations.list_orders, documents.list_orders,
             times_raw(4)),
    Scenario("customer", "create a customer with 2 contacts", 48, 15, operations.create_customer,
             parties.create_customer, times_raw(8)),
    Scenario("order", "create an order of 10 lines", 34, 20, operations.create_order, documents.create_order,
             times_raw(5)),
    Scenario("confirm", "confirm an order (reserve)", 2.7, 60, operations.confirm_order, documents.confirm_order,
             at_most(4), before=(operations.create_order, documents.create_order)),
    Scenario("receipt", "save and post a receipt of 10 lines", 4.3, 60, operations.receive, documents.receive,
             times_raw(4)),
    Scenario("ship", "reserve + issue 10 lines", 1.4, 100, operations.ship, documents.ship, times_raw(3),
             before=(operations.create_order, documents.create_order)),
    Scenario("hot", "the same, all on 100 hot products", 1.4, 100, operations.ship, documents.ship,
             before=(operations.create_order, documents.create_order), hot=True),
    Scenario("login", "log in", 9.9, 1, operations.log_in, parties.log_in, above_raw(2)),
)
