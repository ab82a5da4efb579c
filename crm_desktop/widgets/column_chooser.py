"""Which columns a list shows and in what order: a panel with check boxes; Alt+Up and Alt+Down move a column."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from crm_contract.lists import Column
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.labels import caption, section
from crm_desktop.widgets.popup import OverlayPanel


class ColumnChooser(OverlayPanel):
    """`chosen(names)` in the order of the list, after «Применить» or Enter."""

    chosen = Signal(list)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self.setFixedWidth(320)
        self._list = QListWidget()
        self._list.setFrameShape(QListWidget.Shape.NoFrame)
        self._list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self._list.setAccessibleName(tr("Столбцы списка"))
        self._list.installEventFilter(self)
        fonts.set_role(self._list, FontRole.BODY)
        apply = Button(tr("Применить"), ButtonKind.PRIMARY, key="Enter")
        apply.clicked.connect(self._apply)
        reset = Button(tr("Как было вначале"), ButtonKind.QUIET)
        reset.clicked.connect(lambda: self._finish([]))
        self.body.addWidget(section(tr("Столбцы")))
        self.body.addWidget(self._list)
        self.body.addWidget(caption(tr("Пробел: показать или убрать · Alt+↑↓: передвинуть")))
        self.body.addLayout(row(reset, None, apply))

    def open_for(self, anchor: QWidget, columns: Sequence[Column], shown: Sequence[str]) -> None:
        order = [*shown, *(column.name for column in columns if column.name not in shown)]
        by_name = {column.name: column for column in columns}
        self._list.clear()
        for name in order:
            item = QListWidgetItem(by_name[name].title)
            item.setData(Qt.ItemDataRole.UserRole, name)
            item.setCheckState(Qt.CheckState.Checked if name in shown else Qt.CheckState.Unchecked)
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._list.setFixedHeight(min(12, len(order)) * fonts.px(26) + 8)
        self.open_below(anchor)
        self._list.setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._list and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if step is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
                self._move(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._apply()
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]  # Qt gives a QObject

    def _move(self, step: int) -> None:
        place = self._list.currentRow()
        if 0 <= place + step < self._list.count():
            item = self._list.takeItem(place)
            self._list.insertItem(place + step, item)
            self._list.setCurrentRow(place + step)

    def _apply(self) -> None:
        items = [self._list.item(number) for number in range(self._list.count())]
        names = [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked]
        if names:
            self._finish(names)

    def _finish(self, names: list[str]) -> None:
        self.close_panel()
        self.chosen.emit(names)
