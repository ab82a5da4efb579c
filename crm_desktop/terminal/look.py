"""How the terminal looks: large painted parts that are read at two metres and hit with a glove."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from crm_contract.lists import Tone
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color, tone
from crm_desktop.widgets.painting import box

TARGET, GAP, MARGIN = 72, 12, 24
RADIUS = 12
#: Of the terminal alone (mockups/README.md); the same in both themes, text on them at least 5:1.
HEADER = "#0B1F33"
BANNERS = {Tone.OK: ("#0E7A43", "#FFFFFF"), Tone.WARN: ("#FFC233", "#18212B"), Tone.ERROR: ("#B3261E", "#FFFFFF"),
           Tone.INFO: ("#E2EDFB", "#18212B")}
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


def write(painter: QPainter, area: QRect, text: str, role: FontRole, pen: QColor | str,
          align: Qt.AlignmentFlag = LEFT, *, wrap: bool = False, tabular: bool = False) -> int:
    """Paints a text, elided to its area unless it wraps; answers how wide it is."""
    painter.setFont(font(role, tabular=tabular))
    painter.setPen(color(pen) if isinstance(pen, str) and not pen.startswith("#") else QColor(pen))
    metrics = painter.fontMetrics()
    if wrap:
        painter.drawText(area, int(align) | int(Qt.TextFlag.TextWordWrap), text)
        return area.width()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, int(align), shown)
    return metrics.horizontalAdvance(shown)


def key_cap(painter: QPainter, right: QPoint, text: str, pen: QColor) -> int:
    """A key beside its act, right and centred on a point; answers its width."""
    metrics = QFontMetrics(font(FontRole.TERMINAL))
    width = max(34, metrics.horizontalAdvance(text) + 18)
    area = QRectF(right.x() - width, right.y() - 17, width, 34)
    line = QColor(pen)
    line.setAlphaF(0.55)
    box(painter, area, 6, None, line, 1.5)
    write(painter, area.toRect(), text, FontRole.TERMINAL, pen.name(), CENTER)
    return width


class BigButton(QAbstractButton):
    """At least 72 px high; never has the focus, so that keys and scans go to the window."""

    def __init__(self, text: str, key: str = "", icon: Icon | str = "", *, kind: str = "plain", note: str = "",
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.key, self.kind, self.note = key, kind, note
        self._icon = str(icon)
        self.tint = Tone.INFO
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"{text} {key}".strip())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(TARGET, TARGET)

    def set_texts(self, text: str, note: str = "") -> None:
        self.setText(text)
        self.note = note
        self.setAccessibleName(f"{text} {self.key}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 108 if self.kind == "primary" and self.note else TARGET)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill, border, pen = self._colors()
        box(painter, self.rect(), RADIUS, fill, border, 2)
        area = self.rect().adjusted(22, 0, -16, 0)
        mark = pen if self.kind != "plain" or not self.isEnabled() else color("accent")
        if self._icon:
            draw_icon(painter, QRect(area.left(), area.center().y() - 14, 28, 28), self._icon, mark)
            area.setLeft(area.left() + 44)
        if self.key:
            middle = area.top() + 34 if self.note else area.center().y()
            area.setRight(area.right() - key_cap(painter, QPoint(area.right(), middle), self.key, pen) - 8)
        large = self.kind == "primary" or len(self.text()) == 1
        role = FontRole.TERMINAL_TITLE if large else FontRole.TERMINAL_ITEM
        align = LEFT if self._icon or self.key or self.note else CENTER
        if not self.note:
            write(painter, area, self.text(), role, pen.name(), align)
            return
        middle = area.center().y()
        write(painter, QRect(area.left(), middle - 34, area.width(), 36), self.text(), role, pen.name())
        quiet = pen if self.kind == "primary" or not self.isEnabled() else color("muted")
        below = QRect(area.left(), middle + 4, self.width() - area.left() - 16, 30)
        write(painter, below, self.note, FontRole.TERMINAL, quiet.name())

    def _colors(self) -> tuple[QColor, QColor, QColor]:
        if not self.isEnabled():
            return color("sunken"), color("border"), color("disabled")
        down = self.isDown()
        match self.kind:
            case "primary":
                return color("accent_hover" if down else "accent"), color("accent"), color("on_accent")
            case "danger":
                return color("error.fill" if down else "surface"), color("error.mark"), color("error")
            case "understood":
                return QColor("#FFFFFF"), QColor("#FFFFFF"), QColor("#B3261E")
            case _:
                return color("hover" if down else "surface"), color("ctrl"), color("text")


class Tile(BigButton):
    """An operation of the home screen: a picture, a digit, a name, what waits."""

    def __init__(self, text: str, key: str, icon: str, tint: Tone, parent: QWidget | None = None) -> None:
        super().__init__(text, key, icon, parent=parent)
        self.tint = tint
        self.urgent = ""

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill, border, pen = self._colors()
        box(painter, self.rect(), RADIUS, fill, border, 2)
        colors = tone(self.tint)
        picture = QRect(24, 24, 72, 72)
        live = self.isEnabled()
        box(painter, picture, RADIUS, QColor(colors.fill) if live else color("border"))
        draw_icon(painter, picture.adjusted(17, 17, -17, -17), self._icon, QColor(colors.text) if live else pen)
        key_cap(painter, QPoint(self.width() - 20, 46), self.key, pen)
        bottom = QRect(24, self.height() - 96, self.width() - 40, 36)
        write(painter, bottom, self.text(), FontRole.TERMINAL_TITLE, pen.name())
        under = bottom.translated(0, 40)
        shade = color("muted") if live else color("disabled")
        used = write(painter, under, self.note, FontRole.TERMINAL, shade.name())
        if self.urgent and live:
            wide = QFontMetrics(font(FontRole.TERMINAL)).horizontalAdvance(self.urgent) + 28
            area = QRect(24 + (used + 12 if self.note else 0), under.top() + 1, wide, 34)
            error = tone(Tone.ERROR)
            box(painter, area, 17, QColor(error.fill))
            write(painter, area, self.urgent, FontRole.TERMINAL, error.text, CENTER)
