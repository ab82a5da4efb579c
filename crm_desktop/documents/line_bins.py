"""The zones and bins that the lines of a document may name: those of its warehouses, asked when these are chosen."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject

from crm_contract.base import Ref
from crm_contract.kinds import DocumentKind, LineColumn
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.documents.header_form import HeaderForm
from crm_desktop.kit.tasks import Tasks
from crm_desktop.widgets.line_table import LineTable


class LineBins(QObject):
    """Follows the places of the header. What was named in another warehouse is forgotten."""

    def __init__(self, kind: DocumentKind, tasks: Tasks, api: DocumentsApi, form: HeaderForm, table: LineTable) -> None:
        super().__init__(table)
        self._tasks, self._api, self._form, self._table = tasks, api, form, table
        to = "place_to_id" if kind.header("place_to_id") is not None else "place_id"
        fields = {LineColumn.BIN: "place_id", LineColumn.BIN_TO: to}
        self._fields: Mapping[LineColumn, str] = {c: name for c, name in fields.items() if c in kind.lines}
        self._shown: dict[LineColumn, int | None] = {}
        form.edited.connect(self.follow)

    def follow(self, name: str = "") -> None:
        """The places of the header as they are now."""
        for column, field in self._fields.items():
            place = self._form.id_of(field)
            if self._shown.get(column) != place:
                self._shown[column] = place
                self._ask(column, place)

    def _ask(self, column: LineColumn, place: int | None) -> None:
        if place is None:
            self._table.set_bins(column, {})
            return

        def take(bins: Sequence[Ref]) -> None:
            if self._shown.get(column) == place:
                self._table.set_bins(column, {found.id: found.title for found in bins})

        self._tasks.run(self, lambda: self._api.bins(place), take, key=f"bins/{column}")
