"""«Нормы запаса»: numbers are typed into the cells, columns are pasted, several norms are set alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

from crm_contract.base import Ref
from crm_contract.lists import Choice, Tone
from crm_contract.permissions import Permission
from crm_contract.stock_rules import CONSUMPTION_LIST, RULE_LIST, RuleChange, RuleIds, RulesBody, RulesSaved
from crm_contract.stock_rules import RuleRead as Rule
from crm_desktop.documents.rule_dialog import ROUTE, ask_rule, ask_rules
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import problem_of
from crm_desktop.kit.shortcuts import ctrl_letter
from crm_desktop.kit.typed_input import parse_decimal
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.profile import ListProfile, Row, RowsAction
from crm_desktop.widgets.cell_editor import CellEditor
from crm_desktop.widgets.dialogs import confirm

RULES, CONSUMPTION = f"list:{RULE_LIST.code}", f"list:{CONSUMPTION_LIST.code}"
#: What is typed into the cells, with the digits after the comma; what may be left empty.
EDITED = {"minimum": 3, "target": 3, "maximum": 3, "pack": 3, "lead_days": 0}
_EMPTY = frozenset({"maximum", "lead_days"})
SIBLINGS = (Choice(RULE_LIST.code, tr("Нормы")), Choice(CONSUMPTION_LIST.code, tr("Предложить по расходу")))


@dataclass(frozen=True, slots=True)
class _Change:
    """What was typed into one row."""

    row: Row
    values: Mapping[str, Any]


class RulesPage(ListPage):
    """Changes are sent one after another, each with the version that the one before it has left."""

    def __init__(self, app: AppContext, params: Mapping[str, Any]) -> None:
        profile = ListProfile(
            RULE_LIST, frozenset({"stock_rule", "product"}), lambda app, row: self._open(row),
            lambda app: self._create_rule(), Permission.STOCK_RULES, siblings=SIBLINGS,
            needs=("product", "place", "supplier", "donor", "version", *EDITED),
            rows_actions=(
                RowsAction(tr("Изменить у выбранных…"), Icon.PENCIL, lambda app, rows: self._set_alike(rows),
                           Permission.STOCK_RULES, least=2),
                RowsAction(tr("Снять норму…"), Icon.TRASH, lambda app, rows: self._remove(rows),
                           Permission.STOCK_RULES)))
        super().__init__(app, profile, params)
        self._may_edit = app.session.can(Permission.STOCK_RULES)
        self._waiting: list[Sequence[_Change]] = []
        self._is_sending = False
        self._versions: dict[int, int] = {}
        self.editor = CellEditor(self.table)
        self.editor.typed.connect(self._take)
        self.editor.went_on.connect(self._go_on)
        self.table.typed.disconnect(self.filters.focus_search)
        self.table.typed.connect(self._on_typed)

    # --- typing into the cells -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self._start()
        elif event.key() == Qt.Key.Key_Delete:
            self._remove(self.table.selected_rows())
        elif ctrl_letter(event) == "V":
            self.paste()
        else:
            super().keyPressEvent(event)

    def _on_typed(self, text: str) -> None:
        """A digit on a number begins to replace it; all else is looked for."""
        if not (text.isdigit() and self._start(text)):
            self.filters.focus_search(text)

    def _start(self, text: str | None = None) -> bool:
        index = self.table.view.currentIndex()
        if not (self._may_edit and index.isValid() and self._name_at(index.column()) in EDITED):
            return False
        self.table.view.scrollTo(index)
        self.editor.start(index, text)
        return True

    def _name_at(self, column: int) -> str:
        return self.table.model.column(column).name

    def _go_on(self, down: int, right: int) -> None:
        """To the cell below or above; Tab goes on to the next number of the row and begins it."""
        index = self.table.view.currentIndex()
        column = index.column() + right
        while right and 0 <= column < self.table.model.columnCount() and self._name_at(column) not in EDITED:
            column += right
        there = self.table.model.index(index.row() + down, column)
        if there.isValid():
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            self.table.view.selectionModel().setCurrentIndex(there, flags)
            self.table.delegate.shows_cell_focus = True
        if right and there.isValid():
            self._start()

    def _take(self, number: int, column: int, text: str) -> None:
        row, name = self.table.model.row(number), self._name_at(column)
        if row is not None and (values := self._values([(name, text)])) is not None:
            self._send([_Change(row.data, values)])

    def _values(self, typed: Sequence[tuple[str, str]]) -> dict[str, Any] | None:
        """The values of texts by column; says what is no number and answers None."""
        values: dict[str, Any] = {}
        for name, text in typed:
            try:
                value = parse_decimal(text.replace(formatting.DASH, ""), EDITED[name])
            except ValueError as error:
                self.messages.show_message(f"«{text.strip()}»: {error}", Tone.ERROR, key="typed")
                return None
            values[name] = 0 if value is None and name not in _EMPTY else value
        return values

    def paste(self) -> None:
        """Columns of a spreadsheet into the cells from the current one on."""
        index = self.table.view.currentIndex()
        lines = QGuiApplication.clipboard().text().strip("\r\n").splitlines()
        if not (self._may_edit and index.isValid() and lines):
            return
        names = [self._name_at(column) for column in range(index.column(), self.table.model.columnCount())]
        if names[0] not in EDITED:
            self.messages.show_message(tr("Встаньте на число, с которого вставлять столбец."), key="typed")
            return
        changes: list[_Change] = []
        for number, line in enumerate(lines):
            row = self.table.model.row(index.row() + number)
            if row is None:
                break
            cells = [(name, text) for name, text in zip(names, line.split("\t"), strict=False) if name in EDITED]
            if (values := self._values(cells)) is None:
                return
            changes.append(_Change(row.data, values))
        words = formatting.plural(len(changes), tr("строка"), tr("строки"), tr("строк"))
        lost = tr(", не поместилось {n}").format(n=len(lines) - len(changes)) if len(lines) > len(changes) else ""
        self.messages.show_message(tr("Вставлено: {words}{lost}").format(words=words, lost=lost), key="typed")
        self._send(changes)

    # --- sending ---------------------------------------------------------------------------------------------------

    def _send(self, changes: Sequence[_Change]) -> None:
        self._waiting.append(changes)
        self._next()

    def _next(self) -> None:
        if self._is_sending or not self._waiting:
            return
        self._is_sending = True
        changes = self._waiting.pop(0)
        body = RulesBody(rules=[
            RuleChange(product_id=c.row["product"]["id"], place_id=c.row["place"]["id"],
                       version=max(c.row["version"], self._versions.get(c.row["id"], 0)), **c.values)
            for c in changes])

        def done(_: RulesSaved) -> None:
            self._versions |= {c.row["id"]: (body.rules[n].version or 0) + 1 for n, c in enumerate(changes)}
            self._is_sending = False
            self.messages.dismiss("save")
            self._next()
            if not self._is_sending:
                self.table.refresh()

        self.app.tasks.run(self, lambda: self.app.api.post(ROUTE, RulesSaved, body), done, self._on_failed)

    def _on_failed(self, error: BaseException) -> None:
        """What was typed after it stood on it."""
        self._waiting, self._is_sending = [], False
        problem = problem_of(error)
        said = " ".join([*problem.field_errors.values()]) or problem.text
        self.messages.show_message(said, Tone.ERROR, key="save")
        self.table.refresh()

    # --- whole norms -----------------------------------------------------------------------------------------------

    def _saved(self, saved: RulesSaved) -> None:
        self.table.refresh()

    def _create_rule(self) -> None:
        ask_rule(self.app, self.window(), self._saved)

    def _open(self, row: Row) -> None:
        if self._may_edit:
            ask_rule(self.app, self.window(), self._saved, Rule.model_validate(row))
        else:
            self.app.navigator.open("product", row["product"]["id"])

    def _set_alike(self, rows: Sequence[Row]) -> None:
        ask_rules(self.app, self.window(), [(row["product"]["id"], row["place"]["id"]) for row in rows], self._saved)

    def _remove(self, rows: Sequence[Row]) -> None:
        if not (rows and self._may_edit):
            return
        one = Ref.model_validate(rows[0]["product"]).title
        heading = tr("Снять норму: {title}?").format(title=one) if len(rows) == 1 else tr(
            "Снять нормы: {n}?").format(n=len(rows))
        body = RuleIds(ids=[row["id"] for row in rows])
        confirm(self.window(), heading, tr("В «Пополнение» этот товар больше не попадёт."), tr("Снять"),
                lambda: self.app.tasks.run(self, lambda: self.app.api.post(f"{ROUTE}/remove", None, body),
                                           lambda _: self.table.refresh()))


def open_rules(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return RulesPage(app, params)
