"""The header of a document: fields of its kind in twelve columns, and what one choice means for the others."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract import kinds
from crm_contract.documents import DocumentRead
from crm_contract.kinds import DocumentKind, FieldType
from crm_desktop.documents.bodies import document_values
from crm_desktop.documents.picks import OF_PARTY
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.field import Field
from crm_desktop.widgets.form import Cell, Form
from crm_desktop.widgets.grid12 import COLUMNS
from crm_desktop.widgets.kind_fields import SearchOf, field_for
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.suggest import Suggestion
from crm_desktop.widgets.text_fields import MultilineEdit

COMMENT = "comment"
DATE_SPAN = 2
#: A last row with less than this stays ragged: fields as wide as the page are hard to read.
FILLED_FROM = 8


class HeaderForm(QWidget):
    """All header fields but the comment, which stands elsewhere on the page: `comment` holds it.

    `edited(name)` at each change by the person; `finished` when Enter leaves the last field.
    """

    edited = Signal(str)
    finished = Signal()
    opened = Signal(str, int)          # a reference to open: entity, id
    party_chosen = Signal(object)      # the Suggestion

    def __init__(self, kind: DocumentKind, search_of: SearchOf, opens: Callable[[str], bool] = lambda entity: False,
                 parent: QWidget | None = None) -> None:
        """`opens` tells which entities have a page to go to."""
        super().__init__(parent)
        self._kind = kind
        self._form = Form(parent=self)
        cells = [Cell("date", DateEdit(tr("Дата"), required=True), DATE_SPAN)]
        for declared in kind.fields:
            if declared.name != COMMENT:
                cells.append(Cell(declared.name, _field(declared, search_of, opens), declared.span))
        for row in packed(cells):
            self._form.add_row(*row)
        self.comment = Form()
        if (declared := kind.header(COMMENT)) is not None:
            self.comment.add_row(Cell(COMMENT, MultilineEdit(declared.title, lines=4, max_length=4000), COLUMNS))
        stack = QVBoxLayout(self)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self._form)
        for form in (self._form, self.comment):
            form.edited.connect(self._on_edited)
        self._form.finished.connect(self.finished)
        for declared in kind.fields:
            if declared.type is FieldType.REF:
                field = self._form.get(declared.name, RefEdit)
                field.open_requested.connect(lambda id, entity=declared.entity: self.opened.emit(entity, id))
                if declared.name == "party_id":
                    field.chosen.connect(self._on_party)
                elif declared.name == "price_kind_id":
                    field.chosen.connect(self._on_prices)
        self._form.mark_clean()

    def minimumSizeHint(self) -> QSize:
        """The height follows from the width alone; the layout's own guess is for a narrow page."""
        return QSize(super().minimumSizeHint().width(), 0)

    # --- values ----------------------------------------------------------------------------------------------------

    def show_document(self, document: DocumentRead) -> None:
        self.set_values(document_values(self._kind, document), clean=True)

    def set_values(self, values: Mapping[str, Any], *, clean: bool) -> None:
        for form in (self._form, self.comment):
            form.set_values(values, clean=clean)

    def put_defaults(self, values: Mapping[str, Any]) -> None:
        """Defaults that came from the server: they never replace what is typed and count as saved."""
        typed = self._form.changed_names()
        self._form.set_values({name: value for name, value in values.items() if name not in typed}, clean=not typed)

    def values(self) -> dict[str, Any]:
        """Values by name, a `Ref` for references."""
        return {name: field.ref() if isinstance(field, RefEdit) else field.value()
                for name, field in self.fields().items()}

    def fields(self) -> dict[str, Field]:
        return self._form.fields() | self.comment.fields()

    def id_of(self, name: str) -> int | None:
        """The chosen id of a reference; None too where the kind has no such field."""
        field = self._form.fields().get(name)
        return field.value() if isinstance(field, RefEdit) else None

    def title_of(self, name: str) -> str:
        field = self._form.fields().get(name)
        ref = field.ref() if isinstance(field, RefEdit) else None
        return ref.title if ref is not None else ""

    def day(self) -> date:
        return self._form.field("date").value() or date.today()

    # --- state -----------------------------------------------------------------------------------------------------

    @property
    def is_dirty(self) -> bool:
        return self._form.is_dirty or self.comment.is_dirty

    def mark_clean(self) -> None:
        self._form.mark_clean()
        self.comment.mark_clean()

    def snapshot(self) -> dict[str, Any]:
        return self._form.snapshot() | self.comment.snapshot()

    def restore(self, state: Mapping[str, Any]) -> None:
        self._form.restore(state)
        self.comment.restore(state)

    def set_read_only(self, on: bool, but: Sequence[str] = ()) -> None:
        """`but` are the fields that stay open."""
        self._form.set_read_only(on)
        self.comment.set_read_only(on)
        for name in but:
            self.fields()[name].set_read_only(False)

    def validate(self) -> bool:
        return self._form.validate() and self.comment.validate()

    def set_errors(self, errors: Mapping[str, str]) -> dict[str, str]:
        """Shows the server's errors at their fields; returns those that have none here."""
        own = {name.removeprefix("extra."): message for name, message in errors.items()}
        return self.comment.set_errors(self._form.set_errors(own))

    def clear_errors(self) -> None:
        self._form.clear_errors()
        self.comment.clear_errors()

    def focus_first(self) -> None:
        self._form.focus_first()

    def _on_edited(self, name: str) -> None:
        if name == "party_id":
            self._forget_party_refs()
        self.edited.emit(name)

    def _on_party(self, found: Suggestion) -> None:
        self._forget_party_refs()
        days = str(found.data.get("payment_days", ""))
        if "paid" in self._kind.facts and self._kind.header("due_date") and days.isdigit() and int(days):
            self._form.set_values({"due_date": self.day() + timedelta(days=int(days))}, clean=False)
        self.party_chosen.emit(found)

    def _on_prices(self, found: Suggestion) -> None:
        """Prices of a kind are with VAT or without it, and so is the document then."""
        if found.data.get("vat_mode") and self._kind.header("vat_mode") is not None:
            self.take("vat_mode", found.data["vat_mode"])

    def _forget_party_refs(self) -> None:
        """The contact, the site and the contract belong to the party that was chosen before."""
        gone = {f.name: None for f in self._kind.fields if f.type is FieldType.REF and f.entity in OF_PARTY}
        self._form.set_values(gone, clean=False)

    def take(self, name: str, value: Any) -> None:
        """Fills a field because of another choice, as if the person had."""
        self._form.set_values({name: value}, clean=False)
        self.edited.emit(name)


def _field(declared: kinds.Field, search_of: SearchOf, opens: Callable[[str], bool]) -> Field:
    if declared.type is FieldType.REF:
        return RefEdit(declared.title, search_of(declared.entity), can_open=opens(declared.entity),
                       required=declared.required)
    return field_for(declared, search_of)


def packed(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Rows of twelve columns; what a row has left goes to its widest fields."""
    rows: list[list[Cell]] = [[]]
    for cell in cells:
        if sum(c.span for c in rows[-1]) + cell.span > COLUMNS:
            rows.append([])
        rows[-1].append(cell)
    return [_filled(row, is_last=row is rows[-1]) for row in rows if row]


def _filled(row: Sequence[Cell], *, is_last: bool) -> list[Cell]:
    left = COLUMNS - sum(cell.span for cell in row)
    if is_last and COLUMNS - left < FILLED_FROM:
        return list(row)
    spans = [cell.span for cell in row]
    while left > 0:
        widest = max(range(len(spans)), key=lambda n: (row[n].span - (spans[n] - row[n].span) * 2, -n))
        spans[widest] += 1
        left -= 1
    return [Cell(cell.name, cell.field, span) for cell, span in zip(row, spans, strict=True)]
