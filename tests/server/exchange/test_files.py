"""Files as people send them: other headings, other formats; remembered mappings; rows back with their reasons."""

import io
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.server.conftest import Person, World
from tests.server.exchange.loads import Upload, adds_up, load, upload
from tests.server.exchange.workbooks import PARTIES, PRODUCTS, SHARED, to_bytes, xlsx

INN, OTHER_INN = "7736050003", "7707083893"


def csv(*rows: list[Any], encoding: str = "cp1251") -> bytes:
    return "\r\n".join(";".join(str(cell) for cell in row) for row in rows).encode(encoding)


ENGLISH = xlsx([["SKU", "Item name", "Unit", "Price, RUB", "VAT", "EAN"],
                ["A-1", "Pressure sensor", "pcs", 100, "22%", "4600000104225"],
                ["A-2", "Valve", "pcs", 5.5, "22%", ""]])
TWO_ROWS = xlsx([["Прайс-лист ООО «Датчик»"], ["Код", "Наименование товара", "Ед.", "Цена, руб. с НДС", ""],
                 ["", "", "", "розница", "опт"], ["1-1", "Датчик ДД-40", "шт", 100, 90],
                 ["1-2", "Клапан КЭ-15", "шт", 200, 180]])
NO_HEADING = xlsx([["ООО «Ветер»", INN, "+7 495 111-22-33", "info@veter.ru"],
                   ["ООО «Волна»", OTHER_INN, "+7 495 111-22-34", "info@volna.ru"]])
CSV = csv(["Наименование", "ИНН", "Тел", "E-mail"], ["ООО «Ветер»", INN, "8 (495) 111-22-33", "INFO@veter.ru"],
          ["ООО «Волна»", OTHER_INN, "", ""])


@pytest.mark.parametrize(("data", "target", "name", "fields"), [
    (ENGLISH, PRODUCTS, "list.xlsx", ["sku", "name", "unit", "price", "vat", "barcode"]),
    (TWO_ROWS, PRODUCTS, "price.xlsx", ["sku", "name", "unit", "price_retail", "price_wholesale"]),
    (NO_HEADING, PARTIES, "list.xlsx", ["name", "inn", "phone", "email"]),
    (CSV, PARTIES, "clients.csv", ["name", "inn", "phone", "email"]),
    (CSV.decode("cp1251").encode("utf-8-sig"), PARTIES, "clients.csv", ["name", "inn", "phone", "email"]),
], ids=["english", "two rows", "no heading", "csv 1251", "csv utf-8"])
def test_other_files_load_and_load_again_without_a_change(
        world: World, boss: Person, data: bytes, target: Any, name: str, fields: list[str]) -> None:
    world.insert("price_kind", title="Розничная", main=True)
    world.insert("price_kind", title="Оптовая")
    file = upload(boss, data, target, name)
    assert list(file.options["mapping"].values()) == fields
    batch = load(world, file)
    assert (batch["state"], batch["counts"]["add"]) == ("done", 2)
    again = load(world, upload(boss, data, target, name))
    assert adds_up(again["counts"])
    assert (again["counts"]["unchanged"], again["can_undo"], again["undo_refusal"]) == (
        2, False, "Загрузка ничего не изменила")


@pytest.mark.parametrize(("data", "words"), [
    (b"", "Файл пуст"), (b"%PDF-1.7", "Это документ, а не таблица"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, ".xls"),
    (b"PK\x03\x04 broken", "поврежд"), (b"x" * (20 * 1024 * 1024 + 1), "больше 20 МБ")])
def test_file_that_is_no_table_is_refused_in_words(world: World, boss: Person, data: bytes, words: str) -> None:
    status = 413 if "МБ" in words else 422
    answer = boss.call("POST", "/api/imports/files", params={"target": "parties"}, files={"file": ("a.xlsx", data)},
                       status=status)
    assert words in answer["message"] + str(answer["field_errors"])
    assert world.sql("SELECT count(*) AS n FROM import_file") == [{"n": 0}]


