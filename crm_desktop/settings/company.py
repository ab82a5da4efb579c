"""The settings of the company from the registry of the contract, a card for each group."""

from collections.abc import Callable, Mapping
from typing import Any

from crm_contract.permissions import Permission
from crm_contract.settings import SETTINGS, Setting, SettingChange, SettingRead, SettingsBody, SettingType
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.settings.form_page import FormPage
from crm_desktop.settings.record import lay_out
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.choice_fields import CheckField
from crm_desktop.widgets.field import Field
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.number_fields import IntegerEdit
from crm_desktop.widgets.text_fields import MultilineEdit, TextEdit


def field_of(setting: Setting[Any]) -> Field:
    match setting.type:
        case SettingType.FLAG:
            return CheckField(setting.title, hint=setting.hint)
        case SettingType.INTEGER:
            return IntegerEdit(setting.title, required=True, minimum=setting.least, maximum=setting.most)
        case SettingType.MULTILINE:
            return MultilineEdit(setting.title, hint=setting.hint, lines=3, max_length=setting.most)
        case _:
            return TextEdit(setting.title, hint=setting.hint, max_length=setting.most)


class CompanyPage(FormPage):
    watches = frozenset({"setting"})

    def __init__(self, app: AppContext) -> None:
        super().__init__(app, tr("Параметры компании"), Permission.SETTINGS_EDIT)
        self._forms: dict[str, Form] = {}
        self._read: Mapping[str, SettingRead] = {}
        columns: list[list[Card]] = [[], []]
        for group in dict.fromkeys(setting.group for setting in SETTINGS):
            form, card = Form(), Card(group)
            for setting in SETTINGS:
                if setting.group == group:
                    form.add_row(cell(setting.code, field_of(setting), 12))
                    self._forms[setting.code] = form
            form.edited.connect(lambda name: self.check_dirty())
            form.set_read_only(not self.may_edit)
            card.add(form)
            columns[len(columns[0]) > len(columns[1])].append(card)
        lay_out(self, self.header, self.messages, columns)

    def read(self) -> list[SettingRead]:
        return self.app.api.get("/api/settings", list[SettingRead])

    def show_answer(self, answer: list[SettingRead]) -> None:
        self._read = {setting.code: setting for setting in answer}
        for form in set(self._forms.values()):
            form.set_values({code: setting.value for code, setting in self._read.items() if code in form.fields()})

    def focus_start(self) -> None:
        next(iter(self._forms.values())).focus_first()

    def is_changed(self) -> bool:
        return any(form.is_dirty for form in self._forms.values())

    def validate(self) -> bool:
        bad = [form for form in dict.fromkeys(self._forms.values()) if not form.validate()]
        return not bad

    def show_errors(self, errors: dict[str, str]) -> None:
        for form in dict.fromkeys(self._forms.values()):
            form.set_errors({code: text for code, text in errors.items() if code in form.fields()})

    def sending(self) -> Callable[[], list[SettingRead]]:
        changes = [SettingChange(code=code, value=form.field(code).value(), version=self._read[code].version)
                   for code, form in self._forms.items() if code in form.changed_names()]
        return lambda: self.app.api.put("/api/settings", list[SettingRead], SettingsBody(changes=changes))
