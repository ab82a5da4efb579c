"""The screen of an operation: the answer to the last scan, the lines, the acts."""

from decimal import Decimal

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.lists import Tone
from crm_contract.terminal import ABSENT
from crm_contract.totals import plain
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.terminal.answers import Banner, Line, joined
from crm_desktop.terminal.look import BANNERS, CENTER, GAP, MARGIN, RIGHT, BigButton, write
from crm_desktop.terminal.operation import Open
from crm_desktop.terminal.pages import Screen
from crm_desktop.widgets.painting import box

_ICONS = {Tone.OK: Icon.CHECK_BOLD, Tone.WARN: Icon.WARNING_FILL, Tone.ERROR: "x-bold", Tone.INFO: Icon.INFO}
ROW = 74


class WorkScreen(Screen):
    add_one = Signal()
    quantity_asked = Signal()
    search_asked = Signal()
    absent = Signal()
    other_place = Signal()
    undone = Signal()
    posted = Signal()
    understood = Signal()

    def __init__(self, opened: Open, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.opened = opened
        self.banner = BannerView(self.understood)
        self.list = LinesView(opened)
        left = QVBoxLayout()
        left.setSpacing(16)
        left.addWidget(self.banner)
        left.addWidget(self.list, 1)
        right = QVBoxLayout()
        right.setSpacing(GAP)
        acts = (("+1", "+", Icon.PLUS, self.add_one, Qt.Key.Key_Plus, "plain"),
                (tr("Количество"), "*", "hash", self.quantity_asked, Qt.Key.Key_Asterisk, "plain"),
                (tr("Найти"), "F2", Icon.SEARCH, self.search_asked, Qt.Key.Key_F2, "plain"),
                (tr("Нет на месте"), "F8", Icon.PROHIBIT, self.absent, Qt.Key.Key_F8, "plain"),
                (tr("Другая ячейка"), "F6", "grid-four", self.other_place, Qt.Key.Key_F6, "plain"),
                (tr("Отменить скан"), "F4", Icon.UNDO, self.undone, Qt.Key.Key_F4, "danger"))
        self.acts: list[BigButton] = []
        for text, key, icon, signal, code, kind in acts:
            button = BigButton(text, key, icon, kind=kind)
            button.clicked.connect(signal)
            right.addWidget(button, 1)
            self.acts.append(button)
            self.keys[code] = signal.emit
        self.post = BigButton(tr("Провести"), "F10", Icon.CHECK_CIRCLE, kind="primary", note=" ")
        self.post.clicked.connect(self.posted)
        self.post.setMinimumHeight(104)
        right.addWidget(self.post)
        self.keys |= {Qt.Key.Key_F10: self.posted.emit, Qt.Key.Key_Escape: self.back.emit}
        column = QWidget()
        column.setFixedWidth(300)
        column.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(MARGIN, 16, MARGIN, GAP)
        outer.setSpacing(16)
        outer.addLayout(left, 1)
        outer.addWidget(column)
        self.refresh()

    def refresh(self) -> None:
        """Shows the operation as it is now."""
        opened = self.opened
        subtitle = opened.party_name or " → ".join(ref.title for ref in (opened.place, opened.place_to) if ref)
        number = opened.number.removeprefix(opened.operation.title).strip()
        self.head = (opened.operation.title, number, subtitle)
        self.stopped = opened.is_blocked
        self.foot = (tr("Сканирование остановлено: нажмите «Понятно» или отсканируйте команду «Понятно»")
                     if self.stopped else _what_next(opened))
        self.banner.show_banner(opened.banner or Banner(tone=Tone.INFO, title=_what_next(opened)))
        self.list.update()
        lonely = not any(line.line_id is not None for line in opened.lines)  # nothing is told beforehand
        for n, button in enumerate((*self.acts, self.post)):
            useless = lonely and (n == 4 or (n == 3 and not opened.operation.counts))
            button.setEnabled(not self.stopped and not useless)
        self.acts[3].set_texts(tr("Здесь нет") if opened.operation.counts else tr("Состояние")
                               if opened.operation.takes_back else tr("Нет на месте"))
        unit = opened.line.unit if opened.line else tr("шт")
        self.acts[0].set_texts(f"+1 {unit}")
        note = tr("остановлено") if self.stopped else _left(opened)
        self.post.set_texts(tr("Закончить") if opened.operation.counts else tr("Провести"), note)


class BannerView(QWidget):
    """Green, amber or red, with an icon and words: it is read without colour too. Red asks to be understood."""

    def __init__(self, understood: object, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._banner: Banner | None = None
        self.button = BigButton(tr("Понятно"), "Enter", Icon.CHECK, kind="understood", parent=self)
        self.button.clicked.connect(understood)
        self.button.hide()

    def show_banner(self, banner: Banner) -> None:
        self._banner = banner
        red = banner.tone is Tone.ERROR
        self.setFixedHeight(328 if red else 112)
        self.button.setVisible(red)
        self.button.setGeometry(self.width() - 404, self.height() - 90, 380, 76)
        self.setAccessibleName(" ".join((banner.title, banner.detail, banner.count, banner.advice)))
        self.update()

    def resizeEvent(self, event: object) -> None:
        self.button.setGeometry(self.width() - 404, self.height() - 90, 380, 76)

    def paintEvent(self, event: QPaintEvent) -> None:
        banner = self._banner
        if banner is None:
            return
        painter = QPainter(self)
        fill, pen = BANNERS.get(banner.tone, BANNERS[Tone.INFO])
        box(painter, self.rect(), 12, QColor(fill))
        size = 72 if banner.tone is Tone.ERROR else 64
        mark = QRect(24, 24, size, size)
        box(painter, mark, size / 2, QColor(pen))
        draw_icon(painter, mark.adjusted(16, 16, -16, -16), _ICONS.get(banner.tone, Icon.INFO), QColor(fill))
        if banner.tone is Tone.ERROR:
            self._paint_red(painter, banner, pen)
            return
        room = self.width() - 112 - 24 - (190 if banner.count else 0)
        lower = " · ".join(part for part in (banner.detail, banner.advice) if part)
        shift = 0 if lower else 22
        write(painter, QRect(112, 18 + shift, room, 40), banner.title, FontRole.FIGURE_LARGE, pen)
        write(painter, QRect(112, 60, room, 36), lower, FontRole.TERMINAL, pen)
        if banner.count:
            write(painter, QRect(self.width() - 234, 0, 210, 112), banner.count, FontRole.TERMINAL_FIGURE, pen, RIGHT,
                  tabular=True)

    def _paint_red(self, painter: QPainter, banner: Banner, pen: str) -> None:
        room = self.width() - 144
        write(painter, QRect(120, 20, room, 56), banner.title, FontRole.TERMINAL_FIGURE, pen)
        write(painter, QRect(120, 76, room, 34), banner.detail, FontRole.TERMINAL_ITEM, pen)
        for n, (label, name, sku) in enumerate(banner.rows[:2]):
            top = 126 + n * 44
            write(painter, QRect(120, top, 170, 36), label, FontRole.TERMINAL, pen)
            write(painter, QRect(296, top, room - 176 - 200, 36), name, FontRole.TERMINAL_STRONG, pen)
            write(painter, QRect(self.width() - 214, top, 190, 36), sku, FontRole.TERMINAL, pen, RIGHT)
        painter.fillRect(QRect(24, 224, self.width() - 48, 1), QColor("#D98A85"))
        draw_icon(painter, QRect(28, 256, 28, 28), "arrow-u-up-left", QColor(pen))
        write(painter, QRect(72, 234, self.width() - 72 - 424, 84), banner.advice, FontRole.TERMINAL_STRONG, pen,
              Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, wrap=True)


class LinesView(QWidget):
    """The lines with the current one in sight; below them how much is done."""

    def __init__(self, opened: Open, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened = opened

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        opened = self._opened
        box(painter, self.rect(), 12, color("surface"), color("border"), 1)
        width = self.width()
        write(painter, QRect(60, 0, 300, 44), tr("Номенклатура"), FontRole.TERMINAL, "muted")
        if any(line.bin for line in opened.lines):
            write(painter, QRect(width - 466, 0, 120, 44), tr("Ячейка"), FontRole.TERMINAL, "muted")
        write(painter, QRect(width - 224, 0, 200, 44), _heading(opened),
              FontRole.TERMINAL, "muted", RIGHT)
        painter.fillRect(QRect(0, 44, width, 1), color("rule"))
        room = max(1, (self.height() - 45 - 68) // ROW)
        first = max(0, min(opened.current - room // 2, len(opened.lines) - room))
        for n, line in enumerate(opened.lines[first:first + room]):
            self._row(painter, QRect(1, 45 + n * ROW, width - 2, ROW), line, current=first + n == opened.current)
        if not opened.lines:
            write(painter, self.rect(), tr("Пока ничего не отсканировано"), FontRole.TERMINAL_ITEM, "muted", CENTER)
        self._foot(painter)

    def _row(self, painter: QPainter, area: QRect, line: Line, *, current: bool) -> None:
        live = not self._opened.is_blocked
        if current and live:
            painter.fillRect(area, color("soft"))
            painter.fillRect(QRect(area.left(), area.top(), 6, area.height()), color("accent"))
        painter.fillRect(QRect(60, area.bottom(), area.width() - 60, 1), color("rule"))
        middle, right = area.center().y(), area.right() - 23
        done = line.is_done
        icon, pen = ((Icon.CHECK_CIRCLE_FILL, "ok") if done else ("minus-circle-fill", "warn") if line.reason
                     else ("arrow-circle-right-fill", "accent") if current else (Icon.CIRCLE, "muted"))
        text = "disabled" if not live else "ok" if done else "text"
        draw_icon(painter, QRect(18, middle - 14, 28, 28), icon, color(pen if live else "disabled"))
        name = FontRole.TERMINAL_STRONG if current else FontRole.TERMINAL_ITEM
        write(painter, QRect(60, middle - 33, right - 60 - (460 if line.bin else 330), 36), line.name, name, text)
        told = line.condition_words if line.scanned else ""
        under = joined(line.sku_words, line.lot_words, ABSENT.get(line.reason, ""), told)
        write(painter, QRect(60, middle + 2, 400, 30), under, FontRole.TERMINAL, "muted" if live else "disabled")
        if line.bin:
            plate = QRect(right - 442, middle - 19, 120, 38)
            box(painter, plate, 6, color("surface" if current else "window"), color("border"), 1)
            write(painter, plate, line.bin, FontRole.TERMINAL_STRONG, text, CENTER)
        counted = plain(line.scanned)
        if line.line_id is not None:
            counted = f"{counted} / {plain(line.planned)}"
            share = min(1.0, float(line.scanned / line.planned)) if line.planned else 1.0
            _bar(painter, QRect(right - 290, middle - 4, 130, 8), share, "ok.mark" if done else "accent", live=live)
        write(painter, QRect(right - 150, area.top(), 150, area.height()), counted, FontRole.TERMINAL_TITLE, text,
              RIGHT, tabular=True)

    def _foot(self, painter: QPainter) -> None:
        opened = self._opened
        area = QRect(0, self.height() - 67, self.width(), 67)
        painter.fillRect(QRect(0, area.top(), self.width(), 1), color("border"))
        planned = [line for line in opened.lines if line.line_id is not None]
        scanned = sum((line.scanned for line in opened.lines), Decimal(0))
        if not planned:
            write(painter, area.adjusted(20, 0, -20, 0), tr("Позиций {lines} · {pieces} ед.").format(
                lines=len(opened.lines), pieces=plain(scanned)), FontRole.TITLE, "text")
            return
        total = sum((line.planned for line in planned), Decimal(0))
        share = min(1.0, float(scanned / total)) if total else 1.0
        template = (tr("Возвращено {done} из {lines} · {pieces} из {total} ед.") if opened.operation.takes_back
                    else tr("Собрано {done} из {lines} строк · {pieces} из {total} ед."))
        words = template.format(
            done=sum(line.is_done for line in planned), lines=len(planned), pieces=plain(scanned), total=plain(total))
        write(painter, area.adjusted(20, 0, -480, 0), words, FontRole.TITLE, "text")
        _bar(painter, QRect(self.width() - 400, area.center().y() - 4, 250, 10), share, "ok.mark", live=True)
        write(painter, area.adjusted(0, 0, -24, 0), f"{int(share * 100)} %", FontRole.TERMINAL, "text", RIGHT,
              tabular=True)


def _bar(painter: QPainter, area: QRect, share: float, fill: str, *, live: bool) -> None:
    box(painter, area, area.height() / 2, color("sunken"))
    if share > 0:
        full = QRect(area.left(), area.top(), max(area.height(), round(area.width() * share)), area.height())
        box(painter, full, area.height() / 2, color(fill if live else "scroll"))


def _what_next(opened: Open) -> str:
    if opened.operation.counts:
        return tr("Сканируйте каждую единицу, затем следующую ячейку")
    if opened.operation.by_person:
        return (tr("Сканируйте бейдж сотрудника или найдите его (F2)") if opened.person is None
                else tr("Сканируйте товар; состояние — F8") if opened.operation.takes_back
                else tr("Сканируйте товар, который выдаёте"))
    missing = "" if opened.is_planned else opened.missing()
    if opened.is_empty or not missing:
        if not opened.is_planned and opened.operation.from_place and opened.place is None:
            return tr("Сканируйте место, откуда переносите")
        return (tr("Сканируйте товар, ячейку, документ или команду") if opened.is_planned
                else tr("Сканируйте товар, затем место") if opened.operation.to_place else tr("Сканируйте товар"))
    return missing


def _heading(opened: Open) -> str:
    if opened.operation.counts:
        return tr("Посчитано")
    if opened.operation.takes_back:
        return tr("Вернули")
    return tr("Собрано") if opened.operation.from_place else tr("Принято")


def _left(opened: Open) -> str:
    if opened.is_empty:
        return tr("пока ничего")
    if missing := opened.missing():
        return missing
    if not opened.is_planned or opened.operation.counts:
        return tr("позиций: {n}").format(n=sum(line.scanned > 0 or line.typed for line in opened.lines))
    return tr("не собрано: {n}").format(n=opened.undone) if opened.undone else tr("собрано всё")
