"""Files of a document: what was printed, sent and attached; saving a copy, attaching another one."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QTreeWidgetItem, QWidget

from crm_contract.files import MAX_FILE_BYTES, FileRead
from crm_contract.lists import Tone
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.documents.rows_tree import RowsTree
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.files import write_file
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.problems import Problem
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.dialogs import Dialog


class FilesDialog(Dialog):
    """Enter saves a copy of the current file; files dropped on the dialog are attached."""

    def __init__(self, parent: QWidget, app: AppContext, api: DocumentsApi, document_id: int) -> None:
        super().__init__(parent, tr("Файлы документа"), width=720)
        self._app = app
        self._api = api
        self._id = document_id
        self._files: Sequence[FileRead] = ()
        self.messages = MessageBar()
        self.tree = RowsTree((tr("Файл"), tr("Откуда"), tr("Размер"), tr("Кто"), tr("Когда")), (84, 80, 150, 130),
                             tr("Файлы документа"))
        self.tree.headerItem().setTextAlignment(2, Qt.AlignmentFlag.AlignRight)
        self.tree.itemActivated.connect(lambda item: self._save())
        self.add(self.messages)
        self.add(self.tree.framed())
        self.add_button(tr("Прикрепить…"), self._choose, icon=Icon.PAPERCLIP, at_left=True)
        self.add_button(tr("Закрыть"))
        self._save_button = self.add_button(tr("Сохранить копию"), self._save, ButtonKind.PRIMARY, icon=Icon.DOWNLOAD)
        self.setAcceptDrops(True)
        self.resize(760, 400)
        self._load()

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self._attach(Path(url.toLocalFile()))

    def _load(self) -> None:
        self._app.tasks.run(self, lambda: self._api.files(self._id), self._show, key="files")

    def _show(self, files: Sequence[FileRead]) -> None:
        self._files = files
        self.tree.clear()
        sources = {"print": tr("печать"), "send": tr("отправка"), "upload": tr("вложение")}
        for file in files:
            item = QTreeWidgetItem(self.tree, [
                file.name, sources.get(file.source, file.source), size_text(file.size), file.author,
                formatting.moment_near(file.at)])
            item.setTextAlignment(2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(0, f"{file.name}\nSHA-256 {file.sha256}")
        self._save_button.setEnabled(bool(files))
        first = self.tree.topLevelItem(0)
        if first is not None:
            self.tree.setCurrentItem(first)
        else:
            QTreeWidgetItem(self.tree, [tr("Файлов пока нет: перетащите их сюда")]).setDisabled(True)

    def _save(self) -> None:
        current = self.tree.currentItem()
        if current is None or not self._files:
            return
        file = self._files[self.tree.indexOfTopLevelItem(current)]
        chooser = QFileDialog(self, tr("Сохранить копию"), file.name)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.fileSelected.connect(lambda path: self._download(file, Path(path)))
        chooser.open()

    def _download(self, file: FileRead, path: Path) -> None:
        api = self._api
        self._app.tasks.run(
            self, lambda: write_file(path, api.file(file.id)), self._tell_saved, key="save")

    def _tell_saved(self, path: Path) -> None:
        self.messages.show_message(tr("Сохранено: {path}").format(path=path), Tone.OK, key="saved")

    def _choose(self) -> None:
        chooser = QFileDialog(self, tr("Прикрепить файл"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(lambda path: self._attach(Path(path)))
        chooser.open()

    def _attach(self, path: Path) -> None:
        if path.stat().st_size > MAX_FILE_BYTES:
            limit = size_text(MAX_FILE_BYTES)
            self.messages.show_message(tr("{name} больше {limit}.").format(name=path.name, limit=limit), Tone.ERROR)
            return
        api, document_id = self._api, self._id
        self._app.tasks.run(self, lambda: api.upload(document_id, path.name, path.read_bytes(), "upload"),
                            lambda made: self._load(), busy=self._save_button)


def size_text(size: int) -> str:
    """`184 КБ`, `2,4 МБ`."""
    if size < 1024 * 1024:
        return tr("{size} КБ").format(size=max(1, round(size / 1024)))
    return tr("{size} МБ").format(size=f"{size / 1024 / 1024:.1f}".replace(".", ","))
