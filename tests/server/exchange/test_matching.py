"""Rows against the database: which record a row is, what is asked, what cannot go in."""

from decimal import Decimal
from typing import Any

import pytest

from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World
from tests.server.exchange.loads import Upload, adds_up, load, upload
from tests.server.exchange.workbooks import PARTIES, PRODUCTS, xlsx

FIRM = ["Название", "ИНН", "КПП", "Телефон"]
GOODS = ["Артикул", "Наименование", "Цена", "Штрихкод"]
INN, OTHER_INN = "7736050003", "7707083893"
CODE, OTHER_CODE = "4600000104225", "4600000118017"


def firms(person: Person, *rows: list[Any], **changes: Any) -> Upload:
    return upload(person, xlsx([FIRM, *rows]), PARTIES, **changes)


def goods(person: Person, *rows: list[Any], **changes: Any) -> Upload:
    return upload(person, xlsx([GOODS, *rows]), PRODUCTS, **changes)


def party(person: Person, name: str, **more: Any) -> int:
    return person.post("/api/parties", {"name": name, "kind": "legal", **more})["id"]


def product(person: Person, name: str, **more: Any) -> int:
    return person.post("/api/products", {"name": name, **more})["id"]


def first(run: dict[str, Any]) -> tuple[str, list[str], int | None]:
    """Bucket, open questions and match of the first row of data."""
    row = run["rows"][1]
    waiting = [one["code"] for one in row["problems"] if one["severity"] != "note" and one["answer"] is None]
    return row["bucket"], waiting, row["match"] and row["match"]["id"]


def test_same_inn_and_kpp_is_the_same_party_and_its_name_stays(world: World, boss: Person) -> None:
    known = party(boss, "ООО «Старое имя»", inn=INN, kpp="773601001")
    file = firms(boss, ["ООО «Новое имя»", INN, "773601001", "+7 495 111-22-33"])
    assert first(file.dry_run()) == ("ready", [], known)
    batch = load(world, file)
    assert (batch["counts"]["update"], batch["counts"]["problems"]) == (1, {"name_kept": 1})
    card = boss.get(f"/api/parties/{known}")
    assert (card["name"], card["phone"], card["version"]) == ("ООО «Старое имя»", "+7 495 111-22-33", 2)


@pytest.mark.parametrize(("action", "counts"), [("accept", (0, 1)), ("keep", (1, 0)), ("skip", (0, 0))])
def test_other_kpp_is_asked_about(world: World, boss: Person, action: str, counts: tuple[int, int]) -> None:
    party(boss, "ООО «Ветер»", inn=INN, kpp="773601001")
    file = firms(boss, ["ООО «Ветер»", INN, "540101001", "+7 495 111-22-33"])
    assert first(file.dry_run()) == ("doubt", ["kpp_known"], None)
    file.answer("kpp_known", action)
    tried = file.dry_run()["counts"]
    assert adds_up(tried)
    assert (tried["add"], tried["update"]) == counts
    batch = load(world, file)
    assert batch["counts"] == tried
    assert world.sql("SELECT count(*) AS n FROM party") == [{"n": 1 + counts[0]}]


def test_row_without_inn_is_the_only_party_of_its_name(boss: Person) -> None:
    known = party(boss, "Ветер, ООО", inn=INN)
    assert first(firms(boss, ["ООО «Ветер»", "", "", "+7 495 1112233"]).dry_run()) == ("doubt", ["inn_missing"], None)
    file = firms(boss, ["ООО «Ветер»", "", "", "+7 495 1112233"])
    file.answer("inn_missing")
    assert first(file.dry_run()) == ("ready", [], known)
    party(boss, "ООО «Ветер»", inn=OTHER_INN)
    assert first(file.dry_run()) == ("doubt", ["name_ambiguous"], None)


def test_party_that_lacks_the_inn_is_asked_about(world: World, boss: Person) -> None:
    known = party(boss, "ООО «Ветер»")
    file = firms(boss, ["ООО «Ветер»", INN, "", ""])
    assert first(file.dry_run()) == ("doubt", ["name_known"], None)
    file.answer("name_known")
    assert first(file.dry_run()) == ("ready", [], known)
    load(world, file)
    assert boss.get(f"/api/parties/{known}")["inn"] == INN


