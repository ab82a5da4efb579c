"""Which label says what: goods, places, papers, people, serial numbers, commands of the terminal."""

from collections.abc import Mapping
from typing import Any

from stdnum import ean

from crm_contract.codes import CodeKind, OwnCode
from crm_contract.documents import kind_of
from crm_contract.labels import COMMAND_TITLES, ProductLabel
from crm_desktop.rendering.formats import NBSP, money
from crm_desktop.rendering.labels import Label


def product_label(product: ProductLabel, with_price: bool = False) -> Label:
    """Its EAN-13 where the maker gave one, else our own code."""
    code = next((code for code in product.barcodes if len(code) == 13 and ean.is_valid(code)), "")
    price = f"{money(product.price)}{NBSP}₽" if with_price and product.price is not None else ""
    return Label(product.name, code or str(OwnCode(CodeKind.PRODUCT, str(product.id))),
                 caption=f"{code[0]} {code[1:7]} {code[7:]}" if code else "",
                 note=f"Арт. {product.sku}" if product.sku else "", price=price)


def place_label(place: Mapping[str, Any]) -> Label:
    """A row of the directory of places: its code in large letters where it has one, else its name."""
    parent = place.get("parent")
    code, name = str(place.get("code") or ""), str(place["name"])
    note = ", ".join(dict.fromkeys(part for part in (name if code else "", parent["title"] if parent else "") if part))
    return Label(code or name, str(OwnCode(CodeKind.PLACE, str(place["id"]))), note=note, big=True)


def document_label(kind: str, id: int, number: str, note: str = "") -> Label:
    return Label(kind_of(kind).named(number), str(OwnCode(CodeKind.DOCUMENT, str(id))), note=note, big=True)


def badge_label(code: str, name: str, position: str) -> Label:
    """`code` is the whole text that the badge says: «OKE…». It opens the log-in, so it does not stand in letters."""
    return Label(name, code, caption=position or "Сотрудник", big=True)


def serial_label(product: str, serial: str, sku: str = "") -> Label:
    return Label(product, serial, caption=f"S/N {serial}", note=f"Арт. {sku}" if sku else "")


def command_labels() -> list[Label]:
    """The sheet «Команды терминала», in the order of the work."""
    return [Label(title, str(OwnCode(CodeKind.COMMAND, command.value)), caption=hint, big=True)
            for command, (title, hint) in COMMAND_TITLES.items()]
