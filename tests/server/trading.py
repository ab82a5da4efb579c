"""What people of the `shop` do over HTTP: papers with their lines, and the actions on them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crm_server.kit.days import today
from tests.server.conftest import Person, World

__all__ = ["today"]

#: The day of the papers made here, as it is sent; those made on a basis are of the same day.

DAY = today().isoformat()


def day(shift: int) -> str:
    """So many days after today, as it is sent."""
    return (today() + timedelta(days=shift)).isoformat()


def shown(sent: str) -> str:
    """A day as people read it."""
    return f"{date.fromisoformat(sent):%d.%m.%Y}"


def line(product: int, quantity: str, price: str, **more: Any) -> dict[str, Any]:
    return {"product_id": product, "quantity": quantity, "price": price, **more}


def act(person: Person, document_id: int, action: str, **more: Any) -> dict[str, Any]:
    version = person.get(f"/api/documents/{document_id}")["version"]
    person.post(f"/api/documents/{document_id}/actions/{action}", {"version": version, **more})
    return person.get(f"/api/documents/{document_id}")


def receive(person: Person, shop: dict[str, int], quantity: str = "10", day: str = DAY) -> int:
    made = person.post("/api/documents/receipt", {
        "date": day, "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
        "lines": [line(shop["sensor"], quantity, "1000")]})
    act(person, made["id"], "post")
    return made["id"]


def balance(world: World, shop: dict[str, int]) -> tuple[Decimal, Decimal, Decimal]:
    rows = world.sql("SELECT on_hand, reserved, value FROM stock_balance WHERE product_id = %s", (shop["sensor"],))
    return (rows[0]["on_hand"], rows[0]["reserved"], rows[0]["value"])


def made(person: Person, kind: str, shop: dict[str, int], *lines: dict[str, Any], **more: Any) -> int:
    place = {} if kind in ("contract", "upd", "act") else {"place_id": shop["place"]}
    return person.post(f"/api/documents/{kind}", {
        "date": DAY, "party_id": shop["customer"], "lines": list(lines), **place, **more})["id"]


def order(person: Person, shop: dict[str, int], *lines: dict[str, Any]) -> int:
    order_id = made(person, "sales_order", shop, *(lines or [line(shop["sensor"], "10", "100")]))
    act(person, order_id, "confirm")
    return order_id


def invoice(person: Person, shop: dict[str, int], *lines: dict[str, Any], **more: Any) -> int:
    invoice_id = made(person, "invoice", shop, *(lines or [line(shop["sensor"], "10", "100")]), **more)
    act(person, invoice_id, "issue")
    return invoice_id


def follow(person: Person, document_id: int, kind: str, *actions: str) -> int:
    follower = person.post(f"/api/documents/{document_id}/based-on", {"kind": kind})["id"]
    for action in actions:
        act(person, follower, action)
    return follower


def owe(person: Person, shop: dict[str, int], price: str, due: str | None = None) -> dict[str, Any]:
    """An issued invoice of one piece, to be paid until `due`."""
    created = person.post("/api/documents/invoice", {
        "date": DAY, "party_id": shop["customer"], "due_date": due, "place_id": shop["place"],
        "lines": [line(shop["sensor"], "1", price)]})
    return act(person, created["id"], "issue")
