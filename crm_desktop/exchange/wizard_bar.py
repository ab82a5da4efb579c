"""The top of the import wizard: the file, the steps, the buttons to the next and the previous one."""

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.exchange import BUSY_STATES, ImportBatchRead, ImportCounts
from crm_desktop.exchange.setup import ImportSetup
from crm_desktop.exchange.steps import Step, next_words, step_titles, subtitle_words, why_not_next
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import CARD_GAP
from crm_desktop.widgets.labels import muted, title
from crm_desktop.widgets.stepper import Stepper


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the import is. `is_busy`: its check or its start has not been answered yet."""

    step: Step
    setup: ImportSetup | None
    batch: ImportBatchRead | None
    counts: ImportCounts | None
    is_reading: bool
    is_busy: bool

    def furthest(self) -> Step:
        """The last step that can be gone to."""
        if self.step is Step.LOAD or self.setup is None:
            return self.step
        return max(self.step, Step.MAPPING if self.setup.missing() else Step.CHECK)

    def why_not_next(self) -> str:
        if self.is_reading:
            return tr("Файл ещё читается")
        if self.step is Step.LOAD:
            return tr("Загрузка ещё идёт") if self.batch is None or self.batch.state in BUSY_STATES else ""
        return why_not_next(self.step, self.setup, self.counts, is_busy=self.is_busy)


class WizardBar(QWidget):
    """Shows a `Progress`; what the buttons and the stepper do is the page's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._subtitle = muted()
        self.back = Button(tr("Назад"), icon=Icon.BACK)
        self.next = Button("", ButtonKind.PRIMARY, icon=Icon.ARROW_RIGHT, key="Ctrl+Enter")
        self.stepper = Stepper(step_titles())
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(title(tr("Импорт из Excel")))
        head.addSpacing(4)
        head.addWidget(self._subtitle)
        head.addStretch(1)
        head.addWidget(self.back)
        head.addWidget(self.next)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(CARD_GAP)
        outer.addLayout(head)
        outer.addWidget(self.stepper)

    def show_progress(self, progress: Progress) -> None:
        step, setup = progress.step, progress.setup
        self.stepper.set_step(step, progress.furthest())
        self.back.setVisible(step is not Step.FILE)
        self.back.setText(tr("Новый импорт") if step is Step.LOAD else tr("Назад"))
        self.back.set_icon(Icon.PLUS if step is Step.LOAD else Icon.BACK)
        self.next.setText(next_words(step, progress.counts, has_file=setup is not None))
        self.next.set_icon(Icon.UPLOAD if step is Step.CHECK or setup is None else Icon.FORWARD)
        self.next.set_why_not(progress.why_not_next())
        self._subtitle.setText(subtitle_words(setup, progress.batch))
