"""An employee accepts by PIN what the terminal has given out, once the server has posted it.

The PIN lives in memory for that moment alone. Without a network, or when nobody types it again, the paper stays
«Выдано, не принято»: the employee accepts it later.
"""

from PySide6.QtCore import QObject, Signal

from crm_contract.base import Created
from crm_contract.documents import ActionBody
from crm_contract.lists import Tone
from crm_contract.terminal import OperationDone
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.terminal.desk import Desk
from crm_desktop.terminal.pages import PadScreen


class Acceptance(QObject):
    """`told(words, tone)`: what came of it. `again`: title and problem of a paper whose PIN did not fit."""

    told = Signal(str, object)
    left = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._done: OperationDone | None = None
        self.again: tuple[str, str] | None = None

    def accept(self, done: OperationDone, pin: str) -> None:
        body = ActionBody(version=done.version, params={"pin": pin})
        self._desk.tasks.run(
            self, lambda: self._desk.api.post(f"/api/documents/{done.document.id}/actions/accept", Created, body),
            lambda _: self._accepted(done), lambda error: self._refused(done, error))

    def ask(self) -> None:
        """The digits once more; Esc leaves the paper for later."""
        done = self._done
        if done is None:
            return
        pad = PadScreen(tr("Приём сотрудником"), tr("{title}: ПИН-код сотрудника. Esc — примет позже").format(
            title=done.document.title), hidden=True)
        pad.entered.connect(lambda pin: self._try(done, pin))
        pad.back.connect(self._leave)
        self._desk.window.go(pad)

    def _try(self, done: OperationDone, pin: str) -> None:
        self.again = None
        self.told.emit(tr("{title}: проверяем ПИН-код").format(title=done.document.title), Tone.OK)
        self.left.emit()
        self.accept(done, pin)

    def _leave(self) -> None:
        self.again = None
        title = self._done.document.title if self._done else ""
        self.told.emit(tr("{title}: выдано, сотрудник примет позже").format(title=title), Tone.WARN)
        self.left.emit()

    def _accepted(self, done: OperationDone) -> None:
        self.again = None
        self.told.emit(tr("{title}: выдано и принято сотрудником").format(title=done.document.title), Tone.OK)

    def _refused(self, done: OperationDone, error: BaseException) -> None:
        problem = problem_of(error)
        self._done, self.again = done, (done.document.title, f"{problem.message}. {problem.action}")
        self.told.emit(problem.message, Tone.ERROR)
