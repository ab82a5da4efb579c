"""A sheet that is read once gives, for any answers, the plan that reading it anew with these answers gives."""

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_contract.exchange import ImportOptions, ImportTarget, Resolution, ResolutionAction
from crm_server.exchange.excel.merging import find_twins, merge_rows
from crm_server.exchange.excel.outline import mark_of, sketch
from crm_server.exchange.excel.plan import SheetReading
from crm_server.exchange.excel.reader import open_book
from crm_server.exchange.excel.rows import RowParser, parse_rows
from crm_server.exchange.excel.values import ParsedRow
from tests.server.exchange.workbooks import PARTIES, PRODUCTS, SHARED, options_for, xlsx

FIRMS = xlsx([
    ["Название", "ИНН/КПП", "Контакт", "Телефон"],
    ["ООО «Ветер»", "7736050003/773601001", "Иванов Пётр, директор", "+7 495 111-22-33"],
    ["ВЕТЕР ООО", "7736050003", "Петров Иван, бухгалтер", "8 495 111 22 44"],
    ["ООО «Ветер»", "7736050004", "", ""], ["ООО «Волна»", "", "", "12"], ["Волна", "", "Сидорова Анна", ""],
    ["", "", "Котов Игорь", "+7 495 111-22-55"], ["ООО «Буря»", "7736050003/540101001", "", ""],
    ["Иванов Пётр Сергеевич", "504728038530", "", ""], ["ООО «БОЛЬШОЙ ДОМ»", "7707083893", "", "info@дом,ru"]])
GOODS = xlsx([
    ["Артикул", "Наименование", "Группа", "Цена", "НДС", "Штрихкод"], ["", "Датчики", "", "", "", ""],
    ["1-1", "Датчик", "", "100,00", "20%", "4600000104225"], ["1-1", "Датчик большой", "", 120, "22%", ""],
    ["1-2", "Датчик малый", "#REF!", "договорная", "18%", "4600000104225"],
    ["", "Монтаж", "", "6l0,00", "", "460000010422"], ["1-3", "Клапан", "", "", "без НДС", ""]])
FILES: dict[str, tuple[bytes, ImportTarget]] = {"firms": (FIRMS, PARTIES), "goods": (GOODS, PRODUCTS)}
CODES = ("inn", "inn_twin", "inn_missing", "same_name", "name_shouted", "kpp_differs", "continuation", "sole_or_person",
         "email_comma", "phone", "sku_repeated", "barcode_repeated", "barcode", "price_absent", "price_letters",
         "sku_missing", "vat_outdated", "vat", "excel_error")
answers = st.lists(st.builds(
    lambda row, code, action: Resolution(row=row, code="" if row else code, action=action),
    st.one_of(st.none(), st.integers(2, 10)), st.sampled_from(CODES), st.sampled_from(list(ResolutionAction))),
    max_size=5)


def read_anew(data: bytes, options: ImportOptions) -> list[ParsedRow]:
    """All rows in memory, all of them merged together."""
    rows = list(parse_rows(open_book(data).rows(options.sheet), options))
    if options.target is PARTIES:
        parser = RowParser(options, twins := find_twins((row.number, sketch(row)) for row in rows))
        rows = [parser.parse_alone(row.row, row.group) if row.number in twins else row for row in rows]
    merge_rows(rows, options)
    return rows


def contents(plan: Iterable[ParsedRow]) -> list[Any]:
    return [(row.number, row.bucket, row.values, row.merged_into, row.skipped,
             [(problem.placed, problem.answer) for problem in row.problems]) for row in plan]


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=60, deadline=None)
@given(given_answers=st.lists(answers, min_size=1, max_size=4))
def test_plans_of_one_reading_do_not_disturb_each_other(name: str, given_answers: list[list[Resolution]]) -> None:
    data, target = FILES[name]
    options = options_for(data, target)
    reading = SheetReading(open_book(data), options)
    for resolutions in given_answers:
        answered = options.model_copy(update={"resolutions": resolutions})
        plan = reading.plan(answered)
        assert contents(plan) == contents(read_anew(data, answered))
        assert [plan.marks.of(row.number) for row in plan] == [mark_of(row) for row in plan]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
@pytest.mark.parametrize(("name", "target"), [("customers.xlsx", PARTIES), ("price_list.xlsx", PRODUCTS)])
def test_plans_of_the_company_lists(name: str, target: ImportTarget) -> None:
    data = (SHARED / name).read_bytes()
    options = options_for(data, target)
    reading = SheetReading(open_book(data), options)
    unanswered = contents(reading.plan(options))
    for code in CODES:
        for action in ResolutionAction:
            answered = options.model_copy(update={"resolutions": [Resolution(code=code, action=action)]})
            if action is ResolutionAction.ACCEPT:
                assert contents(reading.plan(answered)) == contents(read_anew(data, answered))
            else:
                reading.plan(answered)
    assert contents(reading.plan(options)) == unanswered
