"""Step «Файл»: what is loaded and from which file; the last loads and the remembered mappings beside."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.exchange import (
    IMPORT_LIST,
    IMPORT_STATES,
    IMPORT_TARGETS,
    MAX_FILE_BYTES,
    MAX_ROWS,
    ImportTarget,
    SavedMapping,
)
from crm_contract.lists import Choice, Page
from crm_desktop.exchange.api import ImportApi
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.profile import Row
from crm_desktop.widgets.buttons import ButtonKind, IconButton
from crm_desktop.widgets.cards import CARD_GAP, Card, column, row
from crm_desktop.widgets.drop_zone import DropZone
from crm_desktop.widgets.labels import ElidedLabel, Label, Link, caption
from crm_desktop.widgets.pills import Pill
from crm_desktop.widgets.segmented import Segmented

SIDE_WIDTH = 320
RECENT = 5
_STATES = {choice.code: choice for choice in IMPORT_STATES}


class FileStep(QWidget):
    target_changed = Signal()

    def __init__(self, app: AppContext, target: ImportTarget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._api = ImportApi(app.api)
        allowed = allowed_targets(app)
        value = target if target in [choice.code for choice in allowed] else allowed[0].code
        self._target = Segmented(allowed, value, name=tr("Что загружаем"))
        limits = tr("Excel (.xlsx) или CSV, до {size} МБ и {rows} строк").format(
            size=MAX_FILE_BYTES // 1024 // 1024, rows=formatting.integer(MAX_ROWS))
        self.zone = DropZone(limits, tr("Файл для импорта"),
                             tr("Таблицы (*.xlsx *.xlsm *.csv *.txt);;Все файлы (*)"))
        self._recent = Card(tr("Последние загрузки"))
        self._mappings = Card(tr("Запомненные сопоставления"))
        self._recent_rows = QVBoxLayout()
        self._mapping_rows = QVBoxLayout()
        for layout, card in ((self._recent_rows, self._recent), (self._mapping_rows, self._mappings)):
            layout.setSpacing(8)
            card.add(layout)
        everything = Link(tr("Все загрузки"))
        everything.clicked.connect(lambda: app.navigator.open(f"list:{IMPORT_LIST.code}"))
        self._recent.add_action(everything)
        self._lay_out()
        self._target.changed.connect(self._on_target)

    @property
    def target(self) -> ImportTarget:
        return ImportTarget(self._target.value())

    def set_target(self, target: ImportTarget) -> None:
        self._target.set_value(target)
        self._load_mappings()

    def load(self) -> None:
        """The cards at the right."""
        self._app.tasks.run(self, lambda: self._api.recent(RECENT), self._show_recent, key="recent")
        self._load_mappings()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        card = Card()
        card.add(column(caption(tr("Что загружаем")), self._target, gap=4))
        card.body.addSpacing(4)
        card.add(self.zone, 1)
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        side.setLayout(column(self._recent, self._mappings, None, gap=CARD_GAP))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(CARD_GAP)
        line.addWidget(card, 1)
        line.addWidget(side)

    def _on_target(self) -> None:
        self._load_mappings()
        self.target_changed.emit()

    def _show_recent(self, page: Page) -> None:
        _clear(self._recent_rows)
        for entry in page.rows:
            self._recent_rows.addWidget(self._batch_line(entry))
        if not page.rows:
            self._recent_rows.addWidget(caption(tr("Загрузок пока не было")))

    def _batch_line(self, entry: Row) -> QWidget:
        link = Link(str(entry["file_name"]))
        link.setMinimumWidth(40)
        link.clicked.connect(lambda id=entry["id"]: self._app.navigator.open("import", id))
        state = _STATES[entry["state"]]
        when = formatting.moment_near(datetime.fromisoformat(entry["created_at"]))
        words = " · ".join(part for part in (when, str((entry.get("author") or {}).get("title", ""))) if part)
        holder = QWidget()
        first = row(link, None, Pill(state.title, state.tone))
        holder.setLayout(column(first, ElidedLabel(words, FontRole.CAPTION, "muted"), gap=2))
        return holder

    def _load_mappings(self) -> None:
        target = self.target
        self._app.tasks.run(self, lambda: self._api.mappings(target), self._show_mappings, key="mappings")

    def _show_mappings(self, mappings: Sequence[SavedMapping]) -> None:
        _clear(self._mapping_rows)
        self._mappings.setVisible(bool(mappings))
        for mapping in mappings:
            forget = IconButton(Icon.TRASH, tr("Забыть «{name}»").format(name=mapping.name), ButtonKind.PLAIN,
                                compact=True)
            forget.clicked.connect(lambda checked=False, id=mapping.id: self._forget(id))
            count = formatting.plural(len(mapping.headings), tr("столбец"), tr("столбца"), tr("столбцов"))
            name = ElidedLabel(mapping.name)
            line = row(name, Label(count, FontRole.CAPTION, "muted"), forget)
            line.setStretch(0, 1)
            holder = QWidget()
            holder.setLayout(line)
            self._mapping_rows.addWidget(holder)

    def _forget(self, id: int) -> None:
        self._app.tasks.run(self, lambda: self._api.forget_mapping(id), lambda _: self._load_mappings())


def allowed_targets(app: AppContext) -> list[Choice]:
    """What this person may change; the others are not offered."""
    return [choice for choice in IMPORT_TARGETS if app.session.can(ImportTarget(choice.code).permission)] or [
        *IMPORT_TARGETS]


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
