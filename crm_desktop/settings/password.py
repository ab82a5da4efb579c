"""Passwords and PINs: the own one is changed knowing the old, another person's is set anew by the administrator."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QApplication, QWidget

from crm_contract.access import PasswordBody, PasswordReset, PinBody, UserRead
from crm_contract.base import Created
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.kit.tasks import Tasks
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.text_fields import PasswordEdit


def change_own_password(app: AppContext) -> None:
    """The command of the palette."""
    ask_own_password(app.tasks, app.api, QApplication.activeWindow(), tr("Смена своего пароля"), lambda: None)


def ask_own_password(tasks: Tasks, api: ApiClient, parent: QWidget | None, heading: str,
                     done: Callable[[], object]) -> Dialog:
    """Asks for the old and the new one; the other sessions of the person end."""
    form = Form([
        [cell("old", PasswordEdit(tr("Старый пароль"), required=True), 12)],
        [cell("new", PasswordEdit(tr("Новый пароль"), required=True, hint=tr("Не короче 8 знаков")), 12)],
        [cell("repeat", PasswordEdit(tr("Новый пароль ещё раз"), required=True), 12)],
    ])

    def sending() -> Callable[[], object]:
        body = PasswordBody(old=form.field("old").value(), new=form.field("new").value())
        return partial(api.post, "/api/me/password", None, body)

    return _ask(tasks, parent, heading, "new", form, sending, lambda _: done())


def ask_new_password(app: AppContext, owner: QWidget, user: UserRead, done: Callable[[], object]) -> Dialog:
    """The sessions of the user end; at the next log-in the person has to choose a password."""
    form = Form([
        [cell("password", PasswordEdit(tr("Новый пароль"), required=True, hint=tr("Не короче 8 знаков")), 12)],
        [cell("repeat", PasswordEdit(tr("Ещё раз"), required=True), 12)],
    ])

    def sending() -> Callable[[], object]:
        body = PasswordReset(password=form.values()["password"], version=user.version)
        return partial(app.api.post, f"/api/users/{user.id}/password", Created, body)

    return _ask(app.tasks, owner.window(), tr("Новый пароль для {name}").format(name=user.name), "password", form,
                sending, lambda _: done())


def ask_pin(app: AppContext, owner: QWidget, user: UserRead, done: Callable[[], object]) -> Dialog:
    """The digits that open the stock terminal after the badge; empty ones close that log-in."""
    form = Form([
        [cell("pin", PasswordEdit(tr("ПИН-код"), hint=tr("4–8 цифр; пусто — вход по бейджу закрыт")), 12)],
        [cell("repeat", PasswordEdit(tr("Ещё раз")), 12)],
    ])

    def sending() -> Callable[[], object]:
        body = PinBody(pin=form.values()["pin"], version=user.version)
        return partial(app.api.post, f"/api/users/{user.id}/pin", Created, body)

    return _ask(app.tasks, owner.window(), tr("ПИН-код терминала: {name}").format(name=user.name), "pin", form,
                sending, lambda _: done(), action=tr("Задать ПИН-код"))


def _ask(tasks: Tasks, parent: QWidget | None, heading: str, name: str, form: Form,
         sending: Callable[[], Callable[[], object]], done: Callable[[object], object], action: str = "") -> Dialog:
    """`sending()` reads the form and gives the blocking call; the field `name` is the one that is repeated."""
    dialog = Dialog(parent, heading)
    messages = MessageBar()
    dialog.add(messages)
    dialog.add(form)

    def failed(error: BaseException) -> None:
        problem = problem_of(error)
        form.set_errors(problem.field_errors)
        messages.show_problem(problem)

    def saved(answer: object) -> None:
        dialog.accept()
        done(answer)

    def save() -> None:
        if not form.validate():
            return
        if form.field(name).value() != form.field("repeat").value():
            form.set_errors({"repeat": tr("Не совпадает с первым")})
            return
        tasks.run(dialog, sending(), saved, failed, key="password")

    form.finished.connect(save)
    dialog.add_button(tr("Отмена"))
    dialog.add_button(action or tr("Сменить пароль"), save, ButtonKind.PRIMARY)
    dialog.open()
    form.focus_first()
    return dialog
