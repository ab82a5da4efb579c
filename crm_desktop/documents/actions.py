"""What can be done with a document now, and the questions an action asks before it runs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from crm_contract.documents import ActionBody, DocumentRead
from crm_contract.kinds import Action, DocumentKind
from crm_contract.lists import Tone
from crm_desktop.documents.bodies import extra_text
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.dialogs import Dialog, confirm
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.kind_fields import SearchOf, rows_for
from crm_desktop.widgets.text_fields import MultilineEdit, PasswordEdit

#: `run` with the answers; its version is put in by the one who sends it.
Run = Callable[[ActionBody], object]


@dataclass(frozen=True, slots=True)
class Offered:
    """An action of the present state; `why_not` tells what blocks it. `by_pin`: another employee confirms it."""

    action: Action
    why_not: str = ""
    by_pin: bool = False


def offered(kind: DocumentKind, document: DocumentRead | None, can: Callable[[str], bool]) -> list[Offered]:
    """In the order of the declaration. A document that is not saved yet offers what its first state does."""
    if document is None:
        first = kind.workflow.initial.code
        return [Offered(action) for action in kind.workflow.actions
                if first in action.sources and can(kind.permission(action.permission or action.code))]
    found = {item.code: item for item in document.actions}
    return [Offered(action, found[action.code].why_not, found[action.code].by_pin)
            for action in kind.workflow.actions if action.code in found]


def main_action(offers: Sequence[Offered]) -> Action | None:
    """The primary button: the first primary action that is not blocked."""
    return next((item.action for item in offers if item.action.primary and not item.why_not), None)


def main_title(action: Action | None, *, closes: bool = True) -> str:
    """«Провести и закрыть»; titles that join two acts already take a comma."""
    title = action.title if action is not None else tr("Записать")
    if not closes or (action is not None and action.stays):
        return title
    words = tr("{title}, закрыть") if tr(" и ") in title else tr("{title} и закрыть")
    return words.format(title=title)


def ask(parent: QWidget, kind: DocumentKind, action: Action, number: str, search_of: SearchOf, run: Run,
        pin_of: str = "") -> Dialog | None:
    """Asks for whatever the action wants (reason, parameters, a confirmation), then runs it; at once if nothing.

    `pin_of` names the employee who confirms it with his PIN.
    """
    heading = f"{action.title}: {kind.named(number) if number else kind.short}"
    if pin_of:
        return _ask_pin(parent, heading, action, pin_of, run)
    if action.reason or action.asks:
        return _question(parent, action, heading, search_of, run)
    if action.confirm:
        return confirm(parent, heading, action.confirm, action.title, lambda: run(_answers("", {})))
    run(_answers("", {}))
    return None


def _ask_pin(parent: QWidget, heading: str, action: Action, name: str, run: Run) -> Dialog:
    dialog = Dialog(parent, heading)
    dialog.add_text(tr("{name}: проверьте документ и наберите свой ПИН-код. Он заменяет подпись.").format(name=name))
    form = Form([[cell("pin", PasswordEdit(tr("ПИН-код"), required=True), 12)]])
    dialog.add(form)

    def go() -> None:
        if form.validate():
            dialog.accept()
            run(_answers("", form.values()))

    dialog.add_button(tr("Отмена"))
    dialog.add_button(action.title, go, ButtonKind.PRIMARY)
    form.finished.connect(go)
    dialog.open()
    form.focus_first()
    return dialog


def _question(parent: QWidget, action: Action, heading: str, search_of: SearchOf, run: Run) -> Dialog:
    dialog = Dialog(parent, heading)
    if action.confirm:
        dialog.add_text(action.confirm)
    form = Form(rows_for(action.asks, search_of))
    reason = MultilineEdit(tr("Причина"), required=True, lines=3, max_length=1000) if action.reason else None
    if action.asks:
        dialog.add(form)
    if reason is not None:
        dialog.add(reason)

    def go() -> None:
        if not form.validate():
            return
        if reason is not None and not reason.validate():
            reason.setFocus()
            return
        dialog.accept()
        params = {name: extra_text(value) for name, value in form.values().items() if value not in (None, "")}
        run(_answers(reason.value() if reason is not None else "", params))

    dialog.add_button(tr("Отмена"))
    dialog.add_button(action.title, go, ButtonKind.DANGER if action.tone is Tone.ERROR else ButtonKind.PRIMARY)
    dialog.open()
    if action.asks:
        form.focus_first()
    elif reason is not None:
        reason.setFocus()
    return dialog


def _answers(reason: str, params: dict[str, Any]) -> ActionBody:
    return ActionBody(version=0, reason=reason, params=params)
