"""Which roles somebody has: check boxes as one field of a form."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.access import RoleRead
from crm_desktop.widgets.choice_fields import CheckBox
from crm_desktop.widgets.field import Field


class RoleChoice(Field):
    """`value()` is the list of ids. A chosen role that is not in the list any more stays chosen."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._title = title
        self._boxes: dict[int, CheckBox] = {}
        self._chosen: set[int] = set()
        self._holder = QWidget()
        self._list = QVBoxLayout(self._holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(8)
        self._place_editor(self._holder)

    def set_roles(self, roles: Sequence[RoleRead]) -> None:
        for box in self._boxes.values():
            box.hide()
            box.deleteLater()
        self._boxes = {}
        for role in roles:
            box = CheckBox(role.title)
            box.clicked.connect(lambda on, id=role.id: self._toggle(id, on=on))
            self._boxes[role.id] = box
            self._list.addWidget(box)
        self._show_chosen()

    def value(self) -> list[int]:
        return sorted(self._chosen)

    def set_value(self, value: Any) -> None:
        self._chosen = set(value or ())
        self._show_chosen()
        self.set_error("")

    def is_empty(self) -> bool:
        return not self._chosen

    def _toggle(self, id: int, *, on: bool) -> None:
        self._chosen = self._chosen | {id} if on else self._chosen - {id}
        self._mark_edited()

    def _show_chosen(self) -> None:
        for id, box in self._boxes.items():
            box.setChecked(id in self._chosen)
            box.setEnabled(not self.is_read_only)

    def _show_error(self, on: bool) -> None:
        """The message below is enough."""

    def _show_read_only(self, on: bool) -> None:
        for box in self._boxes.values():
            box.setEnabled(not on)
