"""What goods cost: what a document that is dated back would change, and the full cost of a receipt."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidgetItem, QWidget

from crm_contract.documents import DocumentRead, kind_of
from crm_contract.landed_cost import FullCost
from crm_contract.stock import Affected
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.documents.rows_tree import RowsTree
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import Problem
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.empty import EmptyState
from crm_desktop.widgets.labels import Label

#: Opens a document by its id.
Open = Callable[[int], object]
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class BackdateDialog(Dialog):
    """The documents whose cost would change, before and after; `run` gets what says that this was seen."""

    def __init__(self, parent: QWidget, heading: str, problem: Problem, run: Callable[[str], object]) -> None:
        super().__init__(parent, heading, width=720)
        self._run = run
        self._seal = str(problem.data["acknowledge"])
        affected = [Affected.model_validate(item) for item in problem.data["documents"]]
        self.add_text(problem.message + ".")
        self.tree = RowsTree((tr("Документ"), tr("Дата"), tr("Было, ₽"), tr("Станет, ₽"), tr("Разница, ₽")),
                             (104, 120, 120, 120), tr("Что изменится"))
        for column in (2, 3, 4):
            self.tree.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        for item in affected:
            self.tree.addTopLevelItem(_row(item.document, item.date, item.before, item.after))
        self.add(self.tree.framed())
        if (more := int(problem.data["count"]) - len(affected)) > 0:
            self.add(Label(tr("И ещё документов: {count}").format(count=more), tone="muted"))
        self.add_text(tr("Движения не переписываются: разница запишется корректировками."))
        self.add_button(tr("Отмена")).setFocus()
        self.add_button(tr("Провести задним числом"), self.confirm, ButtonKind.DANGER)
        self.resize(720, 440)

    def confirm(self) -> None:
        self.accept()
        self._run(self._seal)


class FullCostDialog(Dialog):
    """Goods of a receipt with what was added to their cost since; a row of an addition opens its document."""

    def __init__(self, parent: QWidget, heading: str, cost: FullCost, open_document: Open) -> None:
        super().__init__(parent, heading, width=820)
        self._open = open_document
        self.tree = RowsTree((tr("Товар"), tr("Количество"), tr("По накладной, ₽"), tr("Расходы, ₽"), tr("Полная, ₽"),
                              tr("За единицу, ₽")), (104, 124, 104, 124, 116), tr("Полная себестоимость"))
        for column in range(1, 6):
            self.tree.headerItem().setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        self._fill(cost)
        self.tree.itemActivated.connect(self._activate)
        if cost.lines:
            self.add(self.tree.framed())
            self.add(Label(tr("Итого: по накладной {paid} ₽, расходы {added} ₽, полная себестоимость {full} ₽").format(
                paid=formatting.money(cost.paid), added=formatting.money(cost.added),
                full=formatting.money(cost.full))))
        else:
            self.add(EmptyState(tr("Товара по этому ордеру нет"), tr("Себестоимость появится, когда он будет принят")))
        self.add_button(tr("Закрыть"), self.accept, ButtonKind.PRIMARY)
        self.resize(860, 440)
        self.tree.setFocus()

    def _fill(self, cost: FullCost) -> None:
        for line in cost.lines:
            item = _cells(line.product.title, f"{formatting.quantity(line.quantity)} {line.unit}",
                          formatting.money(line.paid), formatting.money(line.full - line.paid),
                          formatting.money(line.full), formatting.money(line.full / line.quantity))
            self.tree.addTopLevelItem(item)
            for added in line.added:
                below = _cells(added.document, "", "", formatting.money(added.amount), "", "")
                below.setData(0, Qt.ItemDataRole.UserRole, added.document_id)
                item.addChild(below)
        self.tree.expandAll()

    def _activate(self, item: QTreeWidgetItem) -> None:
        document_id = item.data(0, Qt.ItemDataRole.UserRole)
        if document_id is not None:
            self.accept()
            self._open(document_id)


def open_full_cost(page: QWidget, app: AppContext, api: DocumentsApi, document: DocumentRead) -> None:
    """Reads the full cost of a receipt and shows it."""
    heading = tr("Полная себестоимость: {name}").format(name=kind_of(document.kind).named(document.number))
    app.tasks.run(page, lambda: api.full_cost(document.id), lambda cost: FullCostDialog(
        page, heading, cost, lambda id: app.navigator.open("document", id)).open(), key="cost")


def _row(document: str, day: date, before: Decimal | None, after: Decimal | None) -> QTreeWidgetItem:
    if before is None or after is None:
        return _cells(document, formatting.day(day), "—", "—", "—", first_number=2)
    difference = after - before
    sign = "+" if difference > 0 else ""
    return _cells(document, formatting.day(day), formatting.money(before), formatting.money(after),
                  sign + formatting.money(difference), first_number=2)


def _cells(first: str, *others: str, first_number: int = 1) -> QTreeWidgetItem:
    item = QTreeWidgetItem([first, *others])
    for column in range(first_number, len(others) + 1):
        item.setTextAlignment(column, _RIGHT)
    return item
