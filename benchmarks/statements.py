"""How many SQL statements a request takes, and that it takes no more of them for 200 lines."""

from dataclasses import dataclass

from benchmarks.company import Company
from benchmarks.connection import Connection, get, post
from benchmarks.operations import new_customer
from benchmarks.seat import Seat
from benchmarks.server import Server

FEW, MANY = 10, 200


@dataclass(frozen=True)
class Statements:
    """Of one request; a request without lines has one number twice."""

    title: str
    few: int
    many: int
    limit: int | None = None


def count_statements(server: Server, company: Company) -> list[Statements]:
    seat = Seat(company, server.token, 0)
    who = get("/api/me", server.token)
    with Connection(server.url) as connection:
        few, many = (_sale(connection, seat, who, lines) for lines in (FEW, MANY))
        counted = [Statements(title, few[title], many[title], limit) for title, limit in _LIMITS.items()]
        single = {
            "open a customer card": (get(f"/api/parties/{seat.customer()}", seat.token), 6),
            "create a customer": (post("/api/parties", new_customer(seat), seat.token), None),
            "page of a list with its total": (post("/api/lists/sales_order", {}, seat.token), None),
        }
        for title, (request, limit) in single.items():
            statements, _ = _ask(connection, who, request)
            counted.append(Statements(title, statements, statements, limit))
    return counted


_LIMITS = {"create an order": 12, "confirm it": None, "make an issue on it": None, "post the issue": None,
           "create a receipt": 12, "post the receipt": 12}


def _sale(connection: Connection, seat: Seat, who: bytes, lines: int) -> dict[str, int]:
    """Statements of each step from the draft of an order to the posted issue, and of a receipt."""
    products = list(seat.company.products[:lines])
    order = seat.document(seat.customer(), products)
    receipt = seat.document(seat.company.supplier, products)
    counted: dict[str, int] = {}

    def step(title: str, path: str, body: object) -> int:
        counted[title], made = _ask(connection, who, post(path, body, seat.token))
        return made

    order_id = step("create an order", "/api/documents/sales_order", order)
    step("confirm it", f"/api/documents/{order_id}/actions/confirm", {"version": 1})
    issue_id = step("make an issue on it", f"/api/documents/{order_id}/based-on", {"kind": "issue"})
    step("post the issue", f"/api/documents/{issue_id}/actions/post", {"version": 1})
    receipt_id = step("create a receipt", "/api/documents/receipt", receipt)
    step("post the receipt", f"/api/documents/{receipt_id}/actions/post", {"version": 1})
    return counted


def _ask(connection: Connection, who: bytes, request: bytes) -> tuple[int, int]:
    """The number of statements, and the id of what was made. Who asks is read before, and known for half a second."""
    connection.ask(who)
    answer = connection.ask(request)
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {answer.body.decode()[:300]}")
    return answer.statements, answer.json().get("id", 0)
