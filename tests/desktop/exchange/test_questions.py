"""Answers, the setup of a file and the bands under a row: no windows."""

from datetime import date
from typing import Any

import pytest

from crm_contract.exchange import (
    Bucket,
    ColumnGuess,
    FileAnalysis,
    HeadingAnalysis,
    ImportMode,
    ImportTarget,
    PreviewRow,
    Resolution,
    ResolutionAction,
    RowProblem,
    SampleRow,
    Severity,
    SheetAnalysis,
)
from crm_contract.lists import Tone
from crm_desktop.exchange.answers import Answers, answer_to, answer_to_kind
from crm_desktop.exchange.questions import Act, bands_of, faulty, first_open, primary_link
from crm_desktop.exchange.setup import ImportSetup

DAY = date(2026, 11, 24)
ACCEPT, KEEP, SKIP = ResolutionAction


def problem(code: str = "price_letters", severity: Severity = Severity.ERROR, **given: Any) -> RowProblem:
    values = {"row": 4, "column": 2, "field": "price", "message": "Не число: «l» вместо «1»",
              "proposal": "Исправить на 610,00", "proposed_value": "610"}
    return RowProblem.model_validate({"code": code, "severity": severity, **values, **given})


def preview(*problems: RowProblem, bucket: Bucket = Bucket.ERROR) -> PreviewRow:
    return PreviewRow(number=4, bucket=bucket, cells=["077-001", "Реле", "6l0,00"], problems=list(problems))


def analysis(**changes: Any) -> FileAnalysis:
    columns = [ColumnGuess(column=0, letter="A", heading="Код", field="sku", confidence=100),
               ColumnGuess(column=1, letter="B", heading="Товар", field="name", confidence=100),
               ColumnGuess(column=2, letter="C", heading="Цена", field="price", confidence=90),
               ColumnGuess(column=3, letter="D", heading="")]
    top = [SampleRow(number=1, cells=["Прайс"]), SampleRow(number=2, cells=["Код", "Товар", "Цена", ""]),
           SampleRow(number=3, cells=["арт.", "имя", "руб."])]
    sheet = SheetAnalysis(name="Прайс", rows=10, header_row=2, columns=columns, top=top, prices_include_vat=False)
    return FileAnalysis(file_id=7, file_name="price.xlsx", target=ImportTarget.PRODUCTS, sheets=[sheet],
                        best_sheet="Прайс").model_copy(update=changes)


# --- answers --------------------------------------------------------------------------------------------------------


def test_the_newest_answer_counts() -> None:
    answers, asked = Answers(), problem()
    answers.give(answer_to(asked, ACCEPT))
    answers.give(answer_to(asked, ACCEPT, "620"))
    assert [answer.value for answer in answers.all()] == ["620"]
    answers.take_back(asked)
    assert answers.all() == []


def test_an_answer_brings_a_skipped_row_back() -> None:
    answers, asked = Answers(), problem()
    answers.skip(4)
    assert answers.skips(4)
    answers.give(answer_to(asked, ACCEPT))
    assert not answers.skips(4)


def test_an_answer_to_all_of_a_kind_is_taken_back_with_the_single_ones() -> None:
    answers, asked = Answers(), problem()
    answers.give(answer_to_kind(asked.code, KEEP))
    answers.give(answer_to(asked, ACCEPT))
    assert answers.to_kind(asked.code) is not None
    answers.take_back_kind(asked.code)
    assert answers.all() == []


# --- bands ----------------------------------------------------------------------------------------------------------


def test_an_open_error_offers_its_repair() -> None:
    band, = bands_of(preview(problem()), Answers())
    assert (band.tone, band.lead, band.text) == (Tone.ERROR, "Не число: «l» вместо «1».", "Исправить на 610,00")
    assert [(link.title, link.act) for link in band.links] == [("Исправить", Act.ACCEPT), ("Ещё", Act.MORE)]


@pytest.mark.parametrize(("given", "title", "act"), [
    ({"severity": Severity.DOUBT}, "Принять", Act.ACCEPT),
    ({"proposal": "Загрузить без цены", "proposed_value": ""}, "Принять", Act.ACCEPT),
    ({"proposal": "", "proposed_value": None}, "Пропустить", Act.SKIP),
])
def test_the_link_says_what_it_does(given: dict[str, Any], title: str, act: Act) -> None:
    link = primary_link(problem(**given))
    assert (link.title, link.act) == (title, act)