def test_file_is_looked_at_as_the_other_target(boss: Person) -> None:
    file = upload(boss, ENGLISH, PARTIES, "../../etc/прайс.xlsx")
    assert (file.analysis["file_name"], file.analysis["other_target_fits"]) == ("прайс.xlsx", True)
    other = boss.get(file.path, params={"target": "products"})
    assert (other["file_id"], other["target"]) == (file.analysis["file_id"], "products")
    assert [column["field"] for column in other["sheets"][0]["columns"]][:2] == ["sku", "name"]


def test_remembered_mapping_is_applied_to_the_next_file_of_the_sender(world: World, boss: Person) -> None:
    rows = [["Поз.", "Штуковина", "Почём"], ["1-1", "Датчик ДД-40", 100], ["1-2", "Клапан КЭ-15", 200]]
    file = upload(boss, xlsx(rows), PRODUCTS, remember_as="ООО «Датчик»")
    file.options["mapping"] = {"0": "sku", "1": "name", "2": "price"}
    file.options["header_row"] = 1
    load(world, file)
    mapping = boss.get("/api/imports/mappings", params={"target": "products"})[0]
    assert (mapping["name"], mapping["headings"]) == (
        "ООО «Датчик»", {"поз": "sku", "штуковина": "name", "почем": "price"})
    moved = upload(boss, xlsx([[row[1], "", row[0], row[2]] for row in rows]), PRODUCTS)
    assert moved.analysis["saved_mapping"] == "ООО «Датчик»"
    assert moved.options["mapping"] == {"0": "name", "2": "sku", "3": "price"}
    assert moved.dry_run()["counts"]["unchanged"] == 2
    assert upload(boss, ENGLISH, PRODUCTS).analysis["saved_mapping"] == ""
    boss.call("DELETE", f"/api/imports/mappings/{mapping['id']}")
    assert upload(boss, xlsx(rows), PRODUCTS).analysis["saved_mapping"] == ""
    boss.call("DELETE", f"/api/imports/mappings/{mapping['id']}", status=404)


def test_mapping_of_two_heading_rows_is_remembered_as_it_is_shown(world: World, boss: Person) -> None:
    load(world, upload(boss, TWO_ROWS, PRODUCTS, remember_as="Датчик"))
    assert upload(boss, TWO_ROWS, PRODUCTS).analysis["saved_mapping"] == "Датчик"


def test_rows_left_out_come_back_with_reasons_and_load_when_corrected(world: World, boss: Person) -> None:
    rows = [["Название", "ИНН", "Телефон"], ["ООО «Ветер»", INN, "+7 495 111-22-33"],
            ["ООО «Волна»", "7707083894", "1"], ["", OTHER_INN, ""]]
    file = upload(boss, xlsx(rows), PARTIES)
    before = boss.post(f"{file.path}/report", file.options)
    batch = load(world, file)
    assert (batch["counts"]["add"], batch["has_report"]) == (1, True)
    after = boss.get(f"/api/imports/{batch['id']}/report")
    reasons = [_sheet(content) for content in (before, after)]
    assert reasons[0] == reasons[1]
    assert [row[:4] for row in reasons[0]] == [
        ["Название", "ИНН", "Телефон", "Строка в файле"], ["ООО «Волна»", "7707083894", "1", 3],
        [None, OTHER_INN, None, 4]]
    assert "контрольная цифра" in reasons[0][1][4]
    book = load_workbook(io.BytesIO(after))
    sheet = book.worksheets[0]
    sheet["B2"], sheet["A3"] = "5024002119", "ООО «Буря»"
    corrected = load(world, upload(boss, to_bytes(book), PARTIES))
    assert corrected["counts"]["add"] == 2
    assert not corrected["has_report"]


