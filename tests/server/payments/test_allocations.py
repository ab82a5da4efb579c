"""A payment and its invoices."""

from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, owe


def test_allocations_of_a_payment(boss: Person, shop: dict[str, int]) -> None:
    first, second = owe(boss, shop, "100"), owe(boss, shop, "250", "2026-01-01")
    made = boss.post("/api/documents/payment", {"date": DAY, "party_id": shop["customer"], "amount": "300"})
    act(boss, made["id"], "post")
    rows = boss.get(f"/api/payments/{made['id']}/allocations")
    assert [(r["invoice_id"], r["open"], r["amount"]) for r in rows] == [
        (second["id"], "0.00", "250.00"), (first["id"], "50.00", "50.00")]
    boss.get(f"/api/payments/{first['id']}/allocations", status=404)


def test_an_accountant_of_all_branches_pays_where_the_invoice_is(
        world: World, boss: Person, shop: dict[str, int]) -> None:
    made = owe(boss, shop, "100")
    other = world.person(branch_id=world.insert("branch", title="Казань"))
    payment = other.post(f"/api/documents/{made['id']}/based-on", {"kind": "payment"})
    act(other, payment["id"], "post")
    assert boss.get(f"/api/payments/{payment['id']}/allocations")[0]["amount"] == "100.00"
    assert boss.get(f"/api/documents/{payment['id']}")["branch"]["id"] == world.branch_id
