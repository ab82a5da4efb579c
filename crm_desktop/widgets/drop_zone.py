"""The dashed place where a file is dropped or chosen."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QVBoxLayout, QWidget

from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.labels import Label

PICTURE = 40


class DropZone(QWidget):
    """`chosen(path)`; the button opens the file dialog, Enter and Space press it.

    `limits` says what may be dropped, `dialog` is the title of the file dialog and `filters` what it shows.
    """

    chosen = Signal(object)

    def __init__(self, limits: str, dialog: str, filters: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dialog = dialog
        self._filters = filters
        self._hot = False
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._words = Label(tr("Перетащите файл сюда"), FontRole.SECTION)
        self._limits = Label(limits, FontRole.CAPTION, "muted")
        self.button = Button(tr("Выбрать файл…"), icon=Icon.UPLOAD)
        self.button.clicked.connect(self.choose)
        self.setFocusProxy(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addSpacing(PICTURE + 12)
        for widget in (self._words, self._limits, self.button):
            if widget is self.button:
                column.addSpacing(8)
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)

    def set_busy(self, name: str) -> None:
        """The file of that name is being read; "" when it is done."""
        self._words.setText(tr("Читаю «{name}»…").format(name=name) if name else tr("Перетащите файл сюда"))
        self.button.setEnabled(not name)

    def choose(self) -> None:
        dialog = QFileDialog(self, self._dialog, "", self._filters)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.chosen.emit(Path(path)))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event.mimeData()) is not None and self.button.isEnabled():
            event.acceptProposedAction()
            self._set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_hot(False)
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.chosen.emit(path)

    def sizeHint(self) -> QSize:
        return QSize(420, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(color("accent" if self._hot else "ctrl"), 2 if self._hot else 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(color("soft" if self._hot else "surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        picture = QRectF((self.width() - PICTURE) / 2, self._words.y() - PICTURE - 12, PICTURE, PICTURE)
        draw_icon(painter, picture, Icon.UPLOAD, "accent" if self._hot else "ctrl")

    def _set_hot(self, on: bool) -> None:
        self._hot = on
        self.update()


def dropped_file(data: QMimeData) -> Path | None:
    """The file that is being dragged; None for several files, folders and everything else."""
    urls = data.urls()
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    return Path(urls[0].toLocalFile())
