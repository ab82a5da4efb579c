"""Paints the rows of the file with the bands of their problems below them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTableView, QToolTip

from crm_contract.exchange import Bucket, PreviewRow, RowProblem
from crm_contract.lists import Tone
from crm_desktop.exchange.questions import TONES, Act, Band, BandLink, answered_words, faulty, sentence
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color, tone
from crm_desktop.widgets.painting import box, elided
from crm_desktop.widgets.table_delegate import PADDING, TableDelegate
from crm_desktop.widgets.table_view import ROW_HEIGHT

if TYPE_CHECKING:
    from crm_desktop.widgets.paged_model import PagedModel, Row

BAND_HEIGHT = 26
NUMBER_WIDTH = 48
EDGE = 12
LINK_GAP = 14
DOTS = 18
_Index = QModelIndex | QPersistentModelIndex
_ICONS = {
    Tone.ERROR: Icon.WARNING_CIRCLE_FILL, Tone.WARN: Icon.WARNING_CIRCLE_FILL, Tone.INFO: Icon.INFO,
    Tone.OK: Icon.CHECK_CIRCLE_FILL, Tone.NEUTRAL: Icon.PROHIBIT, Tone.VIOLET: Icon.INFO,
}
_QUIET = frozenset({Bucket.SKIPPED, Bucket.GROUP, Bucket.TOTAL, Bucket.HEADING, Bucket.BLANK, Bucket.MERGED})


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """A link of a band on the screen."""

    area: QRect
    band: Band
    link: BandLink


class RowsDelegate(TableDelegate):
    """Rows are dicts with `row` (PreviewRow) and `bands`. `to_right(section)` says where a column's text stands."""

    def __init__(self, view: QTableView, to_right: Callable[[int], bool]) -> None:
        super().__init__(view)
        self._to_right = to_right
        #: (row of the model, number of its link) under the keyboard or the mouse.
        self.focused_link: tuple[int, int] | None = None
        self.hovered_link: tuple[int, int] | None = None

    @staticmethod
    def height_of(bands: Sequence[Band]) -> int:
        return fonts.px(ROW_HEIGHT) + len(bands) * fonts.px(BAND_HEIGHT)

    def paint_rows(self, painter: QPainter, view: QTableView, area: QRect) -> None:
        model: PagedModel = view.model()  # type: ignore[assignment]  # the view has no other model
        first, last = view.rowAt(area.top()), view.rowAt(area.bottom())
        if first < 0:
            return
        chosen = view.selectionModel()
        for number in range(first, (last if last >= 0 else model.rowCount() - 1) + 1):
            row = model.row(number)
            strip = QRect(area.left(), view.rowViewportPosition(number), area.width(), fonts.px(ROW_HEIGHT))
            selected = row is not None and chosen.isRowSelected(number)
            self._paint_ground(painter, strip, number, row, selected=selected)
            for section, left, width in self._sections(view, area):
                cell = QRect(left, strip.top(), width, strip.height())
                if row is None:
                    self._paint_cell(painter, cell, model.column(section), number, None)
                else:
                    self._paint_words(painter, cell, section, row.data["row"])
                if (number, section) == self._focus_cell(view):
                    box(painter, QRectF(cell).adjusted(1, 1, -1, -2), 5, None, color("accent"), 2)
            if row is not None:
                self._paint_bands(painter, view, number, row)

    def link_places(self, view: QTableView, number: int) -> list[LinkPlace]:
        """All links of a row, from top to bottom, as they stand on the screen now."""
        model: PagedModel = view.model()  # type: ignore[assignment]  # the view has no other model
        row = model.row(number)
        return list(self._link_places(view, number, row.data["bands"])) if row is not None else []

    def cell_area(self, view: QTableView, number: int, section: int) -> QRect:
        left = view.columnViewportPosition(section)
        return QRect(left, view.rowViewportPosition(number), view.columnWidth(section), fonts.px(ROW_HEIGHT))

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """What is wrong with a cell, what a band says whole, or the text of a cell that is cut."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(view, QTableView) or not index.isValid():
            return False
        QToolTip.showText(event.globalPos(), self._tip(view, event.pos().y(), index), view)
        return True

    def _tip(self, view: QTableView, y: int, index: _Index) -> str:
        model: PagedModel = view.model()  # type: ignore[assignment]  # the view has no other model
        row = model.row(index.row())
        if row is None:
            return ""
        below = y - view.rowViewportPosition(index.row()) - fonts.px(ROW_HEIGHT)
        bands: Sequence[Band] = row.data["bands"]
        if below >= 0:
            band = bands[min(below // fonts.px(BAND_HEIGHT), len(bands) - 1)] if bands else None
            return f"{band.lead} {band.text}" if band else ""
        preview: PreviewRow = row.data["row"]
        problem = faulty(preview, index.column() - 1)
        text = _cell(preview, index.column() - 1)
        if problem is not None:
            return "\n".join(part for part in (text, sentence(problem.message), answered_words(problem)) if part)
        room = view.columnWidth(index.column()) - 2 * PADDING
        return text if self._advance("text", text) > room else ""

    # --- cells -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _sections(view: QTableView, area: QRect) -> Iterator[tuple[int, int, int]]:
        header = view.horizontalHeader()
        for section in range(header.count()):
            left, width = header.sectionViewportPosition(section), header.sectionSize(section)
            if left + width > area.left() and left <= area.right():
                yield section, left, width

    def _focus_cell(self, view: QTableView) -> tuple[int, int]:
        index = view.currentIndex()
        shown = self.shows_cell_focus and view.hasFocus() and self.focused_link is None
        return (index.row(), index.column()) if shown else (-1, -1)

    def _paint_words(self, painter: QPainter, area: QRect, section: int, row: PreviewRow) -> None:
        quiet = row.bucket in _QUIET
        if section == 0:
            self._draw(painter, area, str(row.number), color("muted"), to_right=False)
            return
        text, problem = _cell(row, section - 1), faulty(row, section - 1)
        if problem is not None and problem.is_open and not quiet:
            self._paint_faulty(painter, area, section, text, problem)
            return
        if problem is not None and not quiet:
            _paint_corner(painter, area)
        self._draw(painter, area, text, color("muted" if quiet else "text"), to_right=self._to_right(section))

    def _paint_faulty(self, painter: QPainter, area: QRect, section: int, text: str, problem: RowProblem) -> None:
        colors = tone(TONES[problem.severity])
        box(painter, QRectF(area).adjusted(3, 2, -3, -3), 5, QColor(colors.fill), QColor(colors.mark), 1)
        self._draw(painter, area, text or tr("пусто"), QColor(colors.text), to_right=self._to_right(section),
                   role=FontRole.STRONG)

    def _draw(self, painter: QPainter, area: QRect, text: str, ink: QColor, *, to_right: bool,
              role: FontRole = FontRole.BODY) -> None:
        if not text:
            return
        inner = area.adjusted(PADDING, 0, -PADDING, 0)
        painter.setFont(font(role, tabular=to_right))
        painter.setPen(ink)
        side = Qt.AlignmentFlag.AlignRight if to_right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | side,
                         elided(painter.fontMetrics(), text, inner.width()))

    # --- bands -----------------------------------------------------------------------------------------------------

    def _paint_bands(self, painter: QPainter, view: QTableView, number: int, row: "Row") -> None:
        bands: Sequence[Band] = row.data["bands"]
        places = list(self._link_places(view, number, bands))
        for order, band in enumerate(bands):
            area = _band_area(view, number, order)
            right = min((place.area.left() for place in places if place.band is band), default=area.right())
            self._paint_band(painter, area, band, right - LINK_GAP)
        for order, place in enumerate(places):
            self._paint_link(painter, place, (number, order))

    def _paint_band(self, painter: QPainter, area: QRect, band: Band, right: int) -> None:
        colors = tone(band.tone)
        painter.fillRect(area, QColor(colors.fill))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, color("rule"))
        mark = QRectF(0, 0, 15, 15)
        mark.moveCenter(QPointF(fonts.px(NUMBER_WIDTH) / 2 + 2, area.center().y()))
        draw_icon(painter, mark, _ICONS[band.tone], QColor(colors.text))
        left = fonts.px(NUMBER_WIDTH) + PADDING
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for text, role, ink in ((band.lead, FontRole.CAPTION_STRONG, QColor(colors.text)),
                                (band.text, FontRole.CAPTION, color("text"))):
            painter.setFont(font(role))
            painter.setPen(ink)
            words = elided(painter.fontMetrics(), text, max(0, right - left))
            painter.drawText(QRect(left, area.top(), max(0, right - left), area.height()), flags, words)
            left += painter.fontMetrics().horizontalAdvance(words) + 8

    def _paint_link(self, painter: QPainter, place: LinkPlace, key: tuple[int, int]) -> None:
        area = QRectF(place.area)
        if place.link.act is Act.MORE:
            square = QRectF(0, 0, DOTS, DOTS)
            square.moveCenter(area.center())
            draw_icon(painter, square, Icon.DOTS, "accent" if key == self.hovered_link else "text")
        else:
            words = font(FontRole.CAPTION_STRONG)
            words.setUnderline(key == self.hovered_link)
            painter.setFont(words)
            painter.setPen(color("accent"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, place.link.title)
        if key == self.focused_link:
            box(painter, area.adjusted(-3, 2, 3, -2), 4, None, color("accent"), 2)

    @staticmethod
    def _link_places(view: QTableView, number: int, bands: Sequence[Band]) -> Iterator[LinkPlace]:
        metrics = QFontMetrics(font(FontRole.CAPTION_STRONG))
        for order, band in enumerate(bands):
            area = _band_area(view, number, order)
            widths = [DOTS + 4 if link.act is Act.MORE else metrics.horizontalAdvance(link.title) + 2
                      for link in band.links]
            left = area.right() - EDGE - sum(widths) - LINK_GAP * max(0, len(widths) - 1)
            for link, width in zip(band.links, widths, strict=True):
                yield LinkPlace(QRect(left, area.top(), width, area.height()), band, link)
                left += width + LINK_GAP


def _band_area(view: QTableView, number: int, order: int) -> QRect:
    """As wide as the view whatever is scrolled sideways, so that the links stay in sight."""
    top = view.rowViewportPosition(number) + fonts.px(ROW_HEIGHT) + order * fonts.px(BAND_HEIGHT)
    return QRect(0, top, view.viewport().width(), fonts.px(BAND_HEIGHT))


def _cell(row: PreviewRow, column: int) -> str:
    if column < 0:
        return str(row.number)
    return row.cells[column] if column < len(row.cells) else ""


def _paint_corner(painter: QPainter, area: QRect) -> None:
    """What stands in the file is not what will be written: a corner as the remarks of a spreadsheet have."""
    right, top = area.right(), area.top()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color("info.mark"))
    painter.drawPolygon(QPolygonF([QPointF(right - 7, top + 1), QPointF(right, top + 1), QPointF(right, top + 8)]))
    painter.restore()
