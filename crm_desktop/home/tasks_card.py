"""What to do: overdue, today, next. Computed by the server from states and facts; a task opens its record."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from crm_contract.dashboard import TaskRead
from crm_contract.lists import Tone
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.empty import EmptyState
from crm_desktop.widgets.labels import Link, rule
from crm_desktop.widgets.painting import elided
from crm_desktop.widgets.row_button import RowButton
from crm_desktop.widgets.scrolled import scrolled

GROUPS = (
    ("overdue", tr("Просрочено"), Icon.WARNING_CIRCLE, Tone.ERROR),
    ("today", tr("Сегодня"), Icon.CLOCK, Tone.WARN),
    ("next", tr("Далее"), Icon.CALENDAR_CHECK, Tone.OK),
)


class TasksCard(Card):
    chosen = Signal(str, int)
    all_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Мои задачи"), margins=False, parent=parent)
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.add(scrolled(holder), 1)
        self._all = Link(tr("Все"))
        self._all.clicked.connect(self.all_asked)
        self.add_action(self._all)

    def show_tasks(self, tasks: Sequence[TaskRead], counts: Mapping[str, int]) -> None:
        """The first `tasks` of as many as `counts` tells by their `when`."""
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        total = sum(counts.values())
        self.set_note(str(total) if total else "")
        self._all.setVisible(total > len(tasks))
        for when, title, icon, tone in GROUPS:
            group = [task for task in tasks if task.when == when]
            if group:
                self._column.addWidget(_Heading(f"{title} · {counts.get(when, len(group))}", icon, tone))
            for number, task in enumerate(group):
                if number:
                    self._column.addWidget(rule())
                line = _Task(task, tone)
                line.clicked.connect(
                    lambda checked=False, task=task: self.chosen.emit(task.entity, task.entity_id))
                self._column.addWidget(line)
        if not tasks:
            self._column.addWidget(EmptyState(tr("Дел нет"), tr("Всё, что требует внимания, появится здесь"),
                                              icon=Icon.CHECK_CIRCLE))
        self._column.addStretch(1)


class _Heading(QWidget):
    def __init__(self, text: str, icon: str, tone: Tone) -> None:
        super().__init__()
        self._text, self._icon, self._tone = text, str(icon), tone
        self.setAccessibleName(text)
        self.setFixedHeight(fonts.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("window"))
        painter.fillRect(0, 0, 3, self.height(), color(f"{self._tone.value}.mark"))
        draw_icon(painter, QRectF(16, (self.height() - 16) / 2, 16, 16), self._icon, self._tone.value)
        painter.setFont(font(FontRole.CAPTION_STRONG))
        painter.setPen(color(self._tone.value))
        painter.drawText(QRectF(40, 0, self.width() - 48, self.height()), Qt.AlignmentFlag.AlignVCenter, self._text)


class _Task(RowButton):
    def __init__(self, task: TaskRead, tone: Tone) -> None:
        super().__init__(f"{task.title}. {task.subtitle}. {task.due}")
        self._task = task
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, fonts.px(44))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter)
        painter.setFont(font(FontRole.MEDIUM))
        due = painter.fontMetrics().horizontalAdvance(self._task.due)
        painter.setPen(color(self._tone.value if self._tone is not Tone.OK else "muted"))
        painter.drawText(QRectF(0, 4, self.width() - 16, 20),
                         Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._task.due)
        draw_icon(painter, QRectF(15, 6, 16, 16), Icon.CIRCLE, "ctrl")
        painter.setPen(color("text"))
        room = self.width() - 41 - 28 - due
        painter.drawText(QRectF(41, 4, room, 20), Qt.AlignmentFlag.AlignVCenter,
                         elided(painter.fontMetrics(), self._task.title, room))
        painter.setFont(font(FontRole.CAPTION))
        painter.setPen(color("muted"))
        wide = self.width() - 41 - 16
        painter.drawText(QRectF(41, 22, wide, 18), Qt.AlignmentFlag.AlignVCenter,
                         elided(painter.fontMetrics(), self._task.subtitle, wide))
