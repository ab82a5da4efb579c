"""The form kit: a form is declared as rows of named fields; the kit lays out, moves the focus, collects and checks.

    form = Form([
        [cell("name", TextEdit("Наименование", required=True), 6), cell("inn", CheckedEdit("ИНН", check_inn), 3)],
        section_row("Адреса"),
        [cell("address", TextEdit("Юридический адрес"), 12)],
    ])
    form.set_values(card.model_dump());  body = PartyBody(**form.values())
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from crm_desktop.widgets.field import Field
from crm_desktop.widgets.grid12 import COLUMNS, Grid12
from crm_desktop.widgets.labels import section

F = TypeVar("F", bound=Field)


@dataclass(frozen=True, slots=True)
class Cell:
    """A field by the name it has in the contract; `span` of twelve columns."""

    name: str
    field: Field
    span: int = 3


@dataclass(frozen=True, slots=True)
class SectionRow:
    title: str


Row = Sequence[Cell] | SectionRow


def cell(name: str, field: Field, span: int = 3) -> Cell:
    return Cell(name, field, span)


def section_row(title: str) -> SectionRow:
    """A heading between rows."""
    return SectionRow(title)


class Form(QWidget):
    """`edited(name)` at each change by the person; `finished` when Enter leaves the last field."""

    edited = Signal(str)
    dirty_changed = Signal(bool)
    finished = Signal()

    def __init__(self, rows: Sequence[Row] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: dict[str, Field] = {}
        self._names: dict[int, str] = {}
        self._grid = Grid12(self)
        self._clean: dict[str, Any] = {}
        self._dirty = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for row in rows:
            if isinstance(row, SectionRow):
                self.add_section(row.title)
            else:
                self.add_row(*row)
        self.mark_clean()

    def add_row(self, *cells: Cell) -> None:
        self._grid.new_row()
        for item in cells:
            self.adopt(item.name, item.field)
            self._grid.add(item.field, item.span)

    def adopt(self, name: str, field: Field) -> None:
        """Takes a field that stands somewhere else on the page. Raises ValueError for a name that is taken."""
        if name in self._fields:
            raise ValueError(f"field {name} is there twice")
        self._fields[name] = field
        self._names[id(field)] = name
        field.edited.connect(self._on_edited)
        field.advanced.connect(self._on_advanced)
        self._clean[name] = field.snapshot()

    def add_section(self, title: str) -> None:
        self._grid.new_row()
        heading = section(title)
        heading.setContentsMargins(0, 8, 0, 0)
        self._grid.add(heading, COLUMNS)

    def field(self, name: str) -> Field:
        """Raises KeyError for a name that is not in the form."""
        return self._fields[name]

    def get(self, name: str, kind: type[F]) -> F:
        """The field with its own type: `form.get("party_id", RefEdit).ref()`."""
        found = self._fields[name]
        if not isinstance(found, kind):
            raise TypeError(f"field {name} is a {type(found).__name__}")
        return found

    def fields(self) -> dict[str, Field]:
        return dict(self._fields)

    def values(self) -> dict[str, Any]:
        return {name: field.value() for name, field in self._fields.items()}

    def set_values(self, values: Mapping[str, Any], *, clean: bool = True) -> None:
        """Sets the fields that are named; by default what is shown now counts as saved."""
        for name, value in values.items():
            if name in self._fields:
                self._fields[name].set_value(value)
        if clean:
            self.mark_clean()
        else:
            self._check_dirty()

    def set_visible(self, name: str, on: bool) -> None:
        self._fields[name].setVisible(on)
        self._grid.invalidate()

    def set_read_only(self, on: bool) -> None:
        for field in self._fields.values():
            field.set_read_only(on)

    def validate(self) -> bool:
        """Checks every visible field; the focus goes to the first bad one."""
        bad = [field for field in self._fields.values() if not field.isHidden() and not field.validate()]
        if bad:
            self._focus(bad[0])
        return not bad

    def set_errors(self, errors: Mapping[str, str]) -> dict[str, str]:
        """Shows the server's errors at their fields and goes to the first; returns those that have no field here."""
        left = dict(errors)
        first: Field | None = None
        for name, field in self._fields.items():
            message = left.pop(name, "")
            if message:
                field.set_error(message)
                first = first or field
        if first is not None:
            self._focus(first)
        return left

    def clear_errors(self) -> None:
        for field in self._fields.values():
            field.set_error("")

    @property
    def is_dirty(self) -> bool:
        return self._dirty

    def changed_names(self) -> list[str]:
        """What the person changed since the last save, for a merge by field."""
        return [name for name, field in self._fields.items() if field.snapshot() != self._clean.get(name)]

    def mark_clean(self) -> None:
        """What is shown now is what is saved."""
        self._clean = self.snapshot()
        self._set_dirty(False)

    def snapshot(self) -> dict[str, Any]:
        """The state as JSON for a draft."""
        return {name: field.snapshot() for name, field in self._fields.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Puts a draft back; the form is then dirty where it differs from what is saved."""
        for name, value in state.items():
            if name in self._fields:
                self._fields[name].restore(value)
        self._check_dirty()

    def focus_first(self) -> None:
        """To the first field that can be typed in and is empty, else to the first."""
        open_fields = [f for f in self._fields.values() if not f.isHidden() and not f.is_read_only]
        empty = [f for f in open_fields if f.is_empty()]
        for field in (empty or open_fields)[:1]:
            self._focus(field)

    def _on_edited(self) -> None:
        name = self._name_of(self.sender())
        self._check_dirty()
        self.edited.emit(name)

    def _on_advanced(self) -> None:
        fields = [f for f in self._fields.values() if not f.isHidden() and not f.is_read_only]
        sender = self.sender()
        place = next((number for number, field in enumerate(fields) if field is sender), None)
        if place is None:
            return
        if place + 1 < len(fields):
            self._focus(fields[place + 1])
        else:
            self.finished.emit()

    def _name_of(self, sender: QObject | None) -> str:
        return self._names.get(id(sender), "")

    def _check_dirty(self) -> None:
        self._set_dirty(any(field.snapshot() != self._clean.get(name) for name, field in self._fields.items()))

    def _set_dirty(self, on: bool) -> None:
        if on != self._dirty:
            self._dirty = on
            self.dirty_changed.emit(on)

    def _focus(self, field: Field) -> None:
        field.setFocus(Qt.FocusReason.TabFocusReason)
        parent = self.parent()
        while parent is not None:
            if isinstance(parent, QScrollArea):
                parent.ensureWidgetVisible(field, 0, 24)
            parent = parent.parent()
