"""Labels: what they are made from, in the order that was asked for; printing them is told to the journal."""

from crm_contract.permissions import Scope
from tests.server.conftest import Person, World

EAN = "4006381333931"


def product(person: Person, world: World, name: str, *barcodes: str, price: str = "") -> int:
    kind = world.sql("SELECT id FROM price_kind WHERE main")
    prices = [{"price_kind_id": kind[0]["id"], "price": price, "valid_from": "2026-01-01"}] if price else []
    return person.post("/api/products", {"name": name, "sku": name, "barcodes": list(barcodes), "prices": prices})["id"]


def test_labels_come_in_the_asked_order_in_one_statement(boss: Person, world: World) -> None:
    world.insert("price_kind", title="Розничная", main=True)
    pump = product(boss, world, "Насос", EAN, price="4100")
    seal = product(boss, world, "Уплотнение")
    boss.known()
    told = boss.post("/api/labels/products", {"product_ids": [seal, pump, 999, seal]})
    assert boss.statements == 1
    assert [(one["id"], one["barcodes"], one["price"]) for one in told] == [
        (seal, [], None), (pump, [EAN], "4100.0000")]
    assert told[1] | {"unit": "шт", "sku": "Насос"} == told[1]
    stranger = world.person("nobody", {"receipt.view": Scope.BRANCH})
    stranger.post("/api/labels/products", {"product_ids": [pump]}, status=403)


def test_printing_is_journaled(boss: Person, world: World) -> None:
    pump = product(boss, world, "Насос")
    boss.post("/api/labels/printed", {"entity": "product", "ids": [pump], "title": "Этикетки: Насос", "count": 12})
    boss.post("/api/labels/printed", {"entity": "place", "ids": [4, 5], "title": "Этикетки: 2 места", "count": 2})
    rows = world.sql("SELECT action, entity, entity_id, title, after FROM audit_log WHERE action = 'print' ORDER BY id")
    assert [(row["action"], row["entity"], row["entity_id"]) for row in rows] == [
        ("print", "product", pump), ("print", "place", None)]
    assert (rows[0]["title"], rows[1]["after"]) == ("Этикетки: Насос", {"labels": 2, "ids": [4, 5]})
    for wrong in ({"entity": "shadow"}, {"count": 0}, {"count": 5000}, {"title": ""}):
        boss.post("/api/labels/printed", {"entity": "product", "ids": [], "title": "x", "count": 1} | wrong, status=422)
