"""The foot of a document: related documents, the comment, the totals."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from crm_contract.documents import DocumentRead
from crm_contract.kinds import DocumentKind
from crm_desktop.documents.based_on import Following, missing
from crm_desktop.documents.related import chain_items
from crm_desktop.documents.totals import TotalsCard
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import CARD_GAP, Card
from crm_desktop.widgets.chain_strip import ChainItem, ChainStrip

COMMENT_WIDTH = 150  # the least: half of a screen of 1920, or the whole of it at 200 %, cuts nothing


class Foot(QWidget):
    """`opened(key)`: a card of the chain, `(kind, id)` or the code of a kind that may come next."""

    opened = Signal(object)
    based_on_asked = Signal()

    def __init__(self, comment: QWidget, totals: TotalsCard | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chain = ChainStrip()
        self._chain.clicked.connect(self.opened)
        self.based_on = Button(tr("На основании"), ButtonKind.QUIET, icon=Icon.BRANCH, key="Alt+O", compact=True)
        self.based_on.clicked.connect(self.based_on_asked)
        card = Card(tr("Связанные документы"))
        card.add_action(self.based_on)
        card.add(self._chain)
        card.body.setContentsMargins(13, 0, 13, 6)
        comment.setMinimumWidth(COMMENT_WIDTH)
        comment.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(CARD_GAP)
        line.addWidget(card, 3)
        line.addWidget(comment, 1)
        if totals is not None:
            line.addWidget(totals)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_new(self, kind: DocumentKind) -> None:
        """Nothing is related to a document that is not saved."""
        self._chain.set_items([ChainItem(kind.short, tr("новый документ"), is_current=True)])
        self.based_on.set_why_not(tr("Сначала запишите документ"))

    def show_document(self, document: DocumentRead, offers: Sequence[Following]) -> None:
        self._chain.set_items(chain_items(document, missing(document, offers)))
        self.based_on.set_why_not("")
