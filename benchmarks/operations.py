"""What people do all day, as requests of the client. Each operation looks whether the answer is the right one."""

from typing import Any

from stdnum.ru import inn

from benchmarks.company import LOGIN
from benchmarks.connection import Answer, get, post
from benchmarks.load import Steps
from benchmarks.prefill import customer_inn, customer_name, customer_phone
from benchmarks.seat import Seat, WrongAnswer

PAGE = 50


def find_customers(seat: Seat) -> Steps:
    """By a part of the name, of the ИНН or of the phone, in turn; the customer looked for must be among the rows."""
    yield from look_for(seat, seat.random.randrange(len(seat.company.customers)))


def look_for(seat: Seat, number: int) -> Steps:
    text, column, value = search_for(seat, number)
    rows = (yield post("/api/lists/parties", {"search": text, "limit": PAGE}, seat.token)).json()["rows"]
    if not any(value in row[column] for row in rows):
        raise WrongAnswer(f"customer {number} is not among {len(rows)} rows for «{text}»")


def search_for(seat: Seat, number: int) -> tuple[str, str, str]:
    """What somebody types who looks for the customer, and what a row must then hold in which column."""
    match seat.turn() % 3:
        case 0:
            return customer_name(number).lower(), "name", customer_name(number)  # every 208th is called so
        case 1:
            return customer_inn(number)[:9], "inn", customer_inn(number)
        case _:
            return customer_phone(number)[3:], "inn", customer_inn(number)


def open_card(seat: Seat) -> Steps:
    customer = seat.customer()
    card = (yield get(f"/api/parties/{customer}", seat.token)).json()
    if card["id"] != customer or len(card["contacts"]) != 1 or not card["counters"]:
        raise WrongAnswer(f"card {customer}")


def create_customer(seat: Seat) -> Steps:
    yield from _created(post("/api/parties", new_customer(seat), seat.token))


def new_customer(seat: Seat) -> dict[str, Any]:
    """A customer whom nobody has, with two contacts."""
    turn = seat.turn()
    digits = f"50{turn:07}"
    return {
        "kind": "legal", "name": f"ООО «Новый {turn}»", "inn": digits + inn.calc_company_check_digit(digits),
        "kpp": "500101001", "phone": f"+7 812 {turn:07}", "email": f"new{turn}@bench.example",
        "contacts": [
            {"name": f"Белова Мария {turn}", "position": "бухгалтер", "roles": ["accountant"],
             "phones": [f"+7 813 {turn:07}"], "emails": [f"buh{turn}@bench.example"]},
            {"name": f"Орлов Иван {turn}", "position": "директор", "phones": [f"+7 814 {turn:07}"],
             "emails": []}]}


def create_order(seat: Seat) -> Steps:
    """Leaves a draft that others may confirm."""
    body = seat.document(seat.customer(), seat.basket())
    seat.drafts.append((yield from _created(post("/api/documents/sales_order", body, seat.token))))


def confirm_order(seat: Seat) -> Steps:
    yield from _act(seat, seat.draft(), "confirm")


def receive(seat: Seat) -> Steps:
    """A receipt, saved and posted."""
    body = seat.document(seat.company.supplier, seat.basket())
    receipt = yield from _created(post("/api/documents/receipt", body, seat.token))
    yield from _act(seat, receipt, "post")


def ship(seat: Seat) -> Steps:
    """An order is confirmed (its goods are reserved), and an issue is made on it and posted: two keys of a person."""
    order = seat.draft()
    yield from _act(seat, order, "confirm")
    yield from _created(post(f"/api/documents/{order}/based-on", {"kind": "issue", "action": "post"}, seat.token))


def list_orders(seat: Seat) -> Steps:
    """A page of the orders in one state since a day, by date, with the total and the sums."""
    query = {
        "conditions": [{"column": "state", "op": "eq", "value": "confirmed"},
                       {"column": "date", "op": "ge", "value": "2020-01-01"}],
        "sort": [{"column": "date", "descending": True}], "offset": PAGE * seat.random.randrange(4), "limit": PAGE}
    page = (yield post("/api/lists/sales_order", query, seat.token)).json()
    dates = [row["date"] for row in page["rows"]]
    right = page["total"] and all(row["state"] == "confirmed" for row in page["rows"])
    if not right or dates != sorted(dates, reverse=True):
        raise WrongAnswer(f"{len(dates)} of {page['total']} orders")


def log_in(seat: Seat) -> Steps:
    body = {"login": LOGIN, "password": seat.company.password}
    if not (yield post("/api/login", body)).json()["token"]:
        raise WrongAnswer("no token")


def _created(request: bytes) -> Any:
    """Sends a command and answers the id that it made."""
    answer: Answer = yield request
    made = answer.json()["id"]
    if not made:
        raise WrongAnswer(answer.body.decode())
    return made


def _act(seat: Seat, document: int, action: str) -> Any:
    answer: Answer = yield post(f"/api/documents/{document}/actions/{action}", {"version": 1}, seat.token)
    if answer.json()["version"] != 2:
        raise WrongAnswer(answer.body.decode())
