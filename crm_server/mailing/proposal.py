"""The subject and text proposed for a letter about a document: plain business Russian, no promotion."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from crm_contract.kinds import DocumentKind

_NBSP = "\u00a0"
_TERMS = ("due_date", "valid_until")


def propose_subject(kind: DocumentKind, form: str, row: Mapping[str, Any]) -> str:
    """«Счёт на оплату СЧ-000418 от 02.11.2026»; `form` is the code of the printed form that is attached."""
    title = next((f.title for f in kind.forms if f.code == form), kind.title)
    sign = "№ " if row["number"].isdigit() else ""
    return f"{title} {sign}{row['number']} от {_day(row['date'])}"


def propose_text(kind: DocumentKind, subject: str, row: Mapping[str, Any], sender: Mapping[str, Any],
                 greeting: str, ending: str) -> str:
    """`sender` has name, position, phone, email and organization of who sends."""
    lines = [f"Во вложении — {_uncapitalized(subject)}."]
    if kind.priced and row["gross"]:
        vat = f", в том числе НДС {_money(row['vat'])}" if row["vat"] else ""
        lines.append(f"Сумма: {_money(row['gross'])}{vat}.")
    for name in _TERMS:
        field = kind.header(name)
        if field is not None and row[name] is not None:
            lines.append(f"{field.title}: {_day(row[name])}.")
    who = ", ".join(part for part in (sender["name"], sender["position"]) if part)
    how = ", ".join(part for part in (sender["phone"], sender["email"]) if part)
    signature = [part for part in (ending, who, sender["organization"], how) if part]
    return "\n".join([greeting, "", *lines, "", *signature])


def _uncapitalized(title: str) -> str:
    """«Счёт на оплату» → «счёт на оплату»; «УПД» stays."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def _day(value: date) -> str:
    return value.strftime("%d.%m.%Y")


def _money(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", _NBSP).replace(".", ",") + f"{_NBSP}₽"
