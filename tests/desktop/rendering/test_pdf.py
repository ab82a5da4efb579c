"""Printed forms as PDF: everything the document says can be read off the paper."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from crm_contract.printing import PrintDocument, PrintPaper
from crm_contract.vat import NO_VAT, VatMode
from crm_desktop.rendering import render
from crm_desktop.rendering.formats import day, money, price, quantity

from .reading import letters, pdf_pages
from .samples import (
    BUYER,
    ITEMS,
    PERSON,
    TRADE_FORMS,
    Item,
    document,
    exempt_items,
    long_document,
    sole_document,
)

FORMS = TRADE_FORMS


def text_of(printed: PrintDocument, form: str) -> str:
    return letters("".join(pdf_pages(render(printed, form, "pdf"))))


def missing(text: str, values: list[str]) -> list[str]:
    return [value for value in values if letters(value) not in text]


def common_values(printed: PrintDocument) -> list[str]:
    values = [printed.number, printed.seller.inn, printed.buyer.inn, printed.buyer.kpp, printed.buyer.address,
              printed.buyer.full_name, money(printed.gross)]
    for line in printed.lines:
        values += [line.sku, line.name.replace("″", '"'), line.unit, quantity(line.quantity)]
    return values


@pytest.mark.parametrize("form", FORMS)
def test_every_value_is_printed(form: str) -> None:
    printed = document(form)
    values = common_values(printed)
    for line in printed.lines:
        values += [money(line.net), money(line.vat)] if form == "upd" else [price(line.price), line.note]
        values.append(money(line.gross))
    values += [money(printed.vat)]
    assert missing(text_of(printed, form), values) == []


@pytest.mark.parametrize("form", FORMS)
def test_prices_without_tax_add_up_to_the_net_sum(form: str) -> None:
    printed = document(form, mode=VatMode.ON_TOP)
    sums = [money(line.net) for line in printed.lines]
    assert missing(text_of(printed, form), [*sums, money(printed.net), money(printed.vat), money(printed.gross)]) == []


@pytest.mark.parametrize("form", FORMS)
def test_a_seller_without_vat_prints_words_instead_of_a_rate(form: str) -> None:
    text = text_of(sole_document(form), form)
    assert "22%" not in text
    assert "безНДС" in text or "НДСнеоблагается" in text
    assert "320774600512944" in text or form in ("upd",)


@pytest.mark.parametrize("form", FORMS)
def test_a_draft_is_marked(form: str) -> None:
    assert "Черновик" in text_of(document(form, is_draft=True), form)
    assert "Черновик" not in text_of(document(form), form)


@pytest.mark.parametrize("form", FORMS)
def test_markup_prints_literally(form: str) -> None:
    name = 'Кран <b>жирный</b> & <img src="http://example.invalid/x.png"/> &lt; <br/> {{x}}'
    printed = document(form, (Item("<i>", name, "1", "10.00"),), place="<u>", title="A & B", comment="</para>")
    values = [name, "<i>"] + (["</para>"] if form != "contract" else [])
    assert missing(text_of(printed, form), values) == []


@pytest.mark.parametrize("form", FORMS)
def test_odd_texts_do_not_stop_the_press(form: str) -> None:
    name = f"Щит 😀 \x07\ud800 №1 — «ёлка»\tстрока\nвторая {'Ы' * 400} " + "слово " * 500
    printed = document(form, (Item("X" * 80, name, "123456.789", "9999999.123456"), ITEMS[0]),
                       buyer=BUYER.model_copy(update={"full_name": "Ш" * 200, "address": ""}))
    assert len(pdf_pages(render(printed, form, "pdf"))) >= 2


@pytest.mark.parametrize("form", FORMS)
def test_a_document_without_lines_prints(form: str) -> None:
    assert letters(document(form).number) in text_of(document(form, ()), form)


def test_mixed_rates_are_listed_each() -> None:
    printed = document(items=(ITEMS[0], Item("К", "Книга", "1", "110.00", "10"), Item("Л", "Право", "1", "5", NO_VAT)))
    text = text_of(printed, "invoice")
    assert missing(text, ["НДС 22 %", "НДС 10 %", "10,00", "без НДС"]) == []


def test_invoice_says_how_much_by_when_and_for_what() -> None:
    text = text_of(document(), "invoice")
    values = ["БИК", "044525974", "40702810310000418236", "30101810145250000974", "Оплатить не позднее 09.11.2026",
              "Договор № Д-000012 от 14.03.2026", "Всего наименований 5",
              "Один миллион шестьсот семьдесят семь тысяч триста девяносто четыре рубля 20 копеек"]
    assert missing(text, values) == []


def test_offer_shows_version_term_and_manager() -> None:
    printed = document("offer", revision=3, extra={"warranty_months": "24", "payment_terms": "аванс 50 %"})
    values = ["Версия 3", "30.11.2026", "24 мес.", "аванс 50 %", printed.author_name, printed.author_email, "Скидка"]
    assert missing(text_of(printed, "offer"), values) == []
    plain_items = tuple(item for item in ITEMS if item.discount == "0")
    assert "Скидка" not in text_of(document("offer", plain_items), "offer")


def test_contract_names_parties_with_and_without_a_genitive() -> None:
    text = text_of(document("contract"), "contract")
    assert missing(text, ["на основании Устава действует генеральный директор Образцов Павел Петрович"]) == []
    genitive = {"buyer_director_genitive": "директора Ветровой Елены Михайловны"}
    text = text_of(document("contract", extra=genitive), "contract")
    assert missing(text, ["в лице директора Ветровой Елены Михайловны, действующей на основании доверенности"]) == []
    text = text_of(sole_document("contract", buyer=PERSON), "contract")
    assert missing(text, ["Андрей Сергеевич, именуемый", "Викторовна, именуемая", "О защите прав потребителей"]) == []
    assert "Упущеннаявыгоданевозмещается" not in text


def test_contract_without_lines_has_no_specification() -> None:
    assert "Приложение№1" in text_of(document("contract"), "contract")
    assert "Приложение№1" not in text_of(document("contract", ()), "contract")


@pytest.mark.parametrize("form", ["act", "issue", "order"])
def test_papers_of_two_sides_name_who_signs(form: str) -> None:
    text = text_of(document(form), form)
    wanted = {
        "act": ["Образцов П. П.", "Ветрова Е. М.", "Генеральный директор", "«02» ноября 2026 г."],
        "issue": ["Отпустил", "Орлова Е. Д.", "Получил", "Менеджер по работе с клиентами"],
        "order": ["Образцов П. П.", "Ветрова Е. М.", "20.11.2026"],
    }[form]
    assert missing(text, [*wanted, "должность", "подпись", "расшифровка подписи"]) == []


def test_long_lists_repeat_their_head_and_number_their_pages() -> None:
    pages = pdf_pages(render(long_document("invoice", 120), "invoice", "pdf"))
    assert len(pages) > 3
    for number, page in enumerate(pages[1:], 2):
        assert f"Лист {number} из {len(pages)}" in page
    with_lines = [page for page in pages if "Позиция" in page]
    assert all("Товары, работы, услуги" in page for page in with_lines)
    assert "Позиция 120" in pages[-1], "the last line stands on the page of the signatures"


@pytest.mark.parametrize("count", range(1, 31))
def test_signatures_never_stand_without_a_line(count: int) -> None:
    last = pdf_pages(render(long_document("invoice", count), "invoice", "pdf"))[-1]
    assert f"Позиция {count}:" in last
    assert "Образцов" in last


def test_thirteenth_and_later_kopecks_are_not_lost() -> None:
    printed = document(items=(Item("Г", "Гирлянда", "3", "33.3333"), Item("Б", "Бирка", "1", "0.01")))
    assert printed.gross == Decimal("100.01")
    assert missing(text_of(printed, "invoice"), ["33,3333", "100,00", "0,01", "100,01"]) == []


def test_threads_do_not_disturb_each_other() -> None:
    documents = [long_document("upd", count) for count in (11, 12, 13)]
    alone = [pdf_pages(render(printed, "upd", "pdf")) for printed in documents]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda printed: render(printed, "upd", "pdf"), documents * 4))
    assert [pdf_pages(data) for data in together] == alone * 4


def test_basis_is_named_once() -> None:
    contract = PrintPaper(title="Договор", number="Д-000012", date=date(2026, 3, 14))
    text = text_of(document(basis=[contract]), "invoice")
    assert text.count("Д-000012") == 1
    assert letters(day(contract.date)) in text


def test_exempt_and_taxed_documents_have_the_same_lines() -> None:
    assert len(exempt_items()) == len(ITEMS)
