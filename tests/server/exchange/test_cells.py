"""Values of cells: requisites, contacts, dates, prices, VAT, stock, barcodes."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from crm_contract.vat import VatKind
from crm_server.exchange.excel.cells import as_text, date_value, is_empty, parse_number
from crm_server.exchange.excel.contact_cells import address_value, contacts_value
from crm_server.exchange.excel.goods_cells import barcode_values, price_value, stock_value, unit_value, vat_value
from crm_server.exchange.excel.requisite_cells import account_values, bic_value, codes_value

DAY = date(2026, 11, 24)
GOOD, KPP, SOLE = "7707083893", "770701001", "500100732259"


def found(findings) -> list[tuple[str, str | None, bool]]:
    return [(finding.code, finding.value, finding.by_default) for finding in findings]


@pytest.mark.parametrize("text", ["нет", "Н/Д", " - ", "—", "", "  ", "б/н", "не указан", "\xa0", "n/a"])
def test_words_for_nothing(text):
    assert is_empty(text)


def test_as_text():
    assert as_text(" ООО\xa0«Ветер»\u200b \n") == "ООО «Ветер»"
    assert as_text(Decimal("10.50")) == "10.50"
    assert as_text(date(2026, 3, 1)) == "01.03.2026"
    assert as_text(None) == ""


@pytest.mark.parametrize("text", [
    f"{GOOD}/{KPP}", f"{GOOD} / {KPP}", f"{GOOD}\\{KPP}", f"{GOOD},{KPP}", f"{GOOD} {KPP}", f"{GOOD} ({KPP})",
    f"ИНН {GOOD} КПП {KPP}", f"ИНН: {GOOD}, КПП: {KPP}", f"ИНН/КПП {GOOD}/{KPP}", f"инн {GOOD}; кпп {KPP}",
    f"77 07 083893 / {KPP}", f"{KPP}/{GOOD}",
])
def test_inn_and_kpp_in_one_cell(text):
    codes, findings = codes_value(text)
    assert (codes.inn, codes.kpp, findings) == (GOOD, KPP, ())


@pytest.mark.parametrize(("cell", "inn", "kpp"), [
    (SOLE, SOLE, ""), (f"{GOOD}.0", GOOD, ""),
    (int(GOOD), GOOD, ""), ("н/д/743401001", "", "743401001"), ("/743401001", "", "743401001"),
    (f"{GOOD}/", GOOD, ""), (f"{GOOD}/нет", GOOD, ""), ("н/д", "", ""), (f"КПП {KPP}", "", KPP),
    (541501001, "", "541501001"),
])
def test_half_of_a_pair(cell, inn, kpp):
    codes, findings = codes_value(cell)
    assert (codes.inn, codes.kpp, findings) == (inn, kpp, ())


@pytest.mark.parametrize(("cell", "expected"), [
    (78300022, [("inn", "", False)]),
    ("7,70123E+11", [("lost_digits", "", False)]),
    ("7707О83893", [("inn_repair", "ИНН 7707083893", False)]),
    ("7707083894/770701001", [("inn", "КПП 770701001", False)]),
    (f"{SOLE}/{KPP}", [("kpp_of_person", f"ИНН {SOLE}", True)]),
    (f"{GOOD}/7707010", [("kpp", f"ИНН {GOOD}", False)]),
    ("см. договор", [("requisites", "", False)]),
])
def test_doubtful_codes(cell, expected):
    assert found(codes_value(cell, "inn" if isinstance(cell, int) else "inn_kpp")[1]) == expected


@pytest.mark.parametrize(("cell", "by_default"), [(105040346, True), ("105040346", False)])
def test_lost_zero_of_an_inn(cell, by_default):
    """0105040346 is right by its control digit; a number cell explains how the zero got lost, a text does not."""
    codes, findings = codes_value(cell, "inn")
    assert codes.inn == "105040346"
    assert found(findings) == [("inn_repair", "ИНН 0105040346", by_default)]


@pytest.mark.parametrize(("cell", "bic", "expected"), [
    ("044525225", "044525225", []), ("44525225.0", "044525225", [("bic_zero", None, False)]),
    (44525225, "044525225", [("bic_zero", None, False)]),
    ("БИК 044525225", "044525225", []), ("4452522", "", [("bic", "", False)]),
])
def test_bic(cell, bic, expected):
    value, findings = bic_value(cell)
    assert (value, found(findings)) == (bic, expected)


def test_accounts():
    text = "р/с 40702810138250123017 в ПАО «Сбербанк», БИК 044525225, к/с 30101810400000000225"
    (account,), findings = account_values(text)
    assert (account.account, account.bic, account.bank, account.corr_account, findings) == (
        "40702810138250123017", "044525225", "ПАО «Сбербанк»", "30101810400000000225", ())
    assert [item.account for item in account_values("40702 810 1 3825 0123017; 40702810200000000001")[0]] == [
        "40702810138250123017", "40702810200000000001"]
    assert found(account_values(40702810138250100000)[1]) == [("lost_digits", "", False)]
    assert found(account_values("4070281013825012301")[1]) == [("account", "", False)]


@pytest.mark.parametrize(("cell", "phones", "emails"), [
    ("89168853933, 79163875004", ["+7 916 885-39-33", "+7 916 387-50-04"], []),
    ("8 495 123 45 67, доб. 305, 8 916 123-45-67", ["+7 495 123-45-67 доб. 305", "+7 916 123-45-67"], []),
    ("89161234567 89031234567", ["+7 916 123-45-67", "+7 903 123-45-67"], []),
    ("тел./факс: (495) 123-45-67", ["+7 495 123-45-67"], []),
    (89168853933, ["+7 916 885-39-33"], []), ("89168853933.0", ["+7 916 885-39-33"], []),
    ("spartakgorshkov @ example.com", [], ["spartakgorshkov@example.com"]),
    ("SAMSON@EXAMPLE.ORG ", [], ["samson@example.org"]),
    ("a@example.org; b@example.com,c@example.net", [], ["a@example.org", "b@example.com", "c@example.net"]),
    ("8 (495) 123-45-67\na@example.org", ["+7 495 123-45-67"], ["a@example.org"]),
    ("нет", [], []),
])
def test_phones_and_mails(cell, phones, emails):
    contacts, findings = contacts_value(cell)
    assert ([phone.display for phone in contacts.phones], contacts.emails, findings) == (phones, emails, ())


def test_phones_and_mails_belong_to_the_people_beside_them():
    text = "Иванов Иван, директор, 8-916-123-45-67, iv@example.ru; 8 903 111-22-33 (Мария, бухгалтер)"
    contacts, _ = contacts_value(text)
    assert [(who.name, who.position, [p.digits for p in who.phones], who.emails) for who in contacts.people] == [
        ("Иванов Иван", "Директор", ["79161234567"], ["iv@example.ru"]), ("Мария", "Бухгалтер", ["79031112233"], [])]
    assert not contacts.phones
    contacts, _ = contacts_value("8 (495) 123-45-67 Иванов, моб. 8-916-111-22-33 Сергей Петрович")
    assert {who.name: [phone.digits for phone in who.phones] for who in contacts.people} == {
        "Иванов": ["74951234567"], "Сергей Петрович": ["79161112233"]}


@pytest.mark.parametrize(("cell", "code", "value", "rest"), [
    ("12-34-56", "phone", None, ["12-34-56"]),
    ("ivanov@mail", "email", None, ["ivanov@mail"]),
    ("ivanov@mail,ru", "email_comma", "ivanov@mail.ru", []),
    ("ivаnov@mail.ru; b@mail.ru", "email_letters", "ivanov@mail.ru; b@mail.ru", []),
    ("звонить после 14", "contact_rest", None, ["звонить после 14"]),
])
def test_what_is_no_contact_is_kept_and_told(cell, code, value, rest):
    contacts, findings = contacts_value(cell)
    assert [(finding.code, finding.value) for finding in findings] == [(code, value)]
    assert contacts.rest == rest


@pytest.mark.parametrize(("text", "expected"), [
    ("д. Черняховск, ул. Черноморская, к. 3/9, 948219", "948219, д. Черняховск, ул. Черноморская, к. 3/9"),
    ("101000, г. Москва", "101000, г. Москва"), ("г. Москва, индекс 101000", "101000, г. Москва"),
    ("г. Москва, ул. Мира, 5", "г. Москва, ул. Мира, 5"),
])
def test_postcode_comes_first(text, expected):
    assert address_value(text) == expected


@pytest.mark.parametrize(("cell", "day", "code"), [
    ("12.03.2019", date(2019, 3, 12), ""), ("2021-05-04", date(2021, 5, 4), ""),
    ("5 мая 2021 г.", date(2021, 5, 5), ""),
    ("март 2020", date(2020, 3, 1), "date_without_day"), (datetime(2020, 3, 1, 12), date(2020, 3, 1), ""),
    (43901, date(2020, 3, 11), ""), ("12.03.19", date(2019, 3, 12), ""), ("31.02.2020", None, "date"),
    ("вчера", None, "date"),
])
def test_dates(cell, day, code):
    value, findings = date_value(cell)
    assert (value, "".join(finding.code for finding in findings)) == (day, code)


@pytest.mark.parametrize(("text", "number"), [
    ("13 202,17", "13202.17"), ("2901.75", "2901.75"), ("1,234.56", "1234.56"), ("1.234,56", "1234.56"),
    ("1 500-00", "1500.00"), ("1.234.567", "1234567"), ("−4", "-4"), ("1'000", "1000"),
])
def test_numbers(text, number):
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1 200/1 500", "1,2,3", "12 шт", "--5"])
def test_not_one_number(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(("cell", "price"), [
    ("13 202,17", "13202.17"), ("2901.75 руб.", "2901.75"), (Decimal("15153.55"), "15153.55"), ("1 200 ₽/шт", "1200"),
    ("100 руб. 50 коп.", "100.50"), ("1.500-00", "1500"), ("12 р.", "12"), (Decimal("1.23456"), "1.2346"),
])
def test_prices(cell, price):
    assert price_value(cell) == (Decimal(price), ())


@pytest.mark.parametrize(("cell", "expected"), [
    ("договорная", ("price_absent", "", False)), ("6l0,00", ("price_letters", "610.00", False)),
    ("1О5", ("price_letters", "105", False)), ("от 500", ("price_from", "500", False)), ("$ 100",
    ("price_currency", "", False)),
    (0, ("price_zero", "", True)), ("0,00 руб.", ("price_zero", "", True)),
    ("-5", ("price_negative", "", False)), ("1000-1200", ("price", "", False)), ("12,750",
    ("price_ambiguous", "12750", False)),
])
def test_doubtful_prices(cell, expected):
    assert found(price_value(cell)[1]) == [expected]


@pytest.mark.parametrize(("cell", "kind"), [
    (Decimal("0.22"), VatKind.STANDARD), (22, VatKind.STANDARD), ("22%", VatKind.STANDARD), ("22 %", VatKind.STANDARD),
    ("НДС 10%", VatKind.REDUCED), ("Без НДС", VatKind.EXEMPT), ("НДС не облагается", VatKind.EXEMPT),
    ("-", VatKind.EXEMPT),
    ("нет", VatKind.EXEMPT),
])
def test_vat(cell, kind):
    assert vat_value(cell, DAY) == (kind, ())


def test_vat_of_another_time():
    for cell in ("20%", 20, Decimal("0.2"), "20/120", "18 %"):
        assert vat_value(cell, DAY)[0] is VatKind.STANDARD
        assert found(vat_value(cell, DAY)[1]) == [("vat_outdated", "22%", True)]
    assert vat_value("20%", date(2025, 5, 5)) == (VatKind.STANDARD, ())
    assert found(vat_value("22%", date(2025, 5, 5))[1]) == [("vat_outdated", "20%", True)]
    assert found(vat_value("15%", DAY)[1]) == [("vat", "22%", False)]
    assert found(vat_value("5%", DAY)[1]) == [("vat_of_seller", "22%", True)]
    assert [finding.code for finding in vat_value(0, DAY)[1]] == ["vat_zero"]


@pytest.mark.parametrize(("cell", "stock", "code"), [
    (37, "37", ""), (Decimal("37.5"), "37.5", ""), ("12 шт", "12", ""), ("37,5 м", "37.5", ""), ("нет", "0", ""),
    (">100", None, "stock_inexact"), ("100+", None, "stock_inexact"), ("много", None, "stock_inexact"),
    ("-4", None, "stock_negative"), (-4, None, "stock_negative"), ("1О", None, "stock_letters"), ("abc", None, "stock"),
])
def test_stock(cell, stock, code):
    value, findings = stock_value(cell)
    assert value == (None if stock is None else Decimal(stock))
    assert "".join(finding.code for finding in findings) == code


@pytest.mark.parametrize(("cell", "codes", "expected"), [
    (4600332245382, ["4600332245382"], []), (Decimal("4600332245382.0"), ["4600332245382"], []),
    ("4600332245382 ", ["4600332245382"], []), ("4600332245382.0", ["4600332245382"], []),
    ("4600332245382; 4630215736812", ["4600332245382", "4630215736812"], []),
    ("460000010422", ["460000010422"], [("barcode", "", False)]), ("4,60033E+12", [], [("lost_digits", "", False)]),
    ("4600332245383; 4630215736812", ["4600332245383", "4630215736812"], [("barcode", "4630215736812", False)]),
    (12345678905, ["12345678905"], [("barcode_zero", "0012345678905", True)]),
])
def test_barcodes(cell, codes, expected):
    value, findings = barcode_values(cell)
    assert (value, found(findings)) == (codes, expected)


def test_units():
    units = [unit_value(text)[0] for text in ("шт.", "ШТ", "компл", "усл.", "м", "упак", 796, 6)]
    assert [unit and unit.code for unit in units] == ["796", "796", "839", "876", "006", "778", "796", "006"]
    assert found(unit_value("бочка")[1]) == [("unit", "шт", False)]