def test_an_answered_question_can_be_asked_again() -> None:
    answers, asked = Answers(), problem(answer=ACCEPT)
    answers.give(answer_to(asked, ACCEPT, "615"))
    band, = bands_of(preview(asked, bucket=Bucket.READY), answers)
    assert (band.tone, band.text, band.links[0].act) == (Tone.OK, "Исправлено на «615»", Act.TAKE_BACK)


def test_what_is_settled_by_itself_shows_only_under_its_filter() -> None:
    settled = problem("vat_outdated", Severity.DOUBT, answer=ACCEPT, by_default=True, proposal="Записать 22 %")
    row = preview(settled, bucket=Bucket.READY)
    assert bands_of(row, Answers()) == []
    band, = bands_of(row, Answers(), "vat_outdated")
    assert (band.tone, band.text) == (Tone.OK, "Записать 22 %")


def test_a_skipped_row_has_one_band() -> None:
    answers = Answers([Resolution(row=4, action=SKIP)])
    band, = bands_of(preview(problem(), problem("barcode"), bucket=Bucket.SKIPPED), answers)
    assert band.problem is None
    assert [link.act for link in band.links] == [Act.TAKE_BACK]


def test_the_worst_problem_marks_the_cell() -> None:
    note = problem("price_empty", Severity.NOTE)
    settled, opened = problem("vat", Severity.DOUBT, answer=ACCEPT), problem("price")
    row = preview(note, settled, opened)
    assert faulty(row, 2) is opened
    assert faulty(row, 0) is None
    assert first_open(row) is opened


# --- setup ----------------------------------------------------------------------------------------------------------


def test_it_begins_with_what_was_proposed() -> None:
    options = ImportSetup(analysis(), DAY).options()
    assert (options.sheet, options.header_row, options.mapping) == ("Прайс", 2, {0: "sku", 1: "name", 2: "price"})
    assert not options.prices_include_vat
    assert options.on_date == DAY


def test_a_field_leaves_the_column_that_had_it() -> None:
    setup = ImportSetup(analysis(), DAY)
    setup.map_column(3, "name")
    assert setup.mapping == {0: "sku", 2: "price", 3: "name"}
    setup.map_column(3, "")
    assert setup.missing() == ["Наименование"]
    setup.map_column(1, "full_name")  # stands for the name
    assert setup.missing() == []
    setup.map_column(0, "note")
    setup.map_column(3, "note")  # several columns may go there
    assert setup.mapping[0] == setup.mapping[3] == "note"


def test_another_heading_renames_the_columns() -> None:
    setup = ImportSetup(analysis(), DAY)
    setup.answers.skip(5)
    setup.set_heading(2, 2)
    assert setup.headings() == ["Код арт.", "Товар имя", "Цена руб.", ""]
    assert setup.answers.all() == []
    setup.set_heading(0)
    assert setup.headings() == ["", "", "", ""]


def test_another_heading_maps_anew_and_keeps_what_was_done_by_hand() -> None:
    setup = ImportSetup(analysis(), DAY)
    setup.map_column(3, "note")         # has no heading: it is known by its place only
    setup.map_column(1, "full_name")    # «Товар»
    setup.set_heading(3)
    assert setup.mapping == {0: "sku", 1: "full_name", 2: "price", 3: "note"}   # until the server has answered
    setup.take_heading(HeadingAnalysis(columns=[
        ColumnGuess(column=0, letter="A", heading="Товар", field="name", confidence=100),
        ColumnGuess(column=1, letter="B", heading="№ п/п", confidence=90),
        ColumnGuess(column=2, letter="C", heading="Артикул", field="sku", confidence=100),
        ColumnGuess(column=3, letter="D", heading="")], prices_include_vat=True))
    assert setup.mapping == {0: "full_name", 2: "sku", 3: "note"}
    assert setup.headings() == ["Товар", "№ п/п", "Артикул", ""]
    assert setup.prices_include_vat


def test_columns_that_say_nothing_are_told_from_the_others() -> None:
    setup = ImportSetup(analysis(), DAY)
    assert setup.blank_columns() == {3}
    setup.map_column(3, "note")
    assert setup.blank_columns() == set()


def test_choices_outlive_the_program() -> None:
    setup = ImportSetup(analysis(), DAY)
    setup.mode, setup.remember_as = ImportMode.ADD, "Завод"
    setup.map_column(3, "note")
    setup.answers.give(answer_to(problem(), ACCEPT))
    kept = setup.state()
    assert kept["file_id"] == 7
    again = ImportSetup.restored(analysis(), type(setup.options()).model_validate(kept["options"]))
    assert again.options() == setup.options()
