"""The payment QR code ST00012 (ГОСТ Р 56042-2014): what a banking application reads off an invoice."""

from crm_contract.printing import PrintDocument
from crm_contract.vat import NO_VAT, vat_rate
from crm_desktop.rendering.formats import day

_SEPARATORS = "|~^;#"
_NAME_LENGTH, _BANK_LENGTH, _PURPOSE_LENGTH = 160, 45, 210
_MANDATORY_BYTES = 300


def purpose(document: PrintDocument) -> str:
    """«Оплата по счету № СЧ-000418 от 02.11.2026. В т.ч. НДС 22% - 6657.20 руб.»"""
    subject = f"Оплата по счету № {document.number} от {day(document.date)}."
    rates = [line.vat_rate for line in document.lines if line.vat_rate != NO_VAT]
    if not document.seller_pays_vat or not rates:
        tail = "НДС не облагается"
    elif len(set(rates)) == 1:
        tail = f"В т.ч. НДС {vat_rate(rates[0]).percent}% - {document.vat:.2f} руб."
    else:
        tail = f"В т.ч. НДС - {document.vat:.2f} руб."
    return f"{subject[:_PURPOSE_LENGTH - len(tail) - 1]} {tail}"


def payload(document: PrintDocument) -> str:
    """The text of the code, UTF-8; empty when the invoice cannot be paid so (no account, other money, no sum)."""
    seller, bank = document.seller, document.seller.bank
    if bank is None or not bank.bic or not bank.account or document.currency != "RUB" or document.gross <= 0:
        return ""
    tail = [
        ("BankName", bank.name[:_BANK_LENGTH]),
        ("BIC", bank.bic),
        ("CorrespAcc", bank.corr_account or "0"),
    ]
    name = _fitting_name(seller.name or seller.full_name, [("PersonalAcc", bank.account), *tail])
    values = [
        ("Name", name), ("PersonalAcc", bank.account), *tail,
        ("Sum", str(int(document.gross * 100))),
        ("Purpose", purpose(document)),
        ("PayeeINN", seller.inn),
    ]
    if seller.kpp and seller.kind == "legal":
        values.append(("KPP", seller.kpp))
    separator = _separator([value for _, value in values])
    return separator.join(["ST00012", *(f"{key}={_one_line(value)}" for key, value in values)])


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _fitting_name(name: str, others: list[tuple[str, str]]) -> str:
    """Short enough for the 300 bytes that the mandatory values share."""
    taken = len(b"ST00012|Name=") + sum(len(f"|{key}={value}".encode()) for key, value in others)
    room = max(0, _MANDATORY_BYTES - taken)
    return _one_line(name)[:_NAME_LENGTH].encode()[:room].decode(errors="ignore")


def _separator(values: list[str]) -> str:
    """The first sign that no value contains; Raises ValueError if each of them occurs."""
    for sign in _SEPARATORS:
        if not any(sign in value for value in values):
            return sign
    raise ValueError("every separator of the payment code occurs in its values")
