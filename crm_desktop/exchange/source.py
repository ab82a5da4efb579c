"""Where the file of an import comes from: the disk, another reading of the same file, an earlier session."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from crm_contract.exchange import FileAnalysis, ImportOptions, ImportTarget
from crm_contract.lists import Tone
from crm_desktop.exchange.api import ImportApi
from crm_desktop.exchange.setup import ImportSetup
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.bars import MessageBar


class ImportSource(QObject):
    """`analysed(FileAnalysis)`, `restored(ImportSetup, step)`, `heading_read(HeadingAnalysis)`, `refused(exception)`;
    `forgotten`: nothing is kept."""

    analysed = Signal(object)
    restored = Signal(object, int)
    heading_read = Signal(object)
    refused = Signal(object)
    forgotten = Signal()

    def __init__(self, app: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._app = app
        self._api = ImportApi(app.api)

    def upload(self, path: Path, target: ImportTarget) -> None:
        self._app.tasks.run(self, lambda: self._api.upload(path, target), self.analysed.emit, self.refused.emit,
                            key="file")

    def read_again(self, file_id: int, target: ImportTarget) -> None:
        """The same file as a list of the other target."""
        self._app.tasks.run(self, lambda: self._api.analysis(file_id, target), self.analysed.emit, self.refused.emit,
                            key="file")

    def read_heading(self, setup: ImportSetup) -> None:
        """The columns under the heading that was chosen last."""
        query = setup.heading_query()
        self._app.tasks.run(self, lambda: self._api.heading(setup.file_id, query), self.heading_read.emit,
                            self.refused.emit, key="heading")

    def read_kept(self, kept: Mapping[str, Any]) -> None:
        """What `ImportSetup.state` gave, with the `step`; a file that is gone begins anew."""
        try:
            options = ImportOptions.model_validate(kept["options"])
        except (KeyError, ValidationError):  # kept by another version of the program
            self.forgotten.emit()
            return

        def found(analysis: FileAnalysis) -> None:
            self.restored.emit(ImportSetup.restored(analysis, options), int(kept.get("step", 0)))

        self._app.tasks.run(self, lambda: self._api.analysis(kept["file_id"], options.target), found,
                            lambda error: self.forgotten.emit(), key="file")


def other_target(target: ImportTarget) -> ImportTarget:
    return next(other for other in ImportTarget if other is not target)


def tell_of_file(messages: MessageBar, analysis: FileAnalysis,
                 read_as: Callable[[ImportTarget], None] | None) -> None:
    """What is worth knowing before going on; `read_as` reads the file as a list of the other target."""
    if not analysis.best_sheet:
        messages.show_message(
            tr("В файле не видно списка. Выберите лист и строку с названиями столбцов сами."), Tone.WARN, key="file")
    if analysis.other_target_fits and read_as is not None:
        other = other_target(analysis.target)
        words = {ImportTarget.PARTIES: tr("Файл похож на список контрагентов."),
                 ImportTarget.PRODUCTS: tr("Файл похож на прайс или список товаров.")}
        messages.show_message(words[other], Tone.WARN, key="target",
                              actions=((tr("Загружать так"), lambda: read_as(other)),))
    if analysis.saved_mapping:
        messages.show_message(
            tr("Применено запомненное сопоставление «{name}».").format(name=analysis.saved_mapping), key="mapping")
