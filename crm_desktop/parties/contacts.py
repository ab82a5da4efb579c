"""Contacts of a party: rows with role pills, the dialog of one contact."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from crm_contract.parties import ContactBody, ContactRole
from crm_contract.requisites import check_email, check_phone
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.preview import IconLine
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.choice_fields import CheckBox, CheckField
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.flow_layout import FlowLayout
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.labels import Label, caption
from crm_desktop.widgets.pills import Avatar, Tag
from crm_desktop.widgets.rows_card import RowsCard, stacked
from crm_desktop.widgets.text_fields import CheckedEdit, MultilineEdit, PhoneEdit, TextEdit

Done = Callable[[ContactBody], None]


class ContactsCard(RowsCard[ContactBody]):
    def __init__(self, parent: QWidget | None = None) -> None:
        self._roles: dict[str, ContactRole] = {}
        super().__init__(ContactBody, tr("Контакты"), tr("Контакт"),
                         tr("Добавьте человека: ему уйдут счета и письма его роли"), self._contact, self._ask, parent)

    def set_roles(self, roles: Sequence[ContactRole]) -> None:
        known = {role.code: role for role in roles}
        if known != self._roles:
            self._roles = known
            self._show()

    def _contact(self, contact: ContactBody) -> QWidget:
        roles = [self._roles.get(code) for code in contact.roles]
        tags = [Tag(role.title, role.tone) for role in roles if role is not None]
        first = FlowLayout()  # a person of many roles takes a second line, nothing is cut
        first.addWidget(Label(contact.name, FontRole.STRONG))
        if contact.position:
            first.addWidget(Label(contact.position, FontRole.CAPTION, "muted"))
        for tag in tags:
            first.addWidget(tag)
        mail = contact.emails[0] if contact.emails else ""
        second = row(*([Label(contact.phones[0], FontRole.MEDIUM, "accent")] if contact.phones else []), gap=14)
        if mail:
            address = IconLine(Icon.ENVELOPE if contact.mail_consent else Icon.PROHIBIT, mail)
            if not contact.mail_consent:
                address.setToolTip(tr("{mail}: нет согласия на рассылку, документы отправлять можно").format(mail=mail))
            second.addWidget(address, 1)
        holder = QWidget()
        face = Avatar(contact.name, 36)
        line = row(face, stacked(first, second), gap=12)
        line.setStretch(1, 1)
        line.setAlignment(face, Qt.AlignmentFlag.AlignVCenter)
        holder.setLayout(line)
        return holder

    def _ask(self, contact: ContactBody | None, done: Done) -> Dialog:
        return ask_contact(self, contact, list(self._roles.values()), done)


def ask_contact(parent: QWidget, contact: ContactBody | None, roles: Sequence[ContactRole], done: Done) -> Dialog:
    """Who it is and what they get first; Enter goes on, Ctrl+Enter is «Готово» from anywhere."""
    dialog = Dialog(parent.window(), tr("Контакт"), width=520)
    form = Form([
        [cell("name", TextEdit(tr("Фамилия, имя, отчество"), required=True, max_length=200), 12)],
        [cell("position", TextEdit(tr("Должность"), max_length=200), 12)],
        [cell("phone", PhoneEdit(tr("Телефон"), check_phone), 6),
         cell("email", CheckedEdit(tr("Почта"), check_email, max_length=200), 6)],
    ])
    more = Form([
        [cell("phone_2", PhoneEdit(tr("Второй телефон"), check_phone), 6),
         cell("email_2", CheckedEdit(tr("Вторая почта"), check_email, max_length=200), 6)],
        [cell("mail_consent", CheckField(tr("Согласие на рассылку получено")), 12)],
        [cell("note", MultilineEdit(tr("Примечание"), lines=2, max_length=1000), 12)],
    ])
    choice = RoleChoice(roles, contact.roles if contact else ())
    if contact is not None:
        for part in (form, more):
            part.set_values(_shown(contact))
    dialog.add(form)
    dialog.add(caption(tr("Роли: кому какие документы отправлять")))
    dialog.add(choice)
    dialog.add(more)

    def save() -> None:
        if form.validate() and more.validate():
            dialog.accept()
            done(_contact_of({**form.values(), **more.values()}, choice.codes(), contact))

    form.finished.connect(choice.focus_first)
    dialog.add_button(tr("Отмена"))
    dialog.add_button(tr("Готово"), save, ButtonKind.PRIMARY)
    dialog.open()
    form.focus_first()
    return dialog


class RoleChoice(QWidget):
    """Check boxes of the company's roles."""

    def __init__(self, roles: Sequence[ContactRole], chosen: Sequence[str]) -> None:
        super().__init__()
        flow = FlowLayout()
        self._boxes: dict[str, CheckBox] = {}
        for role in roles:
            box = CheckBox(role.title)
            box.setChecked(role.code in chosen)
            self._boxes[role.code] = box
            flow.addWidget(box)
        self.setLayout(flow)

    def focus_first(self) -> None:
        for box in self._boxes.values():
            box.setFocus(Qt.FocusReason.TabFocusReason)
            return

    def codes(self) -> list[str]:
        return [code for code, box in self._boxes.items() if box.isChecked()]


def _shown(contact: ContactBody) -> dict[str, object]:
    phones, emails = [*contact.phones, "", ""], [*contact.emails, "", ""]
    return {"name": contact.name, "position": contact.position, "note": contact.note,
            "mail_consent": contact.mail_consent, "phone": phones[0], "phone_2": phones[1],
            "email": emails[0], "email_2": emails[1]}


def _contact_of(values: Mapping[str, Any], roles: Sequence[str], old: ContactBody | None) -> ContactBody:
    phones = [values["phone"], values["phone_2"], *(old.phones[2:] if old else ())]
    emails = [values["email"], values["email_2"], *(old.emails[2:] if old else ())]
    return ContactBody(
        id=old.id if old else None, name=values["name"], position=values["position"], roles=list(roles),
        phones=[phone for phone in phones if phone], emails=[email for email in emails if email],
        mail_consent=values["mail_consent"], note=values["note"])
