"""«Откуда это число» adds up, and names who holds the reserve."""

from datetime import datetime
from decimal import Decimal

import time_machine

from crm_server.kit.days import zone
from crm_server.kit.jobs import SERVER_ACTOR
from crm_server.stock.reservations import expire
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, balance, day, line, receive


def test_moves_and_holders_explain_a_balance(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop, "10")
    receive(boss, shop, "5")
    made = boss.post("/api/documents/issue", {"date": DAY, "party_id": shop["customer"], "place_id": shop["place"],
                                              "lines": [line(shop["sensor"], "4", "100")]})
    act(boss, made["id"], "post")
    boss.post("/api/stock/reservations", {"product_id": shop["sensor"], "place_id": shop["place"], "quantity": "3",
                                          "note": "для выставки"})
    origin = boss.get("/api/stock/origin", params={"product_id": shop["sensor"], "place_id": shop["place"]})
    assert (origin["opening"], origin["closing"], origin["reserved"], origin["free"]) == (
        "0.000", "11.000", "3.000", "8.000")
    assert [(m["change"], m["balance_after"], m["counterpart"]) for m in origin["moves"]] == [
        ("10.000", "10.000", "АО «Завод»"), ("5.000", "15.000", "АО «Завод»"), ("-4.000", "11.000", "ООО «Ветер»")]
    assert [(h["document"], h["quantity"]) for h in origin["holders"]] == [("для выставки", "3.000")]


def test_a_reservation_ends_with_its_term(world: World, boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    boss.post("/api/stock/reservations", {"product_id": shop["sensor"], "place_id": shop["place"], "quantity": "3",
                                          "until": day(6)})
    boss.post("/api/stock/reservations", {"product_id": shop["sensor"], "place_id": shop["place"], "quantity": "2",
                                          "until": day(7)})
    edge = world.http.app.edge  # type: ignore[attr-defined]
    night = datetime.fromisoformat(f"{day(7)} 00:30").replace(tzinfo=zone())
    with time_machine.travel(night, tick=True), edge.committed(SERVER_ACTOR) as ctx:
        assert expire(ctx) == 1
    assert balance(world, shop)[:2] == (10, Decimal(2))
    states = world.sql("SELECT state FROM reservation ORDER BY id")
    assert [row["state"] for row in states] == ["expired", "active"]
