"""The requisites of a party as a form; what is shown follows the kind of party."""

from typing import Any

from PySide6.QtCore import QObject

from crm_contract.lists import Choice
from crm_contract.parties import PARTY_KIND_TITLES, PartyKind
from crm_contract.requisites import check_email, check_inn, check_kpp, check_ogrn, check_phone
from crm_contract.vat import TAX_MODE_TITLES
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.lists.picks import pick_search
from crm_desktop.widgets.choice_fields import CheckField, ComboField
from crm_desktop.widgets.form import Form, cell, section_row
from crm_desktop.widgets.number_fields import AmountEdit, IntegerEdit
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.text_fields import CheckedEdit, MultilineEdit, PhoneEdit, TextEdit

KINDS = tuple(Choice(code, title) for code, title in PARTY_KIND_TITLES.items())
TAX_MODES = tuple(Choice(code, title) for code, title in TAX_MODE_TITLES.items())
#: Fields whose value is a reference: the name in `PartyCard` and in `PartyBody`.
REFS = {"manager": "manager_id", "branch": "branch_id", "price_kind": "price_kind_id"}
WATCHED_FOR_DUPLICATES = frozenset({"inn", "kpp", "name", "phone", "email"})
LENGTHS = {PartyKind.LEGAL: 10, PartyKind.SOLE: 12, PartyKind.PERSON: 12}


class PartyForm(Form):
    """`values()` are ready for `PartyBody`, without the lists."""

    def __init__(self, app: AppContext, parent: QObject | None = None) -> None:
        self._inn = CheckedEdit(tr("ИНН"), check_inn, tidy=_digits, max_length=14)
        super().__init__([
            [cell("kind", ComboField(tr("Вид"), KINDS, required=True), 12)],
            [cell("name", TextEdit(tr("Краткое наименование"), required=True, max_length=300), 12)],
            [cell("full_name", TextEdit(tr("Полное наименование"), max_length=500), 12)],
            [cell("inn", self._inn, 6), cell("kpp", CheckedEdit(tr("КПП"), check_kpp, max_length=9), 6)],
            [cell("ogrn", CheckedEdit(tr("ОГРН"), check_ogrn, tidy=_digits, max_length=18), 12)],
            [cell("legal_address", TextEdit(tr("Юридический адрес"), max_length=500), 12)],
            [cell("actual_address", TextEdit(tr("Фактический адрес"), max_length=500), 12)],
            [cell("phone", PhoneEdit(tr("Телефон"), check_phone), 12)],
            [cell("email", CheckedEdit(tr("Почта"), check_email, max_length=200), 12)],
            section_row(tr("Работа с клиентом")),
            [cell("manager", RefEdit(tr("Менеджер"), pick_search(app, "employee")), 6),
             cell("branch", RefEdit(tr("Филиал"), pick_search(app, "branch")), 6)],
            [cell("price_kind", RefEdit(tr("Вид цен"), pick_search(app, "price_kind")), 6),
             cell("segment", TextEdit(tr("Сегмент"), max_length=100), 6)],
            [cell("payment_days", IntegerEdit(tr("Отсрочка, дн."), maximum=365), 6),
             cell("debt_limit", AmountEdit(tr("Лимит долга, ₽")), 6)],
            [cell("is_customer", CheckField(tr("Клиент")), 4), cell("is_supplier", CheckField(tr("Поставщик")), 4),
             cell("is_own", CheckField(tr("Своя")), 4)],
            [cell("tax_mode", ComboField(tr("Налоговый режим"), TAX_MODES), 12)],
            section_row(tr("Подписывают")),
            [cell("director_title", TextEdit(tr("Должность руководителя"), max_length=200), 6),
             cell("director_name", TextEdit(tr("Руководитель"), max_length=200), 6)],
            [cell("director_basis", TextEdit(tr("Действует на основании"), max_length=200), 6),
             cell("accountant_name", TextEdit(tr("Главный бухгалтер"), max_length=200), 6)],
            [cell("note", MultilineEdit(tr("Примечание"), max_length=4000), 12)],
        ])
        self.edited.connect(lambda name: self._arrange() if name in ("kind", "is_own") else None)
        self._arrange()

    def show_new(self) -> None:
        self.set_values({"kind": PartyKind.LEGAL, "is_customer": True, "payment_days": 0})
        self._arrange()

    def set_values(self, values: Any, *, clean: bool = True) -> None:
        super().set_values(values, clean=clean)
        self._arrange()

    def restore(self, state: Any) -> None:
        super().restore(state)
        self._arrange()

    def body(self) -> dict[str, Any]:
        """Values by the names of `PartyBody`."""
        values = {REFS.get(name, name): value for name, value in self.values().items()}
        values["tax_mode"] = values["tax_mode"] or None
        values["payment_days"] = values["payment_days"] or 0
        if self.kind is not PartyKind.LEGAL:
            values["kpp"] = ""
        return values

    @property
    def kind(self) -> PartyKind:
        return PartyKind(self.field("kind").value() or PartyKind.LEGAL)

    def _arrange(self) -> None:
        kind = self.kind
        self.set_visible("kpp", kind is PartyKind.LEGAL)
        self.set_visible("ogrn", kind is not PartyKind.PERSON)
        for name in ("director_title", "director_name", "director_basis", "accountant_name"):
            self.set_visible(name, kind is PartyKind.LEGAL)
        self.set_visible("tax_mode", bool(self.field("is_own").value()))
        self.field("name").set_title(tr("Фамилия, имя, отчество") if kind is PartyKind.PERSON
                                     else tr("Краткое наименование"))
        self.field("ogrn").set_title(tr("ОГРНИП") if kind is PartyKind.SOLE else tr("ОГРН"))
        self._inn.set_check(lambda text: check_inn(text) or _wrong_length(text, kind))


def _wrong_length(text: str, kind: PartyKind) -> str:
    wanted = LENGTHS[kind]
    if text and len(text) != wanted:
        return tr("У этого вида контрагента ИНН из {wanted} цифр").format(wanted=wanted)
    return ""


def _digits(text: str) -> str:
    """Spaces and hyphens that came with a copied number go."""
    return "".join(sign for sign in text.strip() if sign not in " \u00a0-")
