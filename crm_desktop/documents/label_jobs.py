"""What can be printed as labels, and how it is asked for: goods, places, documents, a badge, the terminal's commands.

Every `open_…` opens the same dialog over the window; what the labels need of the server is read there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from crm_contract.documents import DocumentRead, kind_of
from crm_contract.labels import MAX_ROWS, ProductLabel, ProductLabelsQuery
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.rendering.label_texts import (
    badge_label,
    command_labels,
    document_label,
    place_label,
    product_label,
    serial_label,
)
from crm_desktop.rendering.labels import MEDIA, WALL, Label, Media

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One object. `make(with_price)` is its label; `quantity` how many there are of it, 0 where that says nothing."""

    id: int
    make: Callable[[bool], Label]
    quantity: int = 0


@dataclass(frozen=True, slots=True)
class LabelJob:
    """`entity` is what the journal calls the objects. `sheet_heading` stands above the labels on a sheet."""

    entity: str
    title: str
    rows: Sequence[LabelRow]
    media: Sequence[Media] = MEDIA
    has_price: bool = False
    sheet_heading: str = ""

    @property
    def by_quantity(self) -> bool:
        return any(row.quantity for row in self.rows)


#: Blocking: runs in a worker.
Load = Callable[[], LabelJob]


def print_products(app: AppContext, rows: Sequence[Row], parent: QWidget | None = None) -> None:
    """From the list of products."""
    ids = [int(row["id"]) for row in rows[:MAX_ROWS]]
    _open(app, tr("Этикетки товаров"), lambda: _products(app, ids, {}, tr("Этикетки товаров")), parent)


def print_lines(app: AppContext, document: DocumentRead, parent: QWidget | None = None) -> None:
    """As many labels as the document has pieces of each product."""
    counts = goods_of(document)
    title = tr("Этикетки товаров: {name}").format(name=kind_of(document.kind).named(document.number))
    ids = list(counts)[:MAX_ROWS]
    _open(app, title, lambda: _products(app, ids, counts, title), parent)


def print_serials(app: AppContext, document: DocumentRead, parent: QWidget | None = None) -> None:
    """A label for each serial number, and as many of a lot as it has pieces."""
    rows = [
        LabelRow(document.id, lambda priced, line=line, lot=lot: serial_label(line.name, lot.code, line.sku),
                 max(1, ceil(lot.quantity)))
        for line in document.lines for lot in line.lots]
    job = LabelJob(document.kind, tr("Этикетки номеров и партий: {name}").format(
        name=kind_of(document.kind).named(document.number)), rows[:MAX_ROWS])
    _open(app, job.title, lambda: job, parent)


def goods_of(document: DocumentRead | None) -> dict[int, Decimal]:
    """Quantities of the goods by product."""
    counts: dict[int, Decimal] = {}
    for line in document.lines if document is not None else ():
        if line.product is not None and not line.is_service:
            counts[line.product.id] = counts.get(line.product.id, Decimal(0)) + line.quantity
    return counts


def print_places(app: AppContext, rows: Sequence[Row], parent: QWidget | None = None) -> None:
    job = LabelJob("place", tr("Этикетки мест"), [
        LabelRow(int(row["id"]), lambda priced, row=row: place_label(row)) for row in rows[:MAX_ROWS]])
    _open(app, job.title, lambda: job, parent)


def print_documents(app: AppContext, kind: str, rows: Sequence[Row], parent: QWidget | None = None) -> None:
    """Rows of one kind; their number, and the party and day where the list shows them."""
    job = LabelJob(kind, tr("Этикетки документов"), [
        LabelRow(int(row["id"]), lambda priced, row=row: document_label(
            kind, int(row["id"]), str(row["number"]), _about(row))) for row in rows[:MAX_ROWS]])
    _open(app, job.title, lambda: job, parent)


def print_document(app: AppContext, document: DocumentRead, parent: QWidget | None = None) -> None:
    about = " · ".join(part for part in (
        document.party.title if document.party else "", formatting.day(document.date)) if part)
    job = LabelJob(document.kind, tr("Этикетка документа"), [LabelRow(document.id, lambda priced: document_label(
        document.kind, document.id, document.number, about))])
    _open(app, job.title, lambda: job, parent)


def print_badge(app: AppContext, user_id: int, badge: str, name: str, position: str,
                parent: QWidget | None = None) -> None:
    job = LabelJob("user", tr("Бейдж: {name}").format(name=name),
                   [LabelRow(user_id, lambda priced: badge_label(badge, name, position))])
    _open(app, job.title, lambda: job, parent)


def print_commands(app: AppContext) -> None:
    """The sheet that hangs on the wall of the warehouse."""
    labels = command_labels()
    title = tr("Команды терминала")
    job = LabelJob("command", title, [LabelRow(number, lambda priced, label=label: label)
                                      for number, label in enumerate(labels)], (WALL,), sheet_heading=title)
    _open(app, title, lambda: job, None)


def _products(app: AppContext, ids: Sequence[int], counts: Mapping[int, Decimal], title: str) -> LabelJob:
    found = app.api.query("/api/labels/products", list[ProductLabel], ProductLabelsQuery(product_ids=list(ids)))
    rows = [LabelRow(product.id, lambda priced, product=product: product_label(product, priced),
                     max(1, ceil(counts[product.id])) if product.id in counts else 0) for product in found]
    return LabelJob("product", title, rows, has_price=any(product.price is not None for product in found))


def _about(row: Row) -> str:
    party = row.get("party")
    day = formatting.day(date.fromisoformat(row["date"])) if row.get("date") else ""
    return " · ".join(part for part in (party["title"] if party else "", day) if part)


def _open(app: AppContext, title: str, load: Load, parent: QWidget | None) -> None:
    from crm_desktop.documents.label_dialog import LabelDialog

    LabelDialog(parent or QApplication.activeWindow(), app, title, load).open()
