"""Step «Загрузка»: the progress and what came of it."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.exchange import ImportBatchRead
from crm_desktop.exchange.batch_view import BatchView, state_of
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.pills import Pill

WIDTH = 560


class LoadStep(QWidget):
    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card = Card(tr("Загрузка"), note=" ", ruled=True)
        self._card.setMaximumWidth(WIDTH)
        self._pill = Pill()
        self._card.add_action(self._pill)
        self.view = BatchView(app)
        self._card.add(self.view, 1)
        line = QHBoxLayout()
        line.addWidget(self._card, 1)
        line.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(line)
        outer.addStretch(1)
        self._pill.hide()

    def set_batch(self, batch: ImportBatchRead) -> None:
        state = state_of(batch)
        self._pill.set(state.title, state.tone)
        self._pill.show()
        words = [formatting.moment_near(batch.created_at), *([batch.author] if batch.author else [])]
        self._card.set_note(" · ".join(words))
        self.view.set_batch(batch)
