"""What an employee holds of one product: the papers behind the number, and the next step with them."""

from decimal import Decimal
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from crm_contract.base import Ref
from crm_contract.custody import CUSTODY_HANDOVER, CUSTODY_RETURN, CUSTODY_STATES, CustodyOrigin, CustodyPaper
from crm_contract.kinds import DocumentKind
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.preview import LoadedPreview, Row
from crm_desktop.stock.origin_preview import OriginLines
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.labels import ElidedLabel, Label, Link, caption


class CustodyPreview(LoadedPreview[CustodyOrigin]):
    """The papers still open make the number; below them the moves, as for any balance."""

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(app, parent)
        self._row: Row | None = None
        self._moves = OriginLines(app)

    def key_of(self, row: Row) -> tuple[int, int]:
        return int(row["person"]["id"]), int(row["product"]["id"])

    def heads_of(self, row: Row) -> tuple[str, str]:
        return row["person"]["title"], row["product"]["title"]

    def show_row(self, row: Row | None) -> None:
        self._row = row
        super().show_row(row)

    def load(self, key: tuple[int, int]) -> CustodyOrigin:
        person, product = key
        return self.app.api.get(f"/api/stock/custody/{person}/{product}", CustodyOrigin)

    def show_answer(self, origin: CustodyOrigin) -> None:
        self.clear()
        state = next((c for c in CUSTODY_STATES if self._row and c.code == self._row["state"]), CUSTODY_STATES[-1])
        self.show_head(origin.person.title, origin.product.title, state.title, state.tone)
        self.add_block(tr("Числится"), [Label(formatting.quantity(origin.quantity), FontRole.SECTION)])
        self.add_block(tr("По каким документам"), [self._paper(paper) for paper in origin.papers])
        if steps := self._steps():
            self.add_block("", steps)
        self.add_block(tr("Движение"), self._moves.lines(origin.moves))

    def _steps(self) -> list[QWidget]:
        """What this person may do with it: the product of the row, or all that the employee holds."""
        steps = (
            (CUSTODY_RETURN, tr("Принять возврат"), Icon.DOWNLOAD, True),
            (CUSTODY_RETURN, tr("Принять всё, что числится"), Icon.PACKAGE, False),
            (CUSTODY_HANDOVER, tr("Передать другому"), Icon.USERS, True))
        made: list[QWidget] = []
        for kind, title, icon, only in steps:
            if self.app.session.can(kind.permission("edit")):
                button = Button(title, icon=icon, compact=True)
                button.clicked.connect(partial(self._begin, kind, only))
                made.append(button)
        return made

    def _paper(self, paper: CustodyPaper) -> QWidget:
        """The paper and what is left by it; below, grey, since when and until when."""
        line = QWidget()
        grid = QGridLayout(line)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._link(paper), 0, 0)
        rest = formatting.quantity(paper.rest)
        whole = tr("{rest} из {quantity}").format(rest=rest, quantity=formatting.quantity(paper.quantity))
        grid.addWidget(Label(whole if paper.rest != paper.quantity else rest, FontRole.STRONG), 0, 2,
                       Qt.AlignmentFlag.AlignRight)
        grid.addWidget(ElidedLabel(tr("с {day}").format(day=formatting.day(paper.since)), FontRole.CAPTION, "muted"),
                       1, 0, 1, 2)
        if paper.due is not None:
            until = tr("до {day}").format(day=formatting.day(paper.due))
            late = bool(self._row and self._row["state"] == "overdue" and Decimal(self._row["late"] or 0) > 0
                        and paper.due.isoformat() == self._row["due"])
            due = Label(until, FontRole.CAPTION, "error") if late else caption(until)
            grid.addWidget(due, 1, 2, Qt.AlignmentFlag.AlignRight)
        return line

    def _link(self, paper: CustodyPaper) -> QWidget:
        if paper.document_id is None:
            return Label(paper.document)
        link = Link(paper.document)
        link.clicked.connect(lambda: self.app.navigator.open("document", paper.document_id))
        return link

    def _begin(self, kind: DocumentKind, only: bool) -> None:
        """A new paper over the product of the row `only`, or over everything."""
        row = self._row
        if row is not None:
            person = Ref(id=row["person"]["id"], title=row["person"]["title"])
            self.app.navigator.open(kind.code, employee=person, product_id=row["product"]["id"] if only else None)