def test_bad_rows_are_not_skipped_unless_asked(boss: Person) -> None:
    rows = [["Название", "ИНН"], ["ООО «Ветер»", INN], ["ООО «Волна»", "7707083894"]]
    file = upload(boss, xlsx(rows), PARTIES, skip_bad=False)
    answer = boss.post(f"{file.path}/batches", file.options, status=422)
    assert answer["message"] == "Строк с ошибками и вопросами: 1"
    nothing = upload(boss, xlsx([rows[0], rows[2]]), PARTIES)
    assert boss.post(f"{nothing.path}/batches", nothing.options, status=422)["message"].startswith("Загружать нечего")
    nameless = upload(boss, xlsx(rows), PARTIES)
    nameless.options["mapping"] = {"1": "inn"}
    assert "mapping" in boss.post(f"{nameless.path}/batches", nameless.options, status=422)["field_errors"]
    nameless.options |= {"mapping": {"0": "name"}, "sheet": "Лист 9"}
    assert "sheet" in boss.post(f"{nameless.path}/dry-run", {"options": nameless.options}, status=422)["field_errors"]


def test_pages_and_filters_of_a_dry_run(boss: Person) -> None:
    rows = [["Название", "ИНН"], *([f"ООО «Фирма {number}»", "" if number % 3 else INN] for number in range(1, 31))]
    file = upload(boss, xlsx(rows), PARTIES)
    run = file.dry_run(offset=10, limit=5)
    assert (run["rows_total"], [row["number"] for row in run["rows"]]) == (31, [11, 12, 13, 14, 15])
    waiting = file.dry_run(only=["doubt"], code="inn_missing")
    assert waiting["rows_total"] == 20
    assert {row["bucket"] for row in waiting["rows"]} == {"doubt"}
    assert waiting["counts"] == run["counts"]


def test_columns_under_a_heading_that_a_person_chose(boss: Person) -> None:
    rows = [["Артикул", "Наименование", "Цена"], ["Наименование", "Цена", "Артикул"], ["", "без НДС", ""],
            ["Клапан", 100, "1-1"], ["Насос", 200, "1-2"]]
    file = upload(boss, xlsx(rows), PRODUCTS)
    query = {"target": "products", "sheet": "Лист1"}

    def columns(row: int, height: int = 1) -> dict[str, str]:
        answer = boss.post(f"{file.path}/heading", query | {"header_row": row, "header_height": height})
        return {column["heading"]: column["field"] for column in answer["columns"]}

    assert columns(2) == {"Наименование": "name", "Цена": "price", "Артикул": "sku"}
    assert columns(2, 2) == {"Наименование": "name", "Цена без НДС": "price", "Артикул": "sku"}
    two_rows = boss.post(f"{file.path}/heading", query | {"header_row": 2, "header_height": 2})
    assert two_rows["prices_include_vat"] is False
    assert set(columns(0)) == {""}
    boss.post(f"{file.path}/heading", {"target": "products", "sheet": "Лист 9", "header_row": 1}, status=422)
    boss.post("/api/imports/files/999/heading", query | {"header_row": 1}, status=404)


def test_stock_column_is_told_not_to_be_loaded(world: World, boss: Person) -> None:
    file = upload(boss, xlsx([["Артикул", "Наименование", "Остаток"], ["1-1", "Датчик", -4]]), PRODUCTS)
    assert any("Остаток" in note and "не загружается" in note for note in file.analysis["notes"])
    assert load(world, file)["counts"]["add"] == 1
    assert world.sql("SELECT count(*) AS n FROM document") == [{"n": 0}]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
def test_every_row_of_the_company_lists_is_in_the_batch_or_in_the_report(world: World, boss: Person) -> None:
    for name, target in (("customers.xlsx", PARTIES), ("price_list.xlsx", PRODUCTS)):
        file: Upload = upload(boss, (SHARED / name).read_bytes(), target, name)
        batch = load(world, file)
        counts = batch["counts"]
        assert adds_up(counts)
        assert counts["add"] == counts["buckets"]["ready"] == batch["done"]
        back = _sheet(boss.get(f"/api/imports/{batch['id']}/report"))
        heading = next(index for index, row in enumerate(back) if "Причина" in row)
        assert len(back) - heading - 1 == counts["buckets"]["doubt"] + counts["buckets"].get("error", 0)
        table = "party" if target is PARTIES else "product"
        assert world.sql(f"SELECT count(*) AS n FROM {table}") == [{"n": counts["add"]}]


def _sheet(content: bytes) -> list[list[Any]]:
    book: Workbook = load_workbook(io.BytesIO(content))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
