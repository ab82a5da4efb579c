"""Requisites are checked as the law and the shared vectors say."""

import json
from pathlib import Path

import pytest

from crm_contract import requisites as r

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "misc" / "test_vectors.json"


@pytest.fixture(scope="module")
def vectors() -> dict:
    if not DATA.exists():
        pytest.skip("the shared data are not here")
    return json.loads(DATA.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "check"), [
    ("inn", r.check_inn), ("ogrn", r.check_ogrn), ("kpp", r.check_kpp),
])
def test_shared_vectors(vectors, name, check):
    for text, valid in vectors[name]:
        assert (check(text) == "") is (valid is not False), text


def test_shared_account_vectors(vectors):
    for case in vectors["account_key"]:
        message = r.check_account(case["account"], case["bic"])
        assert (message == "") is (case["valid"] is not False), case


@pytest.mark.parametrize(("message", "part"), [
    (r.check_inn("770708389"), "9 цифр вместо 10 или 12"),
    (r.check_inn("7707083894"), "контрольная цифра"),
    (r.check_inn("500100732250"), "контрольные цифры"),
    (r.check_inn("0000000000"), "региона 00"),
    (r.check_inn("7707О83893"), "«О»"),
    (r.check_kpp("77360100"), "8 вместо 9"),
    (r.check_kpp("7736аб001"), "латинские"),
    (r.check_kpp("7736010A1"), "5-м и 6-м"),
    (r.check_ogrn("102770013219"), "12 цифр"),
    (r.check_ogrn("304500116000158"), "ОГРНИП: контрольная"),
    (r.check_bic("44525225"), "8 цифр вместо 9"),
    (r.check_bic("445252250"), "начинаться с 0"),
    (r.check_account("4070281013825012301", "044525225"), "19 цифр вместо 20"),
    (r.check_account("40702810138250123018", "044525225"), "ключ"),
    (r.check_email("a@b"), "с ошибкой"),
    (r.check_email("ab.example.org"), "@"),
    (r.check_email("a b@example.org"), "пробел"),
    (r.check_email("ivаnov@example.org"), "русские буквы"),
    (r.check_email("ivanov..p@example.org"), "с ошибкой"),
    (r.check_phone("12-34-56"), "6 цифр, нет кода города"),
    (r.check_phone("8 (916) 885-39-3"), "кода города или оператора"),
    (r.check_phone("звонить Ивану"), "посторонние знаки"),
    (r.check_barcode("460000010422"), "12 цифр вместо 13"),
    (r.check_barcode("4600332245383"), "контрольная цифра"),
    (r.check_barcode("46003322453"), "11 цифр вместо 13"),
])
def test_messages_name_the_fault(message, part):
    assert part in message


@pytest.mark.parametrize("check", [
    r.check_inn, r.check_kpp, r.check_ogrn, r.check_bic, r.check_account, r.check_email, r.check_phone,
    r.check_barcode,
])
def test_empty_is_not_an_error_here(check):
    assert check("") == ""
    assert check("  ") == ""


@pytest.mark.parametrize("text", ["a.b-c@mail.example.org", "почта@пример.рф", "x@xn--e1afmkfd.xn--p1ai"])
def test_good_mail(text):
    assert r.check_email(text) == ""


@pytest.mark.parametrize(("text", "display", "digits"), [
    ("89168853933", "+7 916 885-39-33", "79168853933"),
    ("79163875004", "+7 916 387-50-04", "79163875004"),
    ("(499) 3186091", "+7 499 318-60-91", "74993186091"),
    ("8-4852-685-405", "+7 485 268-54-05", "74852685405"),
    ("+7 (4852) 551-73-2", "+7 485 255-17-32", "74852551732"),
    ("+7 (916) 419-31-41 доб. 12", "+7 916 419-31-41 доб. 12", "79164193141"),
    ("84998493407 доб.12", "+7 499 849-34-07 доб. 12", "74998493407"),
    ("8 495 123 45 67, вн. 305", "+7 495 123-45-67 доб. 305", "74951234567"),
    ("+375 29 123-45-67", "+375291234567", "375291234567"),
    ("8 800 555-35-35", "+7 800 555-35-35", "78005553535"),
])
def test_phones(text, display, digits):
    phone = r.normalize_phone(text)
    assert phone is not None
    assert (phone.display, phone.digits) == (display, digits)


@pytest.mark.parametrize("text", ["", "123", "123456", "нет", "916885393", "+7 916 885", "8 (016) 885-39-33"])
def test_not_a_phone(text):
    assert r.normalize_phone(text) is None


@pytest.mark.parametrize("text", ["4600332245382", "73513537", "012345678905"])
def test_good_barcodes(text):
    assert r.check_barcode(text) == ""
