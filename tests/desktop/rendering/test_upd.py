"""The printed УПД: lines and columns of the form, the blank of the day, pages."""

import re
from datetime import date

import pytest

from crm_contract.printing import PrintDocument, PrintPaper
from crm_desktop.rendering import render
from crm_desktop.rendering.law import UPD_FORMS, upd_form

from .reading import letters, pdf_pages
from .samples import ITEMS, PERSON, SELLER, document, long_document, sole_document

LINES = ("(1)", "(1а)", "(2)", "(2а)", "(2б)", "(3)", "(4)", "(5)", "(5а)", "(6)", "(6а)", "(6б)", "(7)", "(8)")
COLUMNS = "А Б 1 1а 1б 2 2а 3 4 5 6 7 8 9 10 10а 11"


def pages_of(printed: PrintDocument) -> list[str]:
    return pdf_pages(render(printed, "upd", "pdf"))


def page_of(printed: PrintDocument) -> str:
    return " ".join(pages_of(printed))


def test_every_line_and_column_of_the_form() -> None:
    text = page_of(document("upd"))
    assert [mark for mark in (*LINES, "(5б)") if mark not in text] == []
    assert COLUMNS in text
    assert [mark for mark in (f"[{number}]" for number in range(8, 20)) if mark not in text] == []
    assert "Всего к оплате (9)" in text
    for caption in ("Статус: 1", "Код товара/ работ, услуг", "без акциза", "Документ составлен на 1 листе",
                    "Российский рубль, 643", "№ 318 от 30.10.2026", "он же", "№ УПД-001166 от 30.10.2026",
                    "Универсальный передаточный документ, № п/п 1-5, № УПД-001207 от 02.11.2026",
                    "156 Китай 10702070/140926/5123456", "7714987307/771401001", "6671298410/667101001"):
        assert letters(caption) in letters(text), caption


@pytest.mark.parametrize(("day", "has_line", "decree"), [
    (date(2026, 3, 31), False, "№ 1096"), (date(2026, 4, 1), True, "№ 26"), (date(2024, 9, 30), False, "№ 534"),
])
def test_the_blank_follows_the_day_of_the_document(day: date, has_line: bool, decree: str) -> None:
    text = letters(page_of(document("upd", date=day)))
    assert ("(5б)" in text) is has_line
    assert letters(f"г. {decree})") in text
    assert ("основнойгосударственныйрегистрационныйномер" in text) is has_line
    assert ("реквизитысвидетельства" in text) is not has_line


def test_blanks_stand_newest_first() -> None:
    assert [form.since for form in UPD_FORMS] == sorted((form.since for form in UPD_FORMS), reverse=True)
    assert upd_form(date(2012, 1, 1)) is UPD_FORMS[-1]


def test_empty_lines_carry_dashes_and_several_papers_are_joined() -> None:
    text = page_of(document("upd", payments=[], advances=[]))
    assert text.count("№ -- от --") == 3  # (1а), (5), (5б)
    papers = [PrintPaper(title="", number=str(n), date=date(2026, 10, n)) for n in (5, 6)]
    text = page_of(document("upd", payments=papers, advances=papers))
    assert "№ 5 от 05.10.2026, № 6 от 06.10.2026" in text
    assert "№ 5 от 05.10.2026; № 6 от 06.10.2026" in text


def test_correction_and_state_contract() -> None:
    extra = {"correction_number": "2", "correction_date": "05.11.2026", "state_contract": "1234567890123456789012345"}
    text = page_of(document("upd", extra=extra))
    assert "Исправление № 2 от 05.11.2026" in text
    assert "1234567890123456789012345" in text


def test_services_have_neither_consignor_nor_consignee() -> None:
    text = page_of(document("upd", ITEMS[-1:]))
    assert "он же" not in text


def test_consignor_and_consignee_are_named_with_their_addresses() -> None:
    text = letters(page_of(document("upd", consignor=PERSON, consignee=SELLER)))
    assert letters(f"{PERSON.full_name}, {PERSON.address}") in text
    assert letters(f"{SELLER.full_name}, {SELLER.address}") in text


def test_status_2_has_no_tax_and_no_signature_of_an_invoice() -> None:
    text = page_of(sole_document("upd"))
    assert "Статус: 2" in text
    assert text.count("без НДС") == 2 * 5 + 1
    assert "ИНН 772530184618" in text
    assert text.count("Ковалёв А. С.") == 2  # [10] and [13]


def test_a_sole_proprietor_with_vat_signs_alone() -> None:
    printed = sole_document("upd").model_copy(
        update={"seller_pays_vat": True, "extra": {"seller_ogrn_date": "12.03.2020"}})
    text = page_of(printed)
    assert "Статус: 1" in text
    assert "320774600512944 от 12.03.2020" in text
    assert text.count("Ковалёв А. С.") == 3
    assert "772530184618/" not in text


def test_a_thousand_lines_break_over_pages_with_heads() -> None:
    printed = long_document("upd", 1000)
    pages = pages_of(printed)
    title = "Универсальный передаточный документ № УПД-001207 от 02.11.2026"
    positions: list[int] = []
    for number, page in enumerate(pages, 1):
        assert page.count(COLUMNS) == 1, f"page {number} has its own row of column numbers"
        positions += [int(found) for found in re.findall(r"Позиция (\d+):", page)]
        if number > 1:
            assert f"{title} Лист {number} из {len(pages)}" in page
    assert positions == list(range(1, 1001))
    assert f"Документ составлен на {len(pages)} листах" in pages[-1]
    assert "Всего к оплате (9)" in pages[-1]


@pytest.mark.parametrize("count", range(3, 24))
def test_signatures_stand_with_the_last_line(count: int) -> None:
    last = pages_of(long_document("upd", count))[-1]
    assert f"Позиция {count}:" in last
    assert "Руководитель организации" in last
    assert "[19]" in last
