"""What each row is, what it says, and what people's answers change."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_contract.catalog import ProductKind
from crm_contract.exchange import Bucket, ImportOptions, Resolution, ResolutionAction, Severity
from crm_contract.parties import PartyKind
from crm_server.exchange.excel.book import Row
from crm_server.exchange.excel.merging import merge_rows
from crm_server.exchange.excel.preview import preview_row
from crm_server.exchange.excel.rows import parse_rows
from crm_server.exchange.excel.values import RowKind
from tests.server.exchange.workbooks import (
    PARTIES,
    PRODUCTS,
    codes,
    party,
    plan_of,
    product,
    row_of,
    to_bytes,
    workbook,
    xlsx,
)

ACCEPT, KEEP, SKIP = ResolutionAction.ACCEPT, ResolutionAction.KEEP, ResolutionAction.SKIP
GOODS = ["Артикул", "Наименование", "Ед.", "Цена", "Ставка НДС", "Штрихкод", "Остаток"]
FIRM = ["Контрагент", "ИНН/КПП", "Телефон", "Примечание"]
VETER = ["ООО «Ветер»", "7707083893/770701001", "8 495 123-45-67", "важный"]
SENSOR = ["104-220", "Датчик ДД-40", "шт", "4 100,00", "22%", 4600332245382, 20]


def changed(row: list, **cells) -> list:
    """The row with cells replaced by their letters: `changed(SENSOR, d="6l0")`."""
    return [cells.get(chr(97 + index), cell) for index, cell in enumerate(row)]


def test_kinds_of_rows():
    plan = plan_of(xlsx([
        ["Прайс-лист от 01.11.2026"], [], GOODS, [1, 2, 3, 4, 5, 6, 7], ["Датчики давления"], SENSOR, [],
        GOODS, ["", "Клапаны"], changed(SENSOR, a="118-015", b="Клапан", f=4630215736812), ["Итого", "", "", 100],
        ["Всего: 2 позиции"],
    ]), PRODUCTS)
    assert [row.kind for row in plan] == [
        RowKind.HEADING, RowKind.BLANK, RowKind.HEADING, RowKind.HEADING, RowKind.GROUP, RowKind.DATA, RowKind.BLANK,
        RowKind.HEADING, RowKind.GROUP, RowKind.DATA, RowKind.TOTAL, RowKind.TOTAL]
    assert (product(plan, 6).group, product(plan, 10).group) == ("Датчики давления", "Клапаны")
    assert codes(row_of(plan, 12)) == ["total_fits"]


def test_total_that_promises_another_number():
    plan = plan_of(xlsx([FIRM, VETER, ["Итого: 5 записей"]]), PARTIES)
    assert codes(row_of(plan, 3)) == ["total_differs"]


def test_group_without_rows_is_told():
    plan = plan_of(xlsx([GOODS, ["Насосы"], ["Датчики"], SENSOR, ["Прочее"]]), PRODUCTS)
    assert [codes(row_of(plan, number)) for number in (2, 3, 5)] == [["group_empty"], [], ["group_empty"]]


def test_a_column_of_groups_filled_only_where_they_begin():
    plan = plan_of(xlsx([["Раздел", "Артикул", "Товар", "Цена"], ["Насосы", "1", "Насос", 5], ["", "2", "Вихрь", 6],
                         ["Краны", "3", "Кран", 7]]), PRODUCTS)
    assert [product(plan, number).group for number in (2, 3, 4)] == ["Насосы", "Насосы", "Краны"]
    assert codes(row_of(plan, 3)) == ["group_above"]


def test_an_article_alone_is_no_group():
    plan = plan_of(xlsx([GOODS, SENSOR, ["104-221"]]), PRODUCTS)
    assert row_of(plan, 3).bucket is Bucket.ERROR
    assert codes(row_of(plan, 3))[0] == "name_missing"


def test_services_are_known_by_unit_and_group():
    plan = plan_of(xlsx([GOODS, ["Работы и услуги"], changed(SENSOR, c=""), ["Товары"],
                         changed(SENSOR, a="2", c="усл.", f=""), changed(SENSOR, a="3", c="час", f=""),
                         changed(SENSOR, a="4", f="")]), PRODUCTS)
    assert [product(plan, number).kind for number in (3, 5, 6, 7)] == [
        ProductKind.SERVICE, ProductKind.SERVICE, ProductKind.SERVICE, ProductKind.GOODS]


@pytest.mark.parametrize(("cells", "bucket", "expected"), [
    ({}, Bucket.READY, []),
    ({"d": "6l0,00"}, Bucket.ERROR, ["price_letters"]),
    ({"d": "договорная"}, Bucket.DOUBT, ["price_absent"]),
    ({"d": ""}, Bucket.READY, ["price_empty"]),
    ({"a": ""}, Bucket.DOUBT, ["sku_missing"]),
    ({"a": date(2026, 12, 5)}, Bucket.DOUBT, ["sku_date"]),
    ({"b": ""}, Bucket.ERROR, ["name_missing"]),
    ({"c": ""}, Bucket.READY, ["unit_missing"]),
    ({"c": "бочка"}, Bucket.DOUBT, ["unit"]),
    ({"e": "20%"}, Bucket.READY, ["vat_outdated"]),
    ({"f": 460000010422}, Bucket.DOUBT, ["barcode"]),
    ({"g": -4}, Bucket.READY, []),  # a stock is not loaded, so it cannot be wrong
    ({"g": "#Н/Д"}, Bucket.READY, []),
    ({"d": "#Н/Д"}, Bucket.DOUBT, ["excel_error"]),
    ({"d": "=F2*2"}, Bucket.DOUBT, ["formula_empty"]),
])
def test_a_row_of_a_price_list(cells, bucket, expected):
    row = row_of(plan_of(xlsx([GOODS, changed(SENSOR, **cells)]), PRODUCTS), 2)
    assert (row.bucket, codes(row)) == (bucket, expected)


@pytest.mark.parametrize(("cells", "bucket", "expected"), [
    ({}, Bucket.READY, []),
    ({"a": ""}, Bucket.ERROR, ["name_missing"]),
    ({"a": "ООО"}, Bucket.ERROR, ["name_missing"]),
    ({"a": "ООО ВЕТЕР"}, Bucket.READY, ["name_shouted"]),
    ({"b": "н/д"}, Bucket.DOUBT, ["inn_missing"]),
    ({"b": "7707083894/770701001"}, Bucket.DOUBT, ["inn"]),
    ({"b": 500100732259}, Bucket.DOUBT, ["kind_mismatch"]),
    ({"a": "Иванов Иван Иванович", "b": "500100732259"}, Bucket.DOUBT, ["sole_or_person"]),
    ({"a": "Иванов Иван Иванович", "b": ""}, Bucket.READY, []),
    ({"a": "ИП Иванов И.И.", "b": "500100732259"}, Bucket.READY, []),
    ({"a": "Ветер", "b": "500100732259"}, Bucket.READY, ["kind_by_inn"]),
    ({"c": "123-45-67"}, Bucket.READY, ["phone"]),
    ({"d": "=СУММ(1;2)"}, Bucket.READY, ["formula_text"]),
])
def test_a_row_of_a_customer_list(cells, bucket, expected):
    row = row_of(plan_of(xlsx([FIRM, changed(VETER, **cells)]), PARTIES), 2)
    assert (row.bucket, codes(row)) == (bucket, expected)


def test_default_answers_are_applied_and_shown():
    plan = plan_of(xlsx([FIRM, changed(VETER, a="ООО ВЕТЕР")]), PARTIES)
    assert party(plan, 2).name == "ООО «Ветер»"
    (problem,) = row_of(plan, 2).row_problems()
    assert (problem.by_default, problem.answer, problem.column, problem.field) == (True, ACCEPT, 0, "name")
    kept = plan_of(xlsx([FIRM, changed(VETER, a="ООО ВЕТЕР")]), PARTIES, Resolution(code="name_shouted", action=KEEP))
    assert party(kept, 2).name == "ООО «ВЕТЕР»"


def test_accepted_proposal_replaces_the_cell():
    data = xlsx([GOODS, changed(SENSOR, d="6l0,00")])
    plan = plan_of(data, PRODUCTS, Resolution(row=2, field="price", action=ACCEPT))
    assert row_of(plan, 2).bucket is Bucket.READY
    assert product(plan, 2).prices["price"] == 610


def test_a_value_typed_by_a_person_is_read_like_a_cell():
    data = xlsx([FIRM, changed(VETER, b="7707083894/770701001")])
    answer = Resolution(row=2, code="inn", action=ACCEPT, value="7707083893/770701001")
    plan = plan_of(data, PARTIES, answer)
    assert (row_of(plan, 2).bucket, party(plan, 2).inn, party(plan, 2).kpp) == (Bucket.READY, "7707083893", "770701001")


def test_a_wrong_value_typed_by_a_person_stays_a_question():
    data = xlsx([FIRM, changed(VETER, b="7707083894")])
    plan = plan_of(data, PARTIES, Resolution(row=2, code="inn", action=ACCEPT, value="7707083895"))
    assert row_of(plan, 2).bucket is Bucket.DOUBT


def test_what_a_proposal_drops_goes_to_the_note_and_is_not_asked_again():
    data = xlsx([FIRM, changed(VETER, b="7707083894/770701001")])
    plan = plan_of(data, PARTIES, Resolution(code="inn", action=ACCEPT))
    assert (row_of(plan, 2).bucket, codes(row_of(plan, 2))) == (Bucket.READY, ["inn"])
    values = party(plan, 2)
    assert (values.inn, values.kpp) == ("", "770701001")
    assert "ИНН и КПП вместе в файле: 7707083894/770701001" in values.notes


def test_answers_by_kind_and_by_row():
    data = xlsx([GOODS, changed(SENSOR, a=""), changed(SENSOR, a="", f=4630215736812), changed(SENSOR, d="договорная")])
    plan = plan_of(data, PRODUCTS, Resolution(code="sku_missing", action=ACCEPT), Resolution(row=3, action=SKIP))
    assert [row_of(plan, number).bucket for number in (2, 3, 4)] == [Bucket.READY, Bucket.SKIPPED, Bucket.DOUBT]


def test_an_error_cannot_be_kept():
    data = xlsx([GOODS, changed(SENSOR, d="6l0,00")])
    assert row_of(plan_of(data, PRODUCTS, Resolution(row=2, action=KEEP)), 2).bucket is Bucket.ERROR
    assert row_of(plan_of(data, PRODUCTS, Resolution(row=2, action=ACCEPT)), 2).bucket is Bucket.READY


def test_two_questions_of_one_cell():
    data = xlsx([FIRM, changed(VETER, b="7707083894/7707010")])
    row = row_of(plan_of(data, PARTIES), 2)
    assert codes(row) == ["inn", "kpp"]
    both = plan_of(data, PARTIES, Resolution(code="inn", action=ACCEPT), Resolution(code="kpp", action=ACCEPT))
    assert (row_of(both, 2).bucket, party(both, 2).inn, party(both, 2).kpp) == (Bucket.READY, "", "")


def test_hidden_rows_are_loaded_with_a_note_or_left_out():
    book = workbook([FIRM, VETER, changed(VETER, a="АО «Буран»", b="7736050003")])
    book.worksheets[0].row_dimensions[3].hidden = True
    data = to_bytes(book)
    assert codes(row_of(plan_of(data, PARTIES), 3)) == ["hidden_row"]
    assert row_of(plan_of(data, PARTIES, include_hidden=False), 3).bucket is Bucket.SKIPPED


def test_everything_a_customer_row_can_say():
    plan = plan_of(xlsx([
        ["Наименование", "Форма", "ИНН", "КПП", "ОГРН", "Юр. адрес", "Факт. адрес", "Директор", "Бухгалтер", "Телефон",
         "Почта", "Сайт", "Р/с", "БИК", "Банк", "К/с", "Сегмент", "Менеджер", "Отсрочка, дн.", "Клиент с", "Код",
         "Примечание"],
        ["Ветер", "ООО", 7707083893, 770701001, "1027700132195", "г. Москва, 101000", "г. Тула", "Иванов И.И.",
         "Петрова А.А.", 84951234567, "A@Example.org", "www.veter.ru", "40702810138250123017", 44525225, "ПАО Сбербанк",
         "30101810400000000225", "VIP", "Дроздова", "14 дней", "март 2020", "К-15", "звонить утром"],
        ["АО «Буран»", "", "7736050003", *[""] * 19],
    ]), PARTIES)
    values = party(plan, 2)
    assert (values.kind, values.name, values.inn, values.kpp, values.ogrn) == (
        PartyKind.LEGAL, "ООО «Ветер»", "7707083893", "770701001", "1027700132195")
    assert (values.legal_address, values.actual_addresses) == ("101000, г. Москва", ["г. Тула"])
    assert (values.director_name, values.director_title) == ("Иванов И. И.", "Директор")
    assert values.accountant_name == "Петрова А. А."
    assert [(who.name, who.role) for who in values.contacts] == [
        ("Иванов И. И.", "head"), ("Петрова А. А.", "accountant")]
    (account,) = values.accounts
    assert (account.account, account.bic, account.bank, account.corr_account) == (
        "40702810138250123017", "044525225", "ПАО Сбербанк", "30101810400000000225")
    assert (values.segment, values.manager, values.payment_days, values.started_on, values.code) == (
        "VIP", "Дроздова", 14, date(2020, 3, 1), "К-15")
    assert (values.emails, values.websites, values.notes) == (["a@example.org"], ["www.veter.ru"], ["звонить утром"])
    assert row_of(plan, 2).bucket is Bucket.READY
    assert row_of(plan, 3).bucket is Bucket.READY


def test_all_requisites_in_one_cell():
    text = ("ИНН 7707083893, КПП 770701001, ОГРН 1027700132195, р/с 40702810138250123017 в ПАО «Сбербанк», "
            "к/с 30101810400000000225, БИК 044525225")
    plan = plan_of(xlsx([["Заказчик", "Реквизиты"], ["ООО Ветер", text], ["АО Буран", "ИНН 7736050003"]]), PARTIES)
    values = party(plan, 2)
    assert (values.inn, values.kpp, values.ogrn) == ("7707083893", "770701001", "1027700132195")
    (account,) = values.accounts
    assert (account.account, account.bic, account.bank, account.corr_account) == (
        "40702810138250123017", "044525225", "ПАО «Сбербанк»", "30101810400000000225")
    assert row_of(plan, 2).bucket is Bucket.READY


def test_preview_shows_cells_values_and_problems():
    preview = preview_row(row_of(plan_of(xlsx([GOODS, ["Датчики"], changed(SENSOR, e="20%")]), PRODUCTS), 3))
    assert preview.cells[3] == "4 100,00"
    assert preview.values["Цена"] == "4\xa0100,00"
    assert preview.values["Группа"] == "Датчики"
    assert [problem.severity for problem in preview.problems] == [Severity.DOUBT]


CELLS = st.one_of(
    st.none(), st.text(max_size=30), st.integers(-10**6, 10**13), st.dates(),
    st.decimals(allow_nan=False, allow_infinity=False, places=2), st.booleans(), st.sampled_from([
        "ООО «Ветер»", "7707083893/770701001", "7707083894", "нет", "-", "Итого", "6l0,00", "20%", "шт", ">100", "#Н/Д",
        "договорная", "8 495 123-45-67", "a@b", "Датчики давления", "4600332245382", "Иванов (директор)", "март 2020",
    ]))


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.lists(CELLS, max_size=8), max_size=12), target=st.sampled_from([PARTIES, PRODUCTS]),
       hidden=st.booleans(), answer=st.sampled_from([*ResolutionAction, None]),
       code=st.sampled_from(["inn", "price", "name"]))
def test_every_row_is_in_exactly_one_bucket_whatever_the_cells(rows, target, hidden, answer, code):
    mapping = dict(enumerate(
        ["name", "inn_kpp", "phone", "contact", "account", "bic", "note", "started_on"] if target is PARTIES else
        ["sku", "name", "unit", "price", "vat", "barcode", "stock", "note"]))
    options = ImportOptions(
        target=target, sheet="x", header_row=1, mapping=mapping, on_date=date(2026, 11, 24), include_hidden=hidden,
        resolutions=[Resolution(code=code, action=answer), Resolution(row=3, action=answer)] if answer else [])
    given_rows = [Row(number, tuple(cells), number % 3 == 0) for number, cells in enumerate(rows, 1)]
    parsed = list(parse_rows(given_rows, options))
    merge_rows(parsed, options)
    assert [row.number for row in parsed] == [row.number for row in given_rows]
    assert all(row.row.cells == given_row.cells for row, given_row in zip(parsed, given_rows, strict=True))
    assert sum(sum(row.bucket is bucket for row in parsed) for bucket in Bucket) == len(given_rows)
    for row in parsed:
        assert preview_row(row).bucket is row.bucket
        assert (row.values is None) is (row.kind is not RowKind.DATA)
