from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import sql

from crm_contract.permissions import Permission, Scope
from crm_server.catalog import availability
from crm_server.kit.actor import Actor
from tests.server.conftest import Person, World

EAN, EAN_2, EAN_8 = "4601234567893", "4606453849072", "96385074"
TODAY = datetime.now(UTC).date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def retail(boss: Person) -> int:
    return boss.post("/api/price-kinds", {"title": "Розничная"})["id"]


def create(person: Person, name: str = "Датчик ДД-40", **more: Any) -> int:
    return person.post("/api/products", {"name": name, **more})["id"]


def price(kind: int, value: str, day: Any = TODAY) -> dict[str, Any]:
    return {"price_kind_id": kind, "price": value, "valid_from": str(day)}


def as_body(card: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """What a form sends back for a card."""
    body = {name: card[name] for name in (
        "version", "kind", "sku", "name", "full_name", "unit", "vat_kind", "barcodes", "min_stock", "country", "note")}
    prices = [price(p["price_kind"]["id"], p["price"], p["valid_from"]) for p in card["prices"]]
    return body | {"group_id": card["group"] and card["group"]["id"], "prices": prices} | changes


def prices(card: dict[str, Any]) -> list[tuple[str, str]]:
    return [(p["price"], p["valid_from"]) for p in card["prices"]]


def names(person: Person, query: str, **params: Any) -> list[str]:
    return [hit["title"] for hit in person.get("/api/pick/product", params={"q": query, **params})]


def test_card_has_all_that_was_typed(world: World, boss: Person, retail: int) -> None:
    group = boss.post("/api/product-groups", {"title": "Датчики"})["id"]
    sent = {"name": "Датчик ДД-40", "sku": "104-220", "full_name": "Датчик давления ДД-40", "group_id": group,
            "barcodes": [EAN, EAN_8], "prices": [price(retail, "4100.5")], "min_stock": "3", "country": "643"}
    made = boss.post("/api/products", sent)
    assert boss.statements <= 5
    card = boss.get(f"/api/products/{made['id']}")
    assert boss.statements <= 2
    assert card["group"] == {"id": group, "title": "Датчики"}
    assert card["barcodes"] == [EAN, EAN_8]
    assert card["prices"] == [{"price_kind": {"id": retail, "title": "Розничная"}, "price": "4100.5000",
                               "valid_from": str(TODAY)}]
    assert (card["unit_title"], card["min_stock"], card["vat_kind"]) == ("шт", "3.000", "standard")
    row = world.sql("SELECT entity_id, after FROM audit_log WHERE entity = 'product'")[0]
    assert (row["entity_id"], row["after"]["sku"]) == (made["id"], "104-220")


def test_update_is_whole_and_versioned(world: World, boss: Person, retail: int) -> None:
    product = create(boss, sku="1", barcodes=[EAN], prices=[price(retail, "10")])
    card = boss.get(f"/api/products/{product}")
    body = as_body(card, name="Датчик ДД-50", barcodes=[EAN_2], prices=[price(retail, "11")])
    assert boss.put(f"/api/products/{product}", body) == {"id": product, "version": 2}
    assert boss.statements <= 8
    after = boss.get(f"/api/products/{product}")
    assert (after["name"], after["barcodes"], prices(after)) == ("Датчик ДД-50", [EAN_2], [("11.0000", str(TODAY))])
    error = boss.put(f"/api/products/{product}", body, status=409)
    assert error["code"] == "stale_version"
    assert error["details"]["current"] == after
    journal = world.sql("SELECT before, after FROM audit_log WHERE entity = 'product' AND action = 'update'")[0]
    assert journal["before"].keys() == {"name", "barcodes", "prices"}
    boss.put(f"/api/products/{product}", as_body(after))
    journal = world.sql("SELECT after FROM audit_log WHERE entity = 'product' ORDER BY id DESC LIMIT 1")[0]
    assert journal["after"] == {}


def test_price_of_a_day_is_the_latest_that_has_begun(boss: Person, retail: int) -> None:
    product = create(boss, prices=[price(retail, "10", "2025-01-01"), price(retail, "20", YESTERDAY),
                                   price(retail, "30", TOMORROW)])
    card = boss.get(f"/api/products/{product}")
    assert prices(card) == [("20.0000", str(YESTERDAY)), ("30.0000", str(TOMORROW))]
    assert [p["price"] for p in boss.get(f"/api/products/{product}/prices")] == ["30.0000", "20.0000", "10.0000"]
    assert boss.post("/api/lists/products", {})["rows"][0]["price"] == "20.0000"
    # what is to come can be taken back, what has been stays
    boss.put(f"/api/products/{product}", as_body(card, prices=[price(retail, "25")]))
    assert prices(boss.get(f"/api/products/{product}")) == [("25.0000", str(TODAY))]
    assert [p["price"] for p in boss.get(f"/api/products/{product}/prices")] == ["25.0000", "20.0000", "10.0000"]


def test_price_of_the_main_kind_is_listed(boss: Person, retail: int) -> None:
    trade = boss.post("/api/price-kinds", {"title": "Оптовая"})["id"]
    create(boss, prices=[price(retail, "100"), price(trade, "80")])
    assert boss.post("/api/lists/products", {})["rows"][0]["price"] == "100.0000"
    boss.put(f"/api/price-kinds/{trade}", {"title": "Оптовая", "main": True, "version": 1})
    assert boss.post("/api/lists/products", {})["rows"][0]["price"] == "80.0000"
    assert [(k["title"], k["main"]) for k in boss.get("/api/price-kinds")] == [("Оптовая", True), ("Розничная", False)]
    boss.put(f"/api/price-kinds/{trade}", {"title": "Оптовая", "main": False, "version": 2}, status=422)
    boss.post("/api/price-kinds", {"title": "Оптовая"}, status=422)


def test_taken_article_and_barcode_name_their_product(world: World, boss: Person) -> None:
    first = create(boss, "Насос НЦ-50", sku="104-220", barcodes=[EAN])
    error = boss.post("/api/products", {"name": "Другой", "sku": "104-220", "barcodes": [EAN_8, EAN]}, status=409)
    assert error["code"] == "conflict"
    assert error["field_errors"] == {"sku": "Уже у «Насос НЦ-50»", "barcodes.1": "Уже у «Насос НЦ-50»"}
    other = create(boss, "Другой", sku="5")
    card = boss.get(f"/api/products/{other}")
    boss.put(f"/api/products/{other}", as_body(card, barcodes=[EAN]), status=409)
    assert boss.get(f"/api/products/{other}") == card
    # the article of an archived product is free again, until it comes back
    boss.post(f"/api/products/{first}/archive", {"version": 1})
    create(boss, "Третий", sku="104-220")
    error = boss.post(f"/api/products/{first}/unarchive", {"version": 2}, status=409)
    assert list(error["field_errors"]) == ["sku"]


def test_wrong_fields_are_named(boss: Person, retail: int) -> None:
    error = boss.post("/api/products", {
        "name": "x", "unit": "0", "barcodes": ["4601234567890", EAN, EAN, ""],
        "prices": [price(retail, "1"), price(retail, "2")]}, status=422)
    assert error["field_errors"].keys() == {"unit", "barcodes.0", "barcodes.2", "barcodes.3", "prices.1.valid_from"}
    for field, value in (("group_id", 99), ("prices", [price(99, "1")])):
        assert list(boss.post("/api/products", {"name": "x", field: value}, status=422)["field_errors"]) == [field]


def test_pick_finds_by_barcode_article_and_words(boss: Person, retail: int) -> None:
    create(boss, "Насос НЦ-50", sku="104-220", barcodes=[EAN], prices=[price(retail, "4100")])
    create(boss, f"Переходник к {EAN}", sku="7")
    create(boss, "Комплект насоса", sku="104-220-К")
    create(boss, "Уплотнение 104-220", sku="8")
    create(boss, "Монтаж", kind="work", unit="356")
    assert names(boss, EAN) == ["Насос НЦ-50", f"Переходник к {EAN}"]
    assert names(boss, "104-220")[0] == names(boss, "104220")[0] == "Насос НЦ-50"
    assert names(boss, "насос") == ["Насос НЦ-50", "Комплект насоса"]
    assert names(boss, "yfcjc 104") == ["Комплект насоса", "Насос НЦ-50"]
    hit = boss.get("/api/pick/product", params={"q": EAN})[0]
    assert hit["fill"] == {"sku": "104-220", "unit": "796", "unit_title": "шт", "kind": "goods", "price": "4100.0000",
                           "vat_kind": "standard", "free": "0"}
    assert hit["subtitle"] == "арт. 104-220 · свободно 0 шт"
    assert boss.get("/api/pick/product", params={"q": "монтаж"})[0]["subtitle"] == ""
    assert len(names(boss, "")) == 5
    assert [h["title"] for h in boss.get("/api/search", params={"q": "yfcjc"})] == ["Насос НЦ-50", "Комплект насоса"]


def test_stock_joins_what_there_is(world: World, boss: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The join that stock registers, over its own tables."""
    def join(actor: Actor, place_id: int | None) -> sql.Composable:
        at_place = sql.SQL("true") if place_id is None else sql.SQL("b.place_id = {}").format(place_id)
        return sql.SQL(
            "LEFT JOIN LATERAL (SELECT sum(b.on_hand) AS on_hand, sum(b.reserved) AS reserved,"
            " sum(b.value) / nullif(sum(b.on_hand), 0) AS cost FROM stock_balance b WHERE b.product_id = p.id"
            " AND {}) stock ON true").format(at_place)

    monkeypatch.setattr(availability, "_JOIN", [join])
    product = create(boss)
    places = [world.insert("place", kind="warehouse", name=name, inner=True) for name in ("А", "Б")]
    outer = world.sql("SELECT id FROM place WHERE kind = 'supplier'")[0]["id"]
    for place, quantity in zip(places, (12, 5), strict=True):
        world.insert("stock_move", at="2026-01-01", product_id=product, from_place_id=outer, to_place_id=place,
                     quantity=quantity, cost=quantity * 10)
    row = boss.post("/api/lists/products", {"columns": ["free", "on_hand", "reserved", "cost"]})["rows"][0]
    assert (row["free"], row["on_hand"], row["reserved"]) == ("17.000", "17.000", "0.000")
    assert row["cost"].startswith("10.0")
    condition = {"column": "free", "op": "gt", "value": "16"}
    assert boss.post("/api/lists/products", {"conditions": [condition]})["total"] == 1
    assert boss.get(f"/api/products/{product}")["cost"].startswith("10.0")
    hit = boss.get("/api/pick/product", params={"q": "датчик", "place_id": places[1]})[0]
    assert hit["subtitle"] == "свободно 5 шт"
    clerk = world.person("clerk", {Permission.PRODUCT_VIEW: Scope.ALL})
    assert clerk.get(f"/api/products/{product}")["cost"] is None
    assert clerk.get("/api/pick/product", params={"q": "датчик"})[0]["fill"]["free"] == ""
    assert "cost" not in clerk.post("/api/lists/products", {})["rows"][0]
    for query in ({"columns": ["cost"]}, {"sort": [{"column": "cost"}]},
                  {"conditions": [{"column": "cost", "op": "gt", "value": "1"}]}):
        clerk.post("/api/lists/products", query, status=422)


def test_list_speaks_in_words(boss: Person) -> None:
    create(boss, "Скидка", kind="service", unit="744")
    create(boss, "Кабель", unit="006", sku="К-1", barcodes=[EAN])
    page = boss.post("/api/lists/products", {"columns": ["name", "unit", "barcode"], "sort": [{"column": "unit"}]})
    assert [(r["unit"], r["barcode"]) for r in page["rows"]] == [("%", None), ("м", EAN)]
    percents = {"conditions": [{"column": "unit", "op": "eq", "value": "%"}]}
    assert boss.post("/api/lists/products", percents)["total"] == 1
    for search in (EAN, "К-1", "rf,tkm"):
        assert boss.post("/api/lists/products", {"search": search})["total"] == 1


def test_groups_make_a_tree(boss: Person) -> None:
    top = boss.post("/api/product-groups", {"title": "Насосы"})["id"]
    inner = boss.post("/api/product-groups", {"title": "Центробежные", "parent_id": top})["id"]
    boss.post("/api/product-groups", {"title": "Насосы"}, status=422)
    boss.post("/api/product-groups", {"title": "Х", "parent_id": 99}, status=422)
    for parent in (top, inner):
        boss.put(f"/api/product-groups/{top}", {"title": "Насосы", "parent_id": parent, "version": 1}, status=422)
    boss.put(f"/api/product-groups/{inner}", {"title": "Вихревые", "parent_id": top, "version": 1})
    assert [(g["title"], g["parent"]) for g in boss.get("/api/product-groups")] == [
        ("Вихревые", {"id": top, "title": "Насосы"}), ("Насосы", None)]
    assert [(h["title"], h["subtitle"]) for h in boss.get("/api/pick/product_group", params={"q": "db["})] == [
        ("Вихревые", "Насосы")]
    boss.call("DELETE", f"/api/product-groups/{top}", status=409)
    product = create(boss, group_id=inner)
    boss.call("DELETE", f"/api/product-groups/{inner}", status=409)
    boss.put(f"/api/products/{product}", as_body(boss.get(f"/api/products/{product}"), group_id=None))
    boss.call("DELETE", f"/api/product-groups/{inner}")
    boss.call("DELETE", f"/api/product-groups/{top}")
    assert boss.get("/api/product-groups") == []


def test_units_and_price_kinds_to_choose(boss: Person, retail: int) -> None:
    units = {u["code"]: u for u in boss.get("/api/units")}
    assert units["796"] == {"code": "796", "short": "шт", "name": "Штука", "whole": True, "service": False}
    hits = boss.get("/api/pick/price_kind", params={"q": "hjp"})
    assert [(h["title"], h["subtitle"], h["fill"]) for h in hits] == [
        ("Розничная", "основной", {"vat_mode": "included"})]


def test_without_the_right_nothing_changes(world: World, boss: Person) -> None:
    product = create(boss)
    card = boss.get(f"/api/products/{product}")
    clerk = world.person("clerk", {Permission.PRODUCT_VIEW: Scope.ALL})
    for method, path, body in (
        ("POST", "/api/products", {"name": "x"}), ("PUT", f"/api/products/{product}", as_body(card, name="Взлом")),
        ("POST", f"/api/products/{product}/archive", {"version": 1}),
        ("POST", "/api/product-groups", {"title": "x"}), ("POST", "/api/price-kinds", {"title": "x"}),
    ):
        clerk.call(method, path, body, status=403)
    nobody = world.person("nobody", {})
    nobody.get(f"/api/products/{product}", status=403)
    nobody.get("/api/pick/product", status=403)
    nobody.post("/api/lists/products", {}, status=403)
    assert nobody.get("/api/search", params={"q": "датчик"}) == []
    assert boss.get(f"/api/products/{product}") == card | {"cost": None}
