"""Messages inside a page: a bar with an icon, a text and actions; a stack of them; the toast that undoes."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from crm_contract.lists import Tone
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.problems import Problem, ProblemKind
from crm_desktop.kit.theme import color, tokens, tone
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton
from crm_desktop.widgets.focus_order import tab_into
from crm_desktop.widgets.labels import Label, Link
from crm_desktop.widgets.painting import box

UNDO_SECONDS = 8
_ICONS = {
    Tone.INFO: Icon.INFO, Tone.WARN: Icon.WARNING_FILL, Tone.ERROR: Icon.X_CIRCLE_FILL, Tone.OK: Icon.CHECK_CIRCLE_FILL,
    Tone.NEUTRAL: Icon.INFO, Tone.VIOLET: Icon.INFO,
}
Action = tuple[str, Callable[[], object]]


class InlineBar(QWidget):
    """One message. `lead` is its bold beginning; `actions` are links, or buttons when there are several cures."""

    closed = Signal()

    def __init__(
        self, text: str, tone: Tone = Tone.INFO, *, lead: str = "", actions: Sequence[Action] = (),
        buttons: bool = False, closable: bool = False, square: bool = False, parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.escape: Callable[[], object] | None = None  # what Esc answers while the bar has the keyboard
        self._tone = tone
        self._radius = 0 if square else 6
        self.setAccessibleName(f"{lead} {text}".strip())
        self.setMinimumHeight(fonts.px(34))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        line = QHBoxLayout(self)
        line.setContentsMargins(36, 3, 8, 3)
        line.setSpacing(6)
        if lead:
            line.addWidget(Label(lead, FontRole.STRONG), 0, Qt.AlignmentFlag.AlignVCenter)
        self._text = Label(text, FontRole.BODY, wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setAccessibleName(text)
        self._text.setProperty("tone", "" if tone is Tone.WARN or lead else tone.value)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.MinimumExpanding)
        line.addWidget(self._text, 1)
        for caption, run in actions:
            line.addWidget(self._action(caption, run, buttons), 0, Qt.AlignmentFlag.AlignVCenter)
        if closable:
            cross = IconButton(Icon.CLOSE, tr("Закрыть"), ButtonKind.PLAIN, compact=True)
            cross.clicked.connect(self.closed)
            line.addWidget(cross, 0, Qt.AlignmentFlag.AlignTop)
        else:
            line.addSpacing(4)

    def text(self) -> str:
        return self._text.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.escape is not None:
            self.escape()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = tone(self._tone)
        box(painter, self.rect(), self._radius, QColor(colors.fill))
        top = max(0.0, (min(self.height(), fonts.px(34)) - 16) / 2)
        ink = QColor(colors.mark if self._tone is Tone.WARN else colors.text)
        draw_icon(painter, QRectF(11, top, 16, 16), _ICONS[self._tone], ink)

    def _action(self, caption: str, run: Callable[[], object], as_button: bool) -> QWidget:
        if as_button:
            button = Button(caption, compact=True)
            button.clicked.connect(run)
            return button
        link = Link(caption, FontRole.STRONG)
        link.clicked.connect(run)
        return link


class MessageBar(QWidget):
    """The place for messages above the content of a page; empty it takes no room.

    A page gives its `show_problem` here, and the error door finds it.
    """

    MAX_BARS = 3

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(6)
        self._bars: dict[str, InlineBar] = {}
        self.hide()

    def show_message(self, text: str, tone: Tone = Tone.INFO, *, key: str = "", lead: str = "",
                     actions: Sequence[Action] = (), buttons: bool = False, closable: bool = True) -> InlineBar:
        """Adds a bar; one with the same `key` (or text) is replaced."""
        key = key or text
        self.dismiss(key)
        while len(self._bars) >= self.MAX_BARS:
            self.dismiss(next(iter(self._bars)))
        bar = InlineBar(text, tone, lead=lead, actions=actions, buttons=buttons, closable=closable, parent=self)
        bar.closed.connect(lambda: self.dismiss(key))
        self._bars[key] = bar
        self._stack.addWidget(bar)
        stops = [w for w in bar.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
        tab_into(self, *stops)
        self.show()
        return bar

    def show_problem(self, problem: Problem, *, retry: Callable[[], object] | None = None) -> bool:
        """What happened, why, what to do and the code, with «Скопировать подробности»; True: it is shown."""
        actions: list[Action] = []
        if retry is not None:
            actions.append((tr("Повторить"), retry))
        if problem.details:
            actions.append((tr("Скопировать подробности"), lambda: copy_text(problem.details)))
        key = "offline" if problem.kind is ProblemKind.OFFLINE else problem.message
        self.show_message(problem.text, problem.tone, key=key, actions=actions)
        return True

    def dismiss(self, key: str) -> None:
        bar = self._bars.pop(key, None)
        if bar is not None:
            self._stack.removeWidget(bar)
            bar.hide()
            bar.deleteLater()
        self.setVisible(bool(self._bars))

    def clear(self) -> None:
        for key in list(self._bars):
            self.dismiss(key)


class Toast(QWidget):
    """«Строка удалена · Отменить · 6 с»: floats above the bottom of a window, goes by itself."""

    undone = Signal()
    expired = Signal()

    def __init__(self, host: QWidget, text: str, *, action: str = "", seconds: int = UNDO_SECONDS) -> None:
        """Shows itself at once. `action` is the caption of the undo, empty for a plain notice."""
        super().__init__(host)
        for older in host.findChildren(Toast):
            if older is not self:
                older.expire()
        self._host = host
        self._left = seconds
        self._paused = False
        self.setAccessibleName(text)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 16, 8)
        line.setSpacing(16)
        line.addWidget(_ToastText(text, FontRole.MEDIUM, "on_toast"))
        self._link = _ToastLink(action) if action else None
        if self._link is not None:
            self._link.clicked.connect(self._undo)
            line.addWidget(self._link)
        self._clock = _ToastText("", FontRole.CAPTION, "toast_muted", reserve=tr("{seconds} с").format(seconds="00"))
        line.addWidget(self._clock)
        self._timer = QTimer(self, interval=1000)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._show_left()
        host.installEventFilter(self)
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def enterEvent(self, event: QEvent) -> None:
        self._paused = True

    def leaveEvent(self, event: QEvent) -> None:
        self._paused = False

    def paintEvent(self, event: QPaintEvent) -> None:
        box(QPainter(self), self.rect(), 8, color("toast"))

    def expire(self) -> None:
        """The time for the undo is over (or a newer toast takes the place)."""
        if self._timer.isActive():
            self.dismiss()
            self.expired.emit()

    def dismiss(self) -> None:
        self._timer.stop()
        self.hide()
        self.deleteLater()

    def _undo(self) -> None:
        self.dismiss()
        self.undone.emit()

    def _tick(self) -> None:
        if self._paused:
            return
        self._left -= 1
        if self._left <= 0:
            self.expire()
        else:
            self._show_left()

    def _show_left(self) -> None:
        self._clock.set_text(tr("{seconds} с").format(seconds=self._left) if self._link is not None else "")

    def _place(self) -> None:
        width = min(max(self.sizeHint().width(), 320), self._host.width() - 32)
        height = max(42, self.sizeHint().height())
        self.setGeometry((self._host.width() - width) // 2, self._host.height() - height - 44, width, height)


class _ToastText(QWidget):
    """A text in the colours of the toast, which are the reverse of the window's."""

    def __init__(self, text: str, role: FontRole, ink: str, *, reserve: str = "") -> None:
        super().__init__()
        self._text = text
        self._ink = ink
        self._reserve = reserve
        fonts.set_role(self, role)

    def set_text(self, text: str) -> None:
        self._text = text
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._reserve or self._text) + 2, metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint() if self._reserve else QSize(40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(color(self._ink))
        text = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class _ToastLink(Button):
    def __init__(self, text: str) -> None:
        super().__init__(text, ButtonKind.QUIET, compact=True)
        fonts.set_role(self, FontRole.STRONG)

    def _inks(self) -> tuple[QColor, QColor]:
        return color("toast_accent"), color("toast_accent")

    def _colors(self) -> tuple[QColor | None, QColor | None]:
        if not self.underMouse():
            return None, None
        return QColor(255, 255, 255, 26) if not tokens().dark else QColor(0, 0, 0, 20), None


def copy_text(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
