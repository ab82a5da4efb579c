"""A list as a workbook: the server gives the rows (and keeps a journal row), the render worker writes them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from crm_contract.lists import Column, ListQuery, ListSpec
from crm_contract.lists import Page as ListWindow
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.files import write_file
from crm_desktop.kit.i18n import tr


def ask_file(parent: QWidget, title: str, chosen: Callable[[Path], None]) -> None:
    """Asks where to keep the workbook; `chosen` runs after «Сохранить»."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, tr("Выгрузить список"), str(Path(folder) / f"{title}.xlsx"),
                         tr("Книга Excel (*.xlsx)"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("xlsx")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()


def export_list(app: AppContext, owner: QObject, spec: ListSpec, query: ListQuery, columns: Sequence[Column],
                path: Path, done: Callable[[int], None]) -> None:
    """Reads the whole selection and writes it to `path`; `done(rows)`. Failures go to the owner's page."""
    def fetched(window: ListWindow) -> None:
        app.tasks.render(owner, lambda: write_file(path, _workbook(spec.title, columns, window.rows)),
                         lambda _: done(len(window.rows)))

    app.tasks.run(owner, lambda: app.api.query(f"/api/lists/{spec.code}/export", ListWindow, query), fetched)


def _workbook(title: str, columns: Sequence[Column], rows: Sequence[dict[str, Any]]) -> bytes:
    from crm_desktop.rendering.xlsx import write_list  # its library takes a tenth of a start to import

    return write_list(title, columns, rows)
