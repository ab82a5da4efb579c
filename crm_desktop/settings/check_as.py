"""«Проверить как»: what a person with this role sees and does, with the changes that are not saved."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.access import RoleRead, UserRead
from crm_contract.lists import Choice, Tone
from crm_contract.permissions import SCOPE_TITLES, Scope
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.preview import IconLine
from crm_desktop.settings.grants_field import GrantsField
from crm_desktop.settings.role_matrix import changes, joined, visible
from crm_desktop.widgets.bars import InlineBar
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.choice_fields import ComboField
from crm_desktop.widgets.flow_layout import FlowLayout
from crm_desktop.widgets.labels import caption
from crm_desktop.widgets.pills import Pill
from crm_desktop.widgets.scrolled import scrolled

WIDTH = 276
ROLE_ONLY = "role"


class CheckAs(Card):
    def __init__(self, grants: GrantsField, parent: QWidget | None = None) -> None:
        super().__init__(tr("Проверить как"), margins=False, parent=parent)
        self.setFixedWidth(WIDTH)
        self._grants = grants
        self._role_id: int | None = None
        self._roles: Mapping[int, RoleRead] = {}
        self._users: Sequence[UserRead] = ()
        self._person = ComboField("", blank=False)
        self._person.editor.setAccessibleName(tr("Проверить как"))
        self._person.edited.connect(self.show_answer)
        self._unsaved = InlineBar(tr("С учётом несохранённых правок этой роли"), Tone.INFO)
        self._content = QVBoxLayout()
        self._content.setSpacing(8)
        holder = QWidget()
        inner = QVBoxLayout(holder)
        inner.setContentsMargins(15, 0, 15, 12)
        inner.addWidget(self._person)
        inner.addWidget(self._unsaved)
        inner.addLayout(self._content)
        inner.addStretch(1)
        self.add(scrolled(holder), 1)
        self._show_people()

    def set_people(self, role_id: int | None, users: Sequence[UserRead], roles: Sequence[RoleRead]) -> None:
        self._role_id = role_id
        self._roles = {role.id: role for role in roles}
        self._users = [user for user in users if user.active and role_id in {role.id for role in user.roles}]
        self._show_people()

    def show_answer(self) -> None:
        while (item := self._content.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        grants, objects = self._effective(), self._grants.objects
        seen, hidden = visible(objects, grants)
        self._add_pills(tr("Видит"), seen, Tone.OK)
        self._add_pills(tr("Не видит"), hidden, Tone.NEUTRAL)
        changed = changes(objects, self._grants.value(), self._grants.saved)
        self._unsaved.setVisible(bool(changed))
        if changed:
            self._content.addWidget(caption(tr("Изменено этой правкой")))
        for found, right in changed:
            scope = self._grants.value().get(right.code)
            words = f"{found.title}: {right.title.lower()}" if right.title != found.title else found.title
            if scope is None:
                self._content.addWidget(IconLine(Icon.X_CIRCLE_FILL, words, tone="error"))
            else:
                reach = f" · {SCOPE_TITLES[Scope(scope)]}" if right.scoped else ""
                self._content.addWidget(IconLine(Icon.CHECK_CIRCLE_FILL, words + reach, tone="ok"))

    def _effective(self) -> dict[str, int]:
        """The rights of the chosen person: this role as it is typed, the others as they are saved."""
        own = self._grants.value()
        user = next((user for user in self._users if str(user.id) == self._person.value()), None)
        if user is None:
            return own
        others = [self._roles[role.id].grants for role in user.roles
                  if role.id != self._role_id and role.id in self._roles]
        return joined([own, *others])

    def _show_people(self) -> None:
        people = [Choice(str(user.id), f"{user.name} · {user.position}" if user.position else user.name)
                  for user in self._users]
        self._person.set_choices([Choice(ROLE_ONLY, tr("Только эта роль")), *people])
        if not self._person.value():
            self._person.set_value(ROLE_ONLY)
        self.show_answer()

    def _add_pills(self, heading: str, titles: Sequence[str], tone: Tone) -> None:
        if not titles:
            return
        self._content.addWidget(caption(heading))
        holder = QWidget()
        flow = FlowLayout()
        for title in titles:
            flow.addWidget(Pill(title, tone))
        holder.setLayout(flow)
        self._content.addWidget(holder)