def test_party_of_another_branch_is_told_without_its_name(world: World, boss: Person) -> None:
    other = world.branch("Казань")
    party(boss, "ООО «Канарейка»", inn=INN, kpp="773601001", branch_id=other, segment="Секрет")
    clerk = world.person("clerk", {Permission.IMPORT_RUN: Scope.ALL, Permission.PARTY_VIEW: Scope.BRANCH,
                                   Permission.PARTY_EDIT: Scope.BRANCH})
    before = world.sql("SELECT * FROM party")
    for row in (["ООО «Ветер»", INN, "773601001", "1"], ["ООО «Ветер»", INN, "", "1"]):
        file = firms(clerk, row)
        run = file.dry_run()
        assert first(run) == ("error", ["out_of_reach"], None)
        assert "Канарейка" not in str(run)
        assert "Секрет" not in str(run)
    report = clerk.post(f"{file.path}/report", file.options)
    assert "Канарейка".encode() not in report
    named = firms(clerk, ["ООО «Канарейка»", "", "", ""])
    named.answer("inn_missing")
    assert first(named.dry_run())[2] is None
    assert world.sql("SELECT * FROM party") == before


def test_files_and_batches_of_others_do_not_exist(world: World, boss: Person) -> None:
    file = firms(boss, ["ООО «Ветер»", INN, "", ""])
    batch_id = file.queue()
    clerk = world.person("clerk", {Permission.IMPORT_RUN: Scope.ALL, Permission.PARTY_EDIT: Scope.BRANCH},
                         branch_id=world.branch("Казань"))
    clerk.get(file.path, params={"target": "parties"}, status=404)
    clerk.post(f"{file.path}/dry-run", {"options": file.options}, status=404)
    clerk.post(f"{file.path}/batches", file.options, status=404)
    for method, path in (("GET", ""), ("GET", "/report"), ("POST", "/cancel"), ("POST", "/undo")):
        clerk.call(method, f"/api/imports/{batch_id}{path}", status=404)
    assert clerk.post("/api/lists/imports", {})["rows"] == []
    assert [row["id"] for row in boss.post("/api/lists/imports", {})["rows"]] == [batch_id]
    viewer = world.person("viewer", {Permission.IMPORT_RUN: Scope.ALL})
    viewer.call("POST", "/api/imports/files", params={"target": "parties"}, files={"file": ("a.xlsx", b"1")},
                status=403)


@pytest.mark.parametrize(("mode", "expected"), [("upsert", (1, 1, 0)), ("add", (1, 0, 1)), ("update", (0, 1, 1))])
def test_modes(world: World, boss: Person, mode: str, expected: tuple[int, int, int]) -> None:
    party(boss, "ООО «Ветер»", inn=INN)
    file = firms(boss, ["ООО «Ветер»", INN, "", "+7 495 1112233"], ["ООО «Волна»", OTHER_INN, "", ""], mode=mode)
    batch = load(world, file)
    counts = batch["counts"]
    assert (counts["add"], counts["update"], counts["unmatched"]) == expected
    assert adds_up(counts)


def test_product_is_found_by_article_then_barcode_then_name(world: World, boss: Person) -> None:
    by_sku = product(boss, "Котёл", sku="К-7")
    by_code = product(boss, "Насос", sku="Н-1", barcodes=[CODE])
    by_name = product(boss, "Выезд мастера", kind="service", unit="356")
    file = goods(boss, ["к-7", "Котёл", 10, ""], ["", "Другое имя", 20, CODE], ["", "Выезд мастера", 30, ""],
                 ["Н-2", "Выезд мастера", 40, ""])
    file.answer("sku_missing")
    matches = [row["match"] and row["match"]["id"] for row in file.dry_run()["rows"][1:]]
    assert matches == [by_sku, by_code, by_name, None]


def test_taken_barcode_is_asked_about(world: World, boss: Person) -> None:
    product(boss, "Насос", sku="Н-1", barcodes=[CODE])
    file = goods(boss, ["К-7", "Котёл", 10, f"{CODE}, {OTHER_CODE}"])
    run = file.dry_run()
    assert first(run)[:2] == ("doubt", ["barcode_taken"])
    assert "«Насос» (арт. Н-1)" in run["rows"][1]["problems"][-1]["message"]
    file.answer("barcode_taken", "keep")
    assert first(file.dry_run())[:2] == ("error", ["barcode_refused"])
    file.options["resolutions"] = []
    file.answer("barcode_taken")
    load(world, file)
    assert world.sql("SELECT b.code FROM barcode b JOIN product p ON p.id = b.product_id WHERE p.sku = 'К-7'") == [
        {"code": OTHER_CODE}]


