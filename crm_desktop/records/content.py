"""What can be typed on a card: a form and lists of rows, as one state."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from PySide6.QtCore import QObject, Signal

from crm_desktop.widgets.form import Form
from crm_desktop.widgets.rows_card import RowsCard


class RecordContent(QObject):
    """`edited(name)` at each change by the person: the name of a field or of a list.

    A subclass says how a card of the server fills it: `values_of` for the form, `rows_of` for the lists.
    """

    edited = Signal(str)

    def __init__(self, form: Form, lists: Mapping[str, RowsCard[Any]] | None = None) -> None:
        super().__init__()
        self.form = form
        self.lists: dict[str, RowsCard[Any]] = dict(lists or {})
        self._clean_rows = self._rows_state()
        if self._main is not None:
            self._main.show_key("Ins")
        form.edited.connect(self.edited)
        for name, rows in self.lists.items():
            rows.edited.connect(lambda name=name: self.edited.emit(name))

    def values_of(self, card: Any) -> dict[str, Any]:
        """The fields of a card by the names of the form."""
        return {name: getattr(card, name) for name in self.form.fields() if hasattr(card, name)}

    def rows_of(self, card: Any, name: str) -> Sequence[BaseModel]:
        """The rows of a list of a card, as its `RowsCard` keeps them."""
        return getattr(card, name)

    def show_card(self, card: Any) -> None:
        """What is shown now is what is saved."""
        self.form.set_values(self.values_of(card))
        for name, rows in self.lists.items():
            rows.set_rows(self.rows_of(card, name))
        self._clean_rows = self._rows_state()

    def set_read_only(self, on: bool) -> None:
        self.form.set_read_only(on)
        for rows in self.lists.values():
            rows.set_read_only(on)

    def add_row(self) -> None:
        """Ins: to the first list, unless the record may only be read."""
        if self._main is not None:
            self._main.add_row()

    @property
    def is_dirty(self) -> bool:
        return self.form.is_dirty or self._rows_state() != self._clean_rows

    @property
    def names(self) -> list[str]:
        """Everything that two versions may differ in."""
        return [*self.form.fields(), *self.lists]

    def title_of(self, name: str) -> str:
        return self.lists[name].title() if name in self.lists else self.form.field(name).title

    def state(self) -> dict[str, Any]:
        """As JSON, for a draft and for comparing versions."""
        return {**self.form.snapshot(), **self._rows_state()}

    def state_of(self, card: Any) -> dict[str, Any]:
        """The same of a card as it is saved."""
        dumped = card.model_dump(mode="json")
        values = {name: dumped.get(name) for name in self.form.fields()}
        return {**values, **{name: _dump(self.rows_of(card, name)) for name in self.lists}}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.form.restore({name: value for name, value in state.items() if name not in self.lists})
        for name, rows in self.lists.items():
            if name in state:
                rows.set_rows([rows.model.model_validate(row) for row in state[name]])

    def take(self, name: str, card: Any) -> None:
        """Puts the saved value of one field (or list) into what is being typed."""
        if name in self.lists:
            self.lists[name].set_rows(self.rows_of(card, name))
        else:
            self.form.set_values({name: self.values_of(card)[name]}, clean=False)

    @property
    def _main(self) -> RowsCard[Any] | None:
        return next(iter(self.lists.values()), None)

    def _rows_state(self) -> dict[str, Any]:
        return {name: _dump(rows.rows()) for name, rows in self.lists.items()}


def _dump(rows: Sequence[BaseModel]) -> list[dict[str, Any]]:
    return [row.model_dump(mode="json") for row in rows]
