"""«Что это?»: what a code is, at once from what the terminal keeps, then whole from the server."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.codes import CodeKind, OwnCode
from crm_contract.terminal import CodeAnswer, CodeMeaning
from crm_contract.totals import plain
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.tasks import Tasks
from crm_desktop.kit.theme import color
from crm_desktop.terminal.cache import Found
from crm_desktop.terminal.look import CENTER, MARGIN, RIGHT, BigButton, write
from crm_desktop.terminal.pages import Screen
from crm_desktop.widgets.painting import box

ROW = 52


class LookScreen(Screen):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = (tr("Что это?"), "", "")
        self.foot = tr("Сканируйте товар, ячейку, документ или бейдж")
        self.view = _View()
        back = BigButton(tr("Назад"), "Esc")
        back.setFixedHeight(72)
        back.clicked.connect(self.back)
        bottom = QHBoxLayout()
        bottom.addWidget(back, 1)
        bottom.addStretch(3)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 16, MARGIN, 16)
        outer.setSpacing(16)
        outer.addWidget(self.view, 1)
        outer.addLayout(bottom)
        self.keys = {Qt.Key.Key_Escape: self.back.emit}

    def ask(self, api: ApiClient, tasks: Tasks, found: Found) -> CodeMeaning:
        """Shows what memory knows and asks the server for the rest; answers what it is as far as memory knows."""
        remembered = known(found)
        self.show_answer(found.code, remembered, tr("спрашиваем сервер…"))
        code = str(OwnCode(CodeKind.PRODUCT, str(found.product.id))) if found.product else found.code
        tasks.run(self, lambda: api.get("/api/stock/codes", CodeAnswer, {"code": code}),
                  lambda answer: self.show_answer(found.code, answer),
                  lambda _: self.show_answer(found.code, remembered, tr("нет связи: остатки могли измениться")),
                  key="look")
        return remembered.meaning

    def show_answer(self, code: str, answer: CodeAnswer, note: str = "") -> None:
        """`note` tells what the answer lacks while the server does not say more."""
        self.view.code, self.view.answer, self.view.note = code, answer, note
        self.view.setAccessibleName(f"{answer.title} {answer.subtitle} {note}")
        self.view.update()


class _View(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.code = self.note = ""
        self.answer: CodeAnswer | None = None

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 12, color("surface"), color("border"), 1)
        answer = self.answer
        if answer is None:
            write(painter, self.rect(), tr("Отсканируйте код: терминал скажет, что это"), FontRole.TERMINAL_TITLE,
                  "muted", CENTER)
            return
        width = self.width() - 64
        unknown = answer.meaning is CodeMeaning.UNKNOWN
        title = tr("Код не найден") if unknown else answer.title
        write(painter, QRect(32, 20, width, 48), title, FontRole.TERMINAL_LARGE, "error" if unknown else "text")
        write(painter, QRect(32, 68, width, 36), self.code if unknown else answer.subtitle, FontRole.TERMINAL_ITEM,
              "muted")
        if self.note:
            write(painter, QRect(32, 68, width, 36), self.note, FontRole.TERMINAL, "muted", RIGHT)
        left = 32
        for name, value in answer.facts:
            write(painter, QRect(left, 116, 300, 30), name, FontRole.TERMINAL, "muted")
            left += 48 + max(180, write(painter, QRect(left, 146, 420, 44), value, FontRole.TERMINAL_TITLE, "text"))
        self._stock(painter, answer, width)

    def _stock(self, painter: QPainter, answer: CodeAnswer, width: int) -> None:
        if not answer.stock:
            return
        top = 206
        columns = ((tr("На месте"), 420), (tr("Резерв"), 220), (tr("Свободно"), 0))
        for title, shift in columns:
            write(painter, QRect(32, top, width - shift, 36), title, FontRole.TERMINAL, "muted", RIGHT)
        painter.fillRect(QRect(32, top + 38, width, 1), color("rule"))
        room = (self.height() - top - 44) // ROW
        by_place = answer.meaning is CodeMeaning.PRODUCT
        for n, row in enumerate(answer.stock[:room]):
            y = top + 40 + n * ROW
            write(painter, QRect(32, y, width - 640, ROW), row.place if by_place else row.product,
                  FontRole.TERMINAL_ITEM, "text")
            for value, (_, shift) in zip((row.on_hand, row.reserved, row.free), columns, strict=True):
                write(painter, QRect(32, y, width - shift, ROW), plain(value), FontRole.TERMINAL_STRONG, "text", RIGHT,
                      tabular=True)


def known(found: Found) -> CodeAnswer:
    """What memory knows of a code."""
    if found.product is not None:
        product = found.product
        return CodeAnswer(meaning=CodeMeaning.PRODUCT, id=product.id, title=product.name,
                          subtitle=tr("арт. {sku}").format(sku=product.sku) if product.sku else "",
                          facts=[(tr("Свободно"), f"{plain(product.free)} {product.unit}")])
    if found.place is not None:
        return CodeAnswer(meaning=CodeMeaning.PLACE, id=found.place.id, title=found.place.name,
                          subtitle=found.place.code)
    return CodeAnswer(meaning=CodeMeaning.UNKNOWN)
