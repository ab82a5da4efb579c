"""The rights of a role as one field of its form, shown as a matrix."""

from typing import Any

from PySide6.QtWidgets import QWidget

from crm_contract.permission_matrix import Right, RightsObject, rights_objects
from crm_contract.permissions import SCOPE_TITLES, Scope
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.settings.role_matrix import COLUMNS, matrix_rows, toggled, toggled_right, with_scope
from crm_desktop.widgets.check_matrix import CheckMatrix
from crm_desktop.widgets.field import Field
from crm_desktop.widgets.menu import Menu


class GrantsField(Field):
    """`value()` maps a permission to its scope. What differs from the saved role is marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._title = tr("Права")
        self.objects = rights_objects()
        self._by_code = {found.code: found for found in self.objects}
        self._grants: dict[str, int] = {}
        self._saved: dict[str, int] = {}
        self._folded: set[str] = set()
        self._unfolded: set[str] = set()
        self.matrix = CheckMatrix(tr("Объект"), COLUMNS, tr("Права роли"))
        self.matrix.toggled.connect(self._toggle)
        self.matrix.choice_asked.connect(self._ask_scope)
        self.matrix.fold_asked.connect(self._fold)
        self._column.addWidget(self.matrix, 1)
        self.setFocusProxy(self.matrix)
        policy = self.sizePolicy()
        policy.setVerticalPolicy(policy.Policy.Expanding)
        self.setSizePolicy(policy)
        self._show()

    @property
    def saved(self) -> dict[str, int]:
        return dict(self._saved)

    def set_saved(self, grants: dict[str, int]) -> None:
        """What the marks compare with."""
        self._saved = dict(grants)
        self._show()

    def value(self) -> dict[str, int]:
        return dict(sorted(self._grants.items()))

    def set_value(self, value: Any) -> None:
        self._grants = {code: int(scope) for code, scope in (value or {}).items()}
        self._show()

    def is_empty(self) -> bool:
        return not self._grants

    def right(self, code: str) -> tuple[RightsObject, Right] | None:
        return next(((found, right) for found in self.objects for right in found.rights if right.code == code), None)

    def _toggle(self, row: str, column: str) -> None:
        code, _, right_code = row.partition("/")
        found = self._by_code[code]
        if right_code:
            right = next(right for right in found.rights if right.code == right_code)
            self._change(toggled_right(found, right, self._grants))
        else:
            self._change(toggled(found, column, self._grants))

    def _ask_scope(self, row: str, column: str) -> None:
        code, _, right_code = row.partition("/")
        rights = [right for right in self._by_code[code].rights if right_code in ("", right.code)]
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        present = {self._grants.get(right.code) for right in rights if right.scoped} - {None}
        for scope in Scope:
            menu.add(SCOPE_TITLES[scope], lambda scope=scope: self._change(with_scope(rights, scope, self._grants)),
                     icon=Icon.CHECK if present == {int(scope)} else "", key=str(int(scope)))
        menu.popup(self.matrix.cell_rect(row, column).bottomLeft())

    def _fold(self, row: str) -> None:
        if row.startswith("group:"):
            self._folded ^= {row.removeprefix("group:")}
        else:
            self._unfolded ^= {row}
        self._show()

    def _change(self, grants: dict[str, int]) -> None:
        self._grants = grants
        self._show()
        self._mark_edited()

    def _show(self) -> None:
        self.matrix.set_rows(matrix_rows(self.objects, self._grants, self._saved, self._folded, self._unfolded))

    def _show_error(self, on: bool) -> None:
        """The page tells; a matrix is not red."""

    def _show_read_only(self, on: bool) -> None:
        self.matrix.set_read_only(on)
