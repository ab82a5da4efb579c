"""The bar above the pages: the field of the palette, help, drafts, theme, the person."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from crm_contract.access import Me
from crm_contract.persons import short_name
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.buttons import ButtonKind, IconButton
from crm_desktop.widgets.focus_ring import by_keyboard, hide_ring, show_ring
from crm_desktop.widgets.painted_button import PaintedButton
from crm_desktop.widgets.painting import box, draw_key_cap, elided, key_cap_size
from crm_desktop.widgets.pills import Avatar

HEIGHT = 48


class TopBar(QWidget):
    palette_asked = Signal()
    keys_asked = Signal()
    drafts_asked = Signal(QWidget)
    theme_asked = Signal()
    person_asked = Signal(QWidget)

    def __init__(self, me: Me, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(fonts.px(HEIGHT))
        search = PaletteField()
        search.clicked.connect(self.palette_asked)
        keys = IconButton(Icon.QUESTION, tr("Клавиши"), ButtonKind.PLAIN, key="Ctrl+F1")
        keys.clicked.connect(self.keys_asked)
        self.drafts = IconButton(Icon.HISTORY, tr("Несохранённые черновики"), ButtonKind.PLAIN)
        self.drafts.clicked.connect(lambda: self.drafts_asked.emit(self.drafts))
        self.drafts.hide()
        self._theme = IconButton(Icon.CIRCLE_HALF, tr("Тема: светлая или тёмная"), ButtonKind.PLAIN)
        self._theme.clicked.connect(self.theme_asked)
        person = PersonChip(me)
        person.clicked.connect(lambda: self.person_asked.emit(person))
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 1)
        line.setSpacing(4)
        line.addWidget(search)
        line.addStretch(1)
        line.addWidget(keys)
        line.addWidget(self.drafts)
        line.addWidget(self._theme)
        line.addSpacing(8)
        line.addWidget(person)

    def set_drafts(self, count: int) -> None:
        self.drafts.setVisible(count > 0)
        self.drafts.setToolTip(tr("Несохранённые черновики: {count}").format(count=count))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("border"))


class PaletteField(QAbstractButton):
    """Looks like a search field; a press or typing opens the palette."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(tr("Найти клиента, документ или команду"))
        self.setAccessibleName(self.text())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def sizeHint(self) -> QSize:
        return QSize(round(440 * max(1.0, fonts.scale())), fonts.px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, fonts.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 6, color("surface"), color("muted" if self.underMouse() else "ctrl"))
        middle = self.height() / 2
        draw_icon(painter, QRectF(10, middle - 8, 16, 16), Icon.SEARCH, "muted")
        size = key_cap_size("Ctrl+K")
        cap = QRectF(self.width() - size.width() - 8, middle - size.height() / 2, size.width(), size.height())
        draw_key_cap(painter, cap, "Ctrl+K")
        painter.setFont(font(FontRole.BODY))
        painter.setPen(color("faint"))
        area = QRectF(34, 0, cap.left() - 42, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                         elided(painter.fontMetrics(), self.text(), int(area.width())))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if by_keyboard(event.reason()):
            show_ring(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        hide_ring(self)


class PersonChip(PaintedButton):
    """Who works here: avatar, short name, branch. Opens the menu of the person."""

    def __init__(self, me: Me, parent: QWidget | None = None) -> None:
        where = tr("Филиал {title}").format(title=me.branch.title)
        super().__init__(f"{me.employee.title}, {where}", parent=parent)
        self._name = short_name(me.employee.title, initials=1)
        self._where = where
        self._avatar = Avatar(me.employee.title, 30, self)
        self._avatar.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setToolTip(f"{me.employee.title}\n{me.position}".strip())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        names = max(self.fontMetrics().horizontalAdvance(text) for text in (self._name, self._where))
        return QSize(40 + min(names, 200) + 8, fonts.px(38))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._avatar.move(2, (self.height() - 30) // 2)
        if self.underMouse():
            box(painter, self.rect(), 6, color("hover"))
        lines = ((self._name, FontRole.STRONG, "text"), (self._where, FontRole.CAPTION, "muted"))
        half = self.height() / 2
        for number, (text, role, ink) in enumerate(lines):
            painter.setFont(font(role))
            painter.setPen(color(ink))
            place = QRectF(40, number * half + (3 if not number else -1), self.width() - 42, half - 2)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                             elided(painter.fontMetrics(), text, int(place.width())))
