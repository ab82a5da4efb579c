"""The payment code ST00012 of an invoice."""

from decimal import Decimal
from typing import Any

import pytest

from crm_desktop.rendering.payment_qr import payload, purpose
from crm_desktop.rendering.qr import qr_code

from .samples import ITEMS, SELLER, Item, document, sole_document


def fields(text: str) -> dict[str, str]:
    separator = text[len("ST00012")]
    return dict(pair.split("=", 1) for pair in text.split(separator)[1:])


def test_payload_of_an_invoice() -> None:
    invoice = document()
    text = payload(invoice)
    assert text.startswith("ST00012|Name=ООО «Контур климата»|PersonalAcc=40702810310000418236|BankName=")
    assert list(fields(text)) == [
        "Name", "PersonalAcc", "BankName", "BIC", "CorrespAcc", "Sum", "Purpose", "PayeeINN", "KPP"]
    assert fields(text)["Sum"] == str(int(invoice.gross * 100))
    assert fields(text)["KPP"] == SELLER.kpp


def test_purpose_names_the_invoice_and_the_tax() -> None:
    assert purpose(document()) == "Оплата по счету № СЧ-000418 от 02.11.2026. В т.ч. НДС 22% - 302480.91 руб."
    assert purpose(sole_document("invoice")).endswith(". НДС не облагается")
    mixed = document(items=(ITEMS[0], Item("К", "Книга", "1", "110.00", "10")))
    assert purpose(mixed).endswith(f"В т.ч. НДС - {mixed.vat} руб.")


def test_purpose_is_short_enough_and_keeps_the_tax() -> None:
    text = purpose(document(number="Ч" * 300))
    assert len(text) == 210
    assert text.endswith("302480.91 руб.")


def test_sole_proprietor_has_no_kpp() -> None:
    assert "KPP" not in fields(payload(sole_document("invoice")))


@pytest.mark.parametrize("name", ["ООО «Труба|Дело»", "ООО «А|Б~В»"])
def test_separator_occurs_in_no_value(name: str) -> None:
    text = payload(document(seller=SELLER.model_copy(update={"name": name})))
    assert fields(text)["Name"] == name


def test_mandatory_values_take_at_most_300_bytes() -> None:
    text = payload(document(seller=SELLER.model_copy(update={"name": "Общество " * 40})))
    mandatory = text[:text.index("|Sum=")]
    assert 290 < len(mandatory.encode()) <= 300
    assert fields(text)["BIC"] == "044525974"


@pytest.mark.parametrize("changes", [
    {"seller": SELLER.model_copy(update={"bank": None})}, {"currency": "USD"}, {"gross": Decimal("0.00")},
])
def test_no_code_when_nothing_can_be_paid_by_it(changes: dict[str, Any]) -> None:
    assert payload(document(**changes)) == ""


def test_the_code_is_drawn() -> None:
    code = qr_code(payload(document()))
    assert code.error == "M"
    assert sum(map(sum, code.matrix)) > 1000
