"""What can be done with a reserve, from wherever it is shown: let it go, give it to another order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from crm_contract.base import Created
from crm_contract.lists import Choice
from crm_contract.permissions import Permission
from crm_contract.reserves import MoveReserveBody, ReserveMoved, ReserveTarget
from crm_contract.stock import ReleaseBody
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.problems import problem_of
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.choice_fields import ComboField
from crm_desktop.widgets.dialogs import Dialog, ask_reason
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.labels import Label
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.number_fields import QuantityEdit
from crm_desktop.widgets.text_fields import MultilineEdit

ROUTE = "/api/stock/reservations"


@dataclass(frozen=True, slots=True)
class Reserve:
    """An active reserve as it was seen: `title` is its product, `rest` what it still holds."""

    id: int
    version: int
    title: str
    rest: Decimal


Done = Callable[[], None]


def may_release(app: AppContext) -> bool:
    return app.session.can(Permission.STOCK_RESERVE)


def may_move(app: AppContext) -> bool:
    return app.session.can(Permission.STOCK_MOVE_RESERVE)


def ask_release(app: AppContext, owner: QWidget, reserve: Reserve, done: Done) -> None:
    """With a reason; the owner shows what the server refuses."""
    def send(reason: str) -> None:
        body = ReleaseBody(version=reserve.version, reason=reason)
        app.tasks.run(owner, lambda: app.api.post(f"{ROUTE}/{reserve.id}/release", Created, body), lambda _: done())

    ask_reason(owner.window(), tr("Снять резерв: {title}?").format(title=reserve.title), tr("Снять резерв"), send)


def ask_move(app: AppContext, owner: QWidget, reserve: Reserve, done: Done) -> "MoveDialog":
    dialog = MoveDialog(app, owner.window(), reserve, done)
    dialog.open()
    return dialog


def open_menu(app: AppContext, owner: QWidget, button: QWidget, reserve: Reserve, done: Done) -> None:
    """Both, below a button beside the reserve."""
    menu = Menu(owner)
    menu.aboutToHide.connect(menu.deleteLater)
    if may_move(app):
        menu.add(tr("Передать другому заказу…"), lambda: ask_move(app, owner, reserve, done), icon=Icon.SEND)
    if may_release(app):
        menu.add(tr("Снять резерв…"), lambda: ask_release(app, owner, reserve, done), icon=Icon.LOCK)
    menu.open_below(button, align_right=True)


class MoveDialog(Dialog):
    """To whom, how many and why. Who lacks the goods is asked first, the most urgent one is offered."""

    def __init__(self, app: AppContext, parent: QWidget, reserve: Reserve, done: Done) -> None:
        super().__init__(parent, tr("Передать резерв: {title}").format(title=reserve.title), width=560)
        self._app, self._reserve, self._done = app, reserve, done
        self._targets: dict[str, ReserveTarget] = {}
        self._told = Label(tr("Ищу, кому не хватает этого товара…"), FontRole.BODY, "muted", wrap=True)
        self.add(self._told)
        self.target = ComboField(tr("Кому"), required=True)
        self.quantity = QuantityEdit(tr("Сколько"), required=True, minimum=Decimal("0.001"))
        self.reason = MultilineEdit(tr("Причина"), required=True, lines=2, max_length=300,
                                    hint=tr("Её увидят в обоих документах"))
        self.form = Form([[cell("document_id", self.target, 12)], [cell("quantity", self.quantity, 4)],
                          [cell("reason", self.reason, 12)]])
        self.add(self.form)
        self.form.hide()
        self.form.edited.connect(self._on_edited)
        self.add_button(tr("Отмена"))
        self.save = self.add_button(tr("Передать"), self._send, ButtonKind.PRIMARY)
        self.save.hide()
        app.tasks.run(self, lambda: app.api.get(f"{ROUTE}/{reserve.id}/targets", list[ReserveTarget]), self._show)

    def _show(self, targets: Sequence[ReserveTarget]) -> None:
        if not targets:
            self._told.setText(tr("Этот товар на этом складе больше никто не ждёт: передавать некому."))
            return
        self._told.setText(tr("Держит {n}. Причина и кто передал останутся в обоих документах.").format(
            n=formatting.quantity(self._reserve.rest)))
        self._targets = {str(target.document_id): target for target in targets}
        self.target.set_choices([Choice(code, _words(target)) for code, target in self._targets.items()])
        self.target.set_value(next(iter(self._targets)))
        self._on_edited("document_id")
        self.form.show()
        self.save.show()
        self.adjustSize()
        self.reason.setFocus()

    def _on_edited(self, name: str) -> None:
        target = self._targets.get(str(self.target.value()))
        if name == "document_id" and target is not None:
            self.quantity.set_value(min(target.wanted, self._reserve.rest))

    def _send(self) -> None:
        if not self.form.validate():
            return
        body = MoveReserveBody(version=self._reserve.version, document_id=int(self.target.value()),
                               quantity=self.quantity.value(), reason=self.reason.value())
        self._app.tasks.run(
            self, lambda: self._app.api.post(f"{ROUTE}/{self._reserve.id}/move", ReserveMoved, body), self._moved,
            self._failed, busy=self.save)

    def _moved(self, moved: ReserveMoved) -> None:
        self.accept()
        self._done()

    def _failed(self, error: BaseException) -> None:
        problem = problem_of(error)
        if not problem.field_errors or self.form.set_errors(problem.field_errors):
            self._told.setText(problem.text)
            self._told.set_tone("error")


def _words(target: ReserveTarget) -> str:
    parts = [target.document, tr("срочно") if target.high else "", target.party,
             tr("не хватает {n}").format(n=formatting.quantity(target.wanted))]
    parts += [tr("к {day}").format(day=formatting.day(target.due))] if target.due else []
    return " · ".join(part for part in parts if part)
