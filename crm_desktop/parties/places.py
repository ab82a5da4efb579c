"""Sites and bank accounts of a party."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from crm_contract.lists import Tone
from crm_contract.parties import AccountBody, SiteBody
from crm_contract.requisites import check_account, check_bic
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.preview import IconLine
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.choice_fields import CheckField
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.labels import ElidedLabel, Label
from crm_desktop.widgets.pills import Tag
from crm_desktop.widgets.rows_card import RowsCard, stacked
from crm_desktop.widgets.text_fields import CheckedEdit, MultilineEdit, TextEdit


class SitesCard(RowsCard[SiteBody]):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(SiteBody, tr("Объекты"), tr("Объект"), tr("Где стоит оборудование и куда везти товар"),
                         _site, self._ask, parent)

    def _ask(self, site: SiteBody | None, done: Callable[[SiteBody], None]) -> Dialog:
        form = Form([
            [cell("name", TextEdit(tr("Название"), required=True, max_length=200), 12)],
            [cell("address", TextEdit(tr("Адрес"), max_length=500), 12)],
            [cell("note", MultilineEdit(tr("Как попасть, кого спросить"), lines=2, max_length=500), 12)],
        ])
        if site is not None:
            form.set_values(site.model_dump())
        return _ask(self, tr("Объект"), form, lambda: done(SiteBody(id=site.id if site else None, **form.values())))


class AccountsCard(RowsCard[AccountBody]):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(AccountBody, tr("Банковские счета"), tr("Счёт"),
                         tr("Счёт нужен для договора и платёжек"), _account, self._ask, parent)

    def _ask(self, account: AccountBody | None, done: Callable[[AccountBody], None]) -> Dialog:
        bic = CheckedEdit(tr("БИК"), check_bic, tidy=_digits, required=True, max_length=12)
        number = CheckedEdit(tr("Расчётный счёт"), lambda text: check_account(text, bic.value()), tidy=_digits,
                             required=True, max_length=28)
        form = Form([
            [cell("bic", bic, 5), cell("bank", TextEdit(tr("Банк"), max_length=200), 7)],
            [cell("account", number, 12)],
            [cell("corr_account", CheckedEdit(tr("Корреспондентский счёт"), tidy=_digits, max_length=28), 12)],
            [cell("main", CheckField(tr("Основной счёт")), 12)],
        ])
        if account is not None:
            form.set_values(account.model_dump())
        else:
            form.set_values({"main": not self.rows()})
        return _ask(self, tr("Банковский счёт"), form, lambda: done(
            AccountBody(id=account.id if account else None, **form.values())))


def grouped_account(text: str) -> str:
    """`40702 810 9 0000 0001234`, as banks print it."""
    if len(text) != 20:
        return text
    return " ".join((text[:5], text[5:8], text[8], text[9:13], text[13:]))


def _site(site: SiteBody) -> QWidget:
    first = row(IconLine(Icon.MAP_PIN, site.name, strong=True))
    lines: list[QWidget] = []
    if site.address:
        lines.append(ElidedLabel(site.address, FontRole.CAPTION, "muted"))
    if site.note:
        lines.append(ElidedLabel(site.note, FontRole.CAPTION, "muted"))
    return stacked(first, *lines)


def _account(account: AccountBody) -> QWidget:
    mark = [Tag(tr("основной"), Tone.OK)] if account.main else []
    if check_account(account.account, account.bic):  # a list from Excel is loaded with its typing errors
        mark.append(Tag(tr("проверьте номер"), Tone.WARN))
    first = row(Label(grouped_account(account.account), FontRole.MEDIUM), *mark, None)
    bank = tr("БИК {bic} · {bank}").format(bic=account.bic, bank=account.bank or tr("банк не указан"))
    return stacked(first, ElidedLabel(bank, FontRole.CAPTION, "muted"))


def _ask(parent: QWidget, heading: str, form: Form, done: Callable[[], None]) -> Dialog:
    dialog = Dialog(parent.window(), heading, width=480)
    dialog.add(form)

    def save() -> None:
        if form.validate():
            dialog.accept()
            done()

    form.finished.connect(save)
    dialog.add_button(tr("Отмена"))
    dialog.add_button(tr("Готово"), save, ButtonKind.PRIMARY)
    dialog.open()
    form.focus_first()
    return dialog


def _digits(text: str) -> str:
    return "".join(sign for sign in text.strip() if not sign.isspace())
