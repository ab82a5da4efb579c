"""Printed forms as Word documents: real tables and styles that a person can edit."""

from io import BytesIO

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.table import Table

from crm_desktop.rendering import render
from crm_desktop.rendering.formats import money

from .reading import letters, zipped
from .samples import ITEMS, TRADE_FORMS, Item, document, long_document

FORMS = TRADE_FORMS


def opened(form: str, data: bytes | None = None) -> WordDocument:
    return Document(BytesIO(data or render(document(form), form, "docx")))


def text_of(word: WordDocument) -> str:
    return letters("".join(node.text or "" for node in word.element.body.iter(qn("w:t"))))


@pytest.mark.parametrize("form", FORMS)
def test_every_value_is_written(form: str) -> None:
    printed, text = document(form), text_of(opened(form))
    values = [printed.number, printed.buyer.full_name, printed.buyer.inn, money(printed.gross), money(printed.vat)]
    values += [value for line in printed.lines for value in (line.name, line.sku, money(line.gross))]
    assert [value for value in values if letters(value) not in text] == []


@pytest.mark.parametrize("form", FORMS)
def test_tables_are_rectangular(form: str) -> None:
    word = opened(form)
    tables = list(word.element.body.iter(qn("w:tbl")))
    assert tables
    for element in tables:
        table = Table(element, word)
        widths = {len(row.cells) for row in table.rows}
        assert widths == {len(table.columns)}


@pytest.mark.parametrize("form", FORMS)
def test_a4_and_the_head_repeats(form: str) -> None:
    word = opened(form)
    section = word.sections[0]
    assert section.page_width is not None
    assert section.page_height is not None
    size = (round(section.page_width.mm), round(section.page_height.mm))
    assert size == ((297, 210) if form == "upd" else (210, 297))
    heads = list(word.element.body.iter(qn("w:tblHeader")))
    assert len(heads) == (3 if form == "upd" else 1)


def test_styles_are_named_not_painted() -> None:
    word = opened("contract")
    used = {paragraph.style.name for paragraph in word.paragraphs if paragraph.style}
    assert {"Title", "Heading 1", "Body Text"} <= used
    assert word.core_properties.title == "Договор №\u00a0Д-000048 от\u00a002.11.2026"


def test_following_pages_carry_number_and_fields() -> None:
    data = render(long_document("upd", 60), "upd", "docx")
    headers = zipped(data, "word/header1.xml") + zipped(data, "word/header2.xml")
    assert 'w:instr="PAGE"' in headers
    assert 'w:instr="NUMPAGES"' in headers
    assert "УПД-001207" in headers
    assert 'w:instr="NUMPAGES"' in zipped(data, "word/document.xml")  # «Документ составлен на N листах»


def test_a_draft_is_marked_on_every_page() -> None:
    data = render(document("order", is_draft=True), "order", "docx")
    assert zipped(data, "word/header1.xml").count("Черновик") == 1
    assert zipped(data, "word/header2.xml").count("Черновик") == 1


def test_the_invoice_carries_its_payment_code() -> None:
    assert len(opened("invoice").inline_shapes) == 1


def test_markup_and_odd_letters_are_plain_text() -> None:
    name = "Кран <b>&amp; {{x}} \x07\ud800 😀"
    word = opened("invoice", render(document(items=(Item("<i>", name, "1", "10"), ITEMS[0])), "invoice", "docx"))
    assert letters("Кран <b>&amp; {{x}} 😀") in text_of(word)
