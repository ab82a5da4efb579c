"""The way of a serial number or lot: from whom it came, where it lay, to whom it went; each step opens its document."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from crm_contract.lots import LOT_KINDS, LotMove, LotTrace
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.lists.preview import LoadedPreview, Row
from crm_desktop.widgets.labels import ElidedLabel, Label, Link, caption


class LotPreview(LoadedPreview[LotTrace]):
    """The steps of the current row's lot, the last one above."""

    def key_of(self, row: Row) -> int:
        return int(row["id"])

    def heads_of(self, row: Row) -> tuple[str, str]:
        return row["code"], row["product"]["title"]

    def load(self, key: int) -> LotTrace:
        return self.app.api.get(f"/api/stock/lots/{key}", LotTrace)

    def show_answer(self, trace: LotTrace) -> None:
        self.clear()
        kind = LOT_KINDS[0 if trace.serial else 1]
        self.show_head(trace.code, trace.product.title, kind.title, kind.tone)
        if not trace.serial:
            self.add_block(tr("На складе"), [Label(formatting.quantity(trace.on_hand), FontRole.SECTION)])
        if trace.expires is not None:
            self.add_block(tr("Годен до"), [Label(formatting.day(trace.expires))])
        self.add_block(tr("Путь"), [self._step(move, trace.serial) for move in reversed(trace.moves)])

    def _step(self, move: LotMove, is_serial: bool) -> QWidget:
        line = QWidget()
        grid = QGridLayout(line)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self._document(move), 0, 0)
        grid.addWidget(caption(formatting.day(move.at)), 0, 2, Qt.AlignmentFlag.AlignRight)
        way = tr("{source} → {target}").format(source=move.source, target=move.target)
        if move.reversal:
            way = tr("отмена: {way}").format(way=way)
        grid.addWidget(ElidedLabel(way, FontRole.CAPTION, "muted"), 1, 0, 1, 2)
        if not is_serial:
            pieces = Label(formatting.quantity(move.quantity), FontRole.STRONG)
            grid.addWidget(pieces, 1, 2, Qt.AlignmentFlag.AlignRight)
        if move.party:
            grid.addWidget(ElidedLabel(move.party, FontRole.CAPTION, "muted"), 2, 0, 1, 3)
        return line

    def _document(self, move: LotMove) -> QWidget:
        if move.document_id is None:
            return Label(tr("документ вне ваших прав"), FontRole.CAPTION, "muted")
        link = Link(move.document)
        link.clicked.connect(lambda: self.app.navigator.open("document", move.document_id))
        return link
