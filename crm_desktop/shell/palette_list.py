"""The grouped list of the palette: headings with counts, two-line items, the typed words marked."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.shell.palette_items import PaletteGroup, PaletteItem, layouts
from crm_desktop.widgets.painting import box, draw_key_cap, draw_pill, elided, key_cap_size, pill_size

_Index = QModelIndex | QPersistentModelIndex
Entry = PaletteItem | tuple[str, int]


class PaletteList(QListView):
    """Never takes the focus: the keys come from the edit."""

    picked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model()
        self._delegate = _Delegate()
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(False)
        self.setAccessibleName(tr("Найденное"))
        self.clicked.connect(self._pick)

    def set_groups(self, groups: Sequence[PaletteGroup], words: str) -> None:
        """Shows the groups; the first item is chosen, or the same one as before when it is still there."""
        old = self.current()
        self._delegate.words = words
        self._model.set_groups(groups)
        items = [row for row, entry in enumerate(self._model.entries) if isinstance(entry, PaletteItem)]
        same = [row for row in items if old is not None and self._model.entries[row] == old]
        self._select((same or items or [-1])[0])
        self.scrollToTop()

    def items(self) -> list[PaletteItem]:
        return [entry for entry in self._model.entries if isinstance(entry, PaletteItem)]

    def current(self) -> PaletteItem | None:
        row = self.currentIndex().row()
        entry = self._model.entries[row] if 0 <= row < len(self._model.entries) else None
        return entry if isinstance(entry, PaletteItem) else None

    def move_by(self, step: int) -> None:
        items = [row for row, entry in enumerate(self._model.entries) if isinstance(entry, PaletteItem)]
        if not items:
            return
        now = items.index(self.currentIndex().row()) if self.currentIndex().row() in items else 0
        wanted = (now + step) % len(items) if abs(step) == 1 else min(max(now + step, 0), len(items) - 1)
        self._select(items[wanted])
        if items[wanted] == items[0]:
            self.scrollToTop()

    def pick_current(self) -> None:
        item = self.current()
        if item is not None:
            self.picked.emit(item)

    def _pick(self, index: QModelIndex) -> None:
        entry = self._model.entries[index.row()]
        if isinstance(entry, PaletteItem):
            self.picked.emit(entry)

    def _select(self, row: int) -> None:
        self.setCurrentIndex(self._model.index(row, 0) if row >= 0 else QModelIndex())


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def set_groups(self, groups: Sequence[PaletteGroup]) -> None:
        self.beginResetModel()
        self.entries = []
        for group in groups:
            if group.items:
                self.entries.append((group.title, len(group.items)))
                self.entries.extend(group.items)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self.entries)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        is_item = index.isValid() and isinstance(self.entries[index.row()], PaletteItem)
        return (Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable) if is_item else Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return entry
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{entry.title} {entry.subtitle}".strip() if isinstance(entry, PaletteItem) else entry[0]
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self) -> None:
        super().__init__()
        self.words = ""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(entry, PaletteItem):
            return QSize(200, fonts.px(32))
        return QSize(200, fonts.px(46 if entry.subtitle else 38))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        area = QRectF(option.rect)
        if isinstance(entry, PaletteItem):
            self._paint_item(painter, area, entry, bool(option.state & QStyle.StateFlag.State_Selected))
        else:
            self._paint_heading(painter, area, *entry)

    @staticmethod
    def _paint_heading(painter: QPainter, area: QRectF, title: str, count: int) -> None:
        painter.setFont(font(FontRole.CAPTION_STRONG))
        painter.setPen(color("muted"))
        place = area.adjusted(20, 6, -20, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        painter.setFont(font(FontRole.CAPTION))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, str(count))

    def _paint_item(self, painter: QPainter, area: QRectF, item: PaletteItem, chosen: bool) -> None:
        frame = area.adjusted(8, 1, -8, -1)
        if chosen:
            box(painter, frame, 6, color("soft"))
            painter.fillRect(QRectF(frame.left(), frame.top() + 10, 3, frame.height() - 20), color("accent"))
        icon_box = QRectF(20, area.center().y() - 16, 32, 32)
        box(painter, icon_box, 6, color("surface" if chosen else "window"))
        draw_icon(painter, icon_box.adjusted(8, 8, -8, -8), item.icon, "accent" if chosen else "muted")
        right = area.right() - 20
        key = "Enter" if chosen else item.key
        if key:
            size = key_cap_size(key)
            right -= size.width()
            draw_key_cap(painter, QRectF(right, area.center().y() - size.height() / 2, size.width(), size.height()),
                         key)
            right -= 8
        room = int(right - 64)
        top = area.top() + (5 if item.subtitle else 0)
        height = (area.height() - 10) / 2 if item.subtitle else area.height()
        self._paint_title(painter, QRectF(64, top, room, height), item)
        if item.subtitle:
            painter.setFont(font(FontRole.CAPTION))
            painter.setPen(color("muted"))
            painter.drawText(QRectF(64, top + height, room, height),
                             Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                             elided(painter.fontMetrics(), item.subtitle, room))

    def _paint_title(self, painter: QPainter, area: QRectF, item: PaletteItem) -> None:
        role = font(FontRole.MEDIUM)
        metrics = QFontMetrics(role)
        pill = pill_size(item.pill).width() + 8 if item.pill else 0
        text = elided(metrics, item.title, int(area.width()) - pill)
        start = self._match(text)
        if start is not None:
            before = metrics.horizontalAdvance(text[:start[0]])
            width = metrics.horizontalAdvance(text[start[0]:start[1]])
            box(painter, QRectF(area.left() + before - 1, area.center().y() - 9, width + 2, 18), 3, color("warn.fill"))
        painter.setFont(role)
        painter.setPen(color("text"))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if item.pill:
            left = area.left() + metrics.horizontalAdvance(text) + 8
            draw_pill(painter, QPointF(left, area.center().y() - 10), item.pill, item.tone)

    def _match(self, text: str) -> tuple[int, int] | None:
        """Where the first typed word stands in the title."""
        low = text.lower().replace("ё", "е")
        for variant in layouts(self.words):
            first = variant.split()[0] if variant.split() else ""
            place = low.find(first) if len(first) > 1 else -1
            if place >= 0:
                return place, place + len(first)
        return None
