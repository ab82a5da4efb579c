"""The head of the table of rows: the file's heading of each column and, below it, the field it goes to."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from crm_contract.exchange import IMPORT_FIELDS, ColumnGuess, ImportTarget, import_field
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.theme import color
from crm_desktop.widgets.choice_fields import ComboBox
from crm_desktop.widgets.painting import elided
from crm_desktop.widgets.table_header import TableHeader

EDITED_HEIGHT, PLAIN_HEIGHT = 74, 50
PADDING = 10
COMBO_EDGE = 4


class MappingHeader(TableHeader):
    """Section 0 is the number of the row, section n column n - 1 of the file; `mapped(column, field)` by the person."""

    mapped = Signal(int, str)

    def __init__(self, view: QTableView, target: ImportTarget, columns: Sequence[ColumnGuess],
                 headings: Sequence[str]) -> None:
        super().__init__(view, rounded=False)
        self._target = target
        self._columns = list(columns)
        self._headings = list(headings)
        self._fields: Mapping[int, str] = {}
        self._combos: list[ComboBox] = []
        self._edited = True
        self._choices = self._make_choices()
        self.setSectionsMovable(False)
        self.setSectionsClickable(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for number, column in enumerate(self._columns):
            self._combos.append(self._make_combo(number, column))
        self.sectionResized.connect(self._place)
        view.horizontalScrollBar().valueChanged.connect(self._place)

    @property
    def combos(self) -> Sequence[QWidget]:
        return self._combos

    def set_edited(self, on: bool) -> None:
        """With combos, or with the chosen fields as words."""
        self._edited = on
        for section, combo in enumerate(self._combos, start=1):
            combo.setVisible(on and not self.isSectionHidden(section))
        self.updateGeometry()
        self.viewport().update()

    def set_mapping(self, fields: Mapping[int, str], *, is_missing: bool) -> None:
        """`is_missing`: a required field has no column yet, so the free columns ask for a choice."""
        self._fields = fields
        self._choices.item(0).setText(tr("Выберите") if is_missing else tr("Не нужен"))
        for column, combo in zip(self._columns, self._combos, strict=True):
            field = fields.get(column.column, "")
            combo.setCurrentIndex(max(0, combo.findData(field)))
            combo.set_error(is_missing and not field)
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), fonts.px(EDITED_HEIGHT if self._edited else PLAIN_HEIGHT))

    def combo_width(self, section: int) -> int:
        """What the field chosen in a section needs."""
        if section == 0:
            return 0
        field = self._fields.get(self._columns[section - 1].column, "")
        words = import_field(self._target, field).title if field else tr("Не нужен")
        return self._combos[0].fontMetrics().horizontalAdvance(words) + 2 * COMBO_EDGE + 44

    def title_width(self, section: int) -> int:
        return fonts.px(48) if section == 0 else fonts.px(40)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn and watched in self._combos:
            self._reveal(self._combos.index(watched) + 1)  # type: ignore[arg-type]  # one of them, as just asked
        return False

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]  # Qt's own event
        self._place()

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        if not rect.isValid():
            return
        inner = rect.adjusted(PADDING, fonts.px(6), -PADDING, 0)
        upper, lower = self._words(logical)
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        painter.save()
        painter.setFont(font(FontRole.CAPTION_MEDIUM))
        painter.setPen(color("muted"))
        painter.drawText(inner, flags, elided(painter.fontMetrics(), upper, inner.width()))
        top = fonts.px(34 if self._edited else 26)
        below = QRect(inner.left(), top, inner.width(), rect.bottom() - top)
        if logical == 0:
            painter.drawText(below, flags, lower)
        elif not self._edited:
            mapped = bool(self._fields.get(self._columns[logical - 1].column))
            painter.setFont(font(FontRole.STRONG if mapped else FontRole.BODY))
            painter.setPen(color("text" if mapped else "muted"))
            painter.drawText(below, flags, elided(painter.fontMetrics(), lower, below.width()))
        painter.restore()

    def _words(self, section: int) -> tuple[str, str]:
        if section == 0:
            return tr("№"), tr("стр.")
        column = self._columns[section - 1]
        field = self._fields.get(column.column, "")
        heading = self._headings[section - 1] or tr("Столбец {letter}").format(letter=column.letter)
        return heading, import_field(self._target, field).title if field else tr("Не нужен")

    def _make_choices(self) -> QStandardItemModel:
        """One list of fields for all combos: a sheet may have hundreds of columns."""
        choices = QStandardItemModel(self)
        for title, name, hint in (("", "", ""), *(
                (field.title, field.name, field.hint) for field in IMPORT_FIELDS[self._target])):
            item = QStandardItem(title)
            item.setData(name, Qt.ItemDataRole.UserRole)
            item.setToolTip(hint)
            choices.appendRow(item)
        return choices

    def _make_combo(self, number: int, column: ColumnGuess) -> ComboBox:
        combo = ComboBox(self.viewport())
        combo.setModel(self._choices)
        heading = self._headings[number] or column.letter
        combo.setAccessibleName(tr("Поле для столбца «{heading}»").format(heading=heading))
        combo.setToolTip(f"{column.letter} · {heading}\n" + "\n".join(column.samples))
        combo.activated.connect(lambda _: self.mapped.emit(column.column, combo.currentData()))
        combo.installEventFilter(self)
        return combo

    def _reveal(self, section: int) -> None:
        """The keyboard came to a combo that is scrolled out."""
        view = self.parent()
        if isinstance(view, QTableView):
            left, width = self.sectionViewportPosition(section), self.sectionSize(section)
            bar = view.horizontalScrollBar()
            if left < 0:
                bar.setValue(bar.value() + left)
            elif left + width > self.viewport().width():
                bar.setValue(bar.value() + min(left, left + width - self.viewport().width()))

    def _place(self) -> None:
        height = fonts.px(32)
        for number, combo in enumerate(self._combos):
            left = self.sectionViewportPosition(number + 1)
            combo.setGeometry(left + COMBO_EDGE, fonts.px(EDITED_HEIGHT) - height - 8,
                              self.sectionSize(number + 1) - 2 * COMBO_EDGE, height)