def test_prices_go_to_their_kinds_by_the_vat_rule_of_the_kind(world: World, boss: Person) -> None:
    retail = world.insert("price_kind", title="Розничная", main=True, vat_included=True)
    trade = world.insert("price_kind", title="Оптовая без НДС", vat_included=False)
    rows = [["Артикул", "Наименование", "Цена", "Цена опт", "Цена закупочная", "НДС"],
            ["К-7", "Котёл", 122, 100, 80, "22%"], ["К-8", "Книга", 110, 99, 80, "10%"]]
    file = upload(boss, xlsx(rows), PRODUCTS, prices_include_vat=False)
    load(world, file)
    prices = {(row["sku"], row["price_kind_id"]): row["price"] for row in world.sql(
        "SELECT p.sku, x.price_kind_id, x.price FROM price x JOIN product p ON p.id = x.product_id")}
    assert prices == {
        ("К-7", retail): Decimal("148.84"), ("К-7", trade): 100, ("К-8", retail): 121, ("К-8", trade): 99}
    assert world.sql("SELECT note FROM product WHERE sku = 'К-7'")[0]["note"] == "Цена закупочная: 80"
    assert file.dry_run()["counts"]["unchanged"] == 2


def test_chosen_price_kind_takes_the_only_price(world: World, boss: Person) -> None:
    world.insert("price_kind", title="Розничная", main=True)
    special = world.insert("price_kind", title="Для партнёров")
    load(world, goods(boss, ["К-7", "Котёл", 100, ""], price_kind_id=special))
    assert world.sql("SELECT price_kind_id, price FROM price") == [{"price_kind_id": special, "price": 100}]
    wrong = goods(boss, ["К-7", "Котёл", 100, ""], price_kind_id=999)
    assert "price_kind_id" in boss.post(f"{wrong.path}/dry-run", {"options": wrong.options}, status=422)["field_errors"]


def test_groups_are_made_once_and_found_again(world: World, boss: Person) -> None:
    known = world.insert("product_group", title="Котлы")
    rows = [["Артикул", "Наименование", "Группа"], ["1-1", "Котёл", "котлы"], ["1-2", "Насос", "Насосы"],
            ["1-3", "Насос малый", "Насосы"]]
    file = upload(boss, xlsx(rows), PRODUCTS)
    load(world, file)
    groups = {row["sku"]: row["group_id"] for row in world.sql("SELECT sku, group_id FROM product")}
    assert groups["1-1"] == known
    assert groups["1-2"] == groups["1-3"] != known
    assert world.sql("SELECT title FROM product_group ORDER BY id") == [{"title": "Котлы"}, {"title": "Насосы"}]
    assert file.dry_run()["counts"]["unchanged"] == 3


def test_account_with_a_wrong_key_is_kept_and_the_card_stays_editable(world: World, boss: Person) -> None:
    rows = [["Название", "ИНН", "Расчётный счёт", "БИК"],
            ["ООО «Ветер»", INN, "40702810500000000000", "044525225"]]
    file = upload(boss, xlsx(rows), PARTIES)
    assert first(file.dry_run())[:2] == ("ready", [])
    batch = load(world, file)
    assert batch["counts"]["problems"] == {"account_key": 1}
    party_id = world.sql("SELECT id FROM party")[0]["id"]
    card = boss.get(f"/api/parties/{party_id}")
    assert card["accounts"][0]["account"] == "40702810500000000000"
    body = {"name": card["name"], "kind": "legal", "inn": INN, "segment": "ВИП", "version": 1,
            "accounts": card["accounts"]}
    boss.put(f"/api/parties/{party_id}", body)
    wrong = [*card["accounts"], {"bic": "044525225", "account": "40702810500000000001"}]
    answer = boss.put(f"/api/parties/{party_id}", body | {"version": 2, "accounts": wrong}, status=422)
    assert list(answer["field_errors"]) == ["accounts.1.account"]


def test_manager_is_found_by_surname_and_initials(world: World, boss: Person) -> None:
    manager = world.insert("employee", name="Орлова Елена Викторовна", branch_id=world.branch_id)
    rows = [["Название", "ИНН", "Менеджер"], ["ООО «Ветер»", INN, "Орлова Е. В."], ["ООО «Волна»", OTHER_INN, "Котова"]]
    load(world, upload(boss, xlsx(rows), PARTIES))
    assert world.sql("SELECT manager_id, note FROM party ORDER BY name") == [
        {"manager_id": manager, "note": ""}, {"manager_id": None, "note": "Менеджер: Котова"}]


def test_dry_run_writes_nothing_and_its_statements_do_not_grow(world: World, boss: Person) -> None:
    counts: list[int] = []
    for size in (2, 60):
        file = goods(boss, *([f"А-{number}", f"Датчик {number}", number, ""] for number in range(1, size)))
        before = world.sql("SELECT count(*) FROM audit_log")
        boss.known()
        file.dry_run()
        counts.append(boss.statements)
        assert world.sql("SELECT count(*) FROM audit_log") == before
    assert counts[0] == counts[1] <= 8
