"""The kinds of questions of a file with their numbers: all of a kind are answered at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crm_contract.exchange import ResolutionAction, RowProblem, Severity
from crm_desktop.exchange.questions import TONES
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.labels import Label
from crm_desktop.widgets.painting import elided
from crm_desktop.widgets.row_button import RowButton


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """All questions of one code: an example, how many there are, the answer given to all."""

    example: RowProblem
    count: int
    answer: ResolutionAction | None

    @property
    def code(self) -> str:
        return self.example.code


class KindsCard(Card):
    """Every kind of question with its number; a line opens the answers to all of the kind (`asked`)."""

    asked = Signal(object, object)      # QuestionKind, the widget to open the menu at

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Вопросы по видам"), parent=parent)
        self._lines: dict[str, _KindLine] = {}
        self._words = Label(tr("Вопросов нет"), FontRole.CAPTION, "muted")
        self.add(self._words)
        self.body.setSpacing(0)

    def codes(self) -> list[str]:
        return list(self._lines)

    def set_kinds(self, kinds: Sequence[QuestionKind]) -> None:
        """Lines that stay are the same widgets, so the focus stays with them."""
        order = {Severity.ERROR: 0, Severity.DOUBT: 1, Severity.NOTE: 2}
        kinds = sorted(kinds, key=lambda kind: (order[kind.example.severity], -kind.count))
        for code in self._lines.keys() - {kind.code for kind in kinds}:
            gone = self._lines.pop(code)
            gone.hide()
            gone.deleteLater()
        self._lines = {kind.code: self._line_of(kind) for kind in kinds}
        for number, line in enumerate(self._lines.values()):
            self.body.insertWidget(number, line)
        self._words.setVisible(not kinds)

    def _line_of(self, kind: QuestionKind) -> "_KindLine":
        line = self._lines.get(kind.code)
        if line is None:
            line = _KindLine(kind, self)
            line.clicked.connect(lambda checked=False, line=line: self.asked.emit(line.kind, line))
        line.set_kind(kind)
        return line


class _KindLine(RowButton):
    """«Нет артикула … 24» with what is proposed or answered below."""

    def __init__(self, kind: QuestionKind, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_kind(kind)

    def set_kind(self, kind: QuestionKind) -> None:
        self.kind = kind
        self.setAccessibleName(f"{kind.example.message}: {kind.count}. {kind_words(kind)}")
        self.setToolTip(f"{kind.example.message}\n{kind_words(kind)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, fonts.px(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter)
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("rule"))
        tone = TONES[self.kind.example.severity].value
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(f"{tone}.mark"))
        painter.drawEllipse(QPointF(4, fonts.px(13)), 4, 4)
        number = formatting.integer(self.kind.count)
        width = QFontMetrics(font(FontRole.STRONG)).horizontalAdvance(number)
        half = self.height() / 2
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font(FontRole.BODY))
        painter.setPen(color("text"))
        room = self.width() - 18 - width - 8
        painter.drawText(QRectF(18, 4, room, half - 4), flags,
                         elided(painter.fontMetrics(), self.kind.example.message, room))
        painter.setFont(font(FontRole.STRONG))
        painter.drawText(QRectF(0, 4, self.width(), half - 4),
                         Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)
        painter.setFont(font(FontRole.CAPTION))
        painter.setPen(color("muted"))
        left = 18
        if self.kind.answer is not None:
            draw_icon(painter, QRectF(17, half + 2, 13, 13), Icon.CHECK_BOLD, "ok")
            left = 34
        painter.drawText(QRectF(left, half, self.width() - left - 16, half - 4), flags,
                         elided(painter.fontMetrics(), kind_words(self.kind), self.width() - left - 16))
        if self.kind.example.severity is not Severity.NOTE:
            draw_icon(painter, QRectF(self.width() - 12, half + 2, 12, 12), Icon.CARET_DOWN, "muted")


def kind_words(kind: QuestionKind) -> str:
    """What happens to the questions of a kind as things stand."""
    proposal = kind.example.proposal
    if proposal and kind.example.proposed_value and kind.count > 1:
        proposal = tr("Например: {proposal}").format(proposal=proposal)
    answers = {
        ResolutionAction.ACCEPT: proposal, ResolutionAction.KEEP: tr("Загрузятся как в файле"),
        ResolutionAction.SKIP: tr("Строки не загрузятся"),
    }
    if kind.answer is not None:
        return answers[kind.answer]
    if kind.example.severity is Severity.NOTE:
        return tr("Ответа не требует")
    return proposal or tr("Предложения нет: исправьте или пропустите")
