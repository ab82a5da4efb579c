"""The lines of the paper beside our products; under them the current one: what it may be, and what is wrong with it."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.base import Ref
from crm_contract.incoming_upd import Severity, UpdLine, UpdProblem, UpdRead
from crm_contract.lists import Column, ColumnType, ListQuery
from crm_contract.lists import Page as Window
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.purchases.choices import Choices, Fate, fates
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.labels import ElidedLabel, Label
from crm_desktop.widgets.paged_model import PageDone, PageFailed
from crm_desktop.widgets.paged_table import PagedTable
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.suggest import Search, Suggestion


def columns() -> list[Column]:
    return [
        Column("number", "№", ColumnType.NUMBER, 44, sortable=False, filterable=False),
        Column("name", tr("В УПД"), sortable=False, filterable=False),
        Column("quantity", tr("Кол-во"), ColumnType.QUANTITY, 76, sortable=False, filterable=False),
        Column("unit", tr("Ед."), width=54, sortable=False, filterable=False),
        Column("gross", tr("Всего, ₽"), ColumnType.MONEY, 108, sortable=False, filterable=False),
        Column("fate", tr("Товар"), ColumnType.STATE, 112, choices=fates(), sortable=False, filterable=False),
        Column("product", tr("Наш товар"), sortable=False, filterable=False),
    ]


class LinesCard(Card):
    """`changed` when a line was decided."""

    changed = Signal()

    def __init__(self, search: Search, parent: QWidget | None = None) -> None:
        super().__init__(tr("Строки"), ruled=True, margins=False, parent=parent)
        self._read: UpdRead | None = None
        self._choices: Choices | None = None
        self._number = 0
        self.table = PagedTable(columns(), self._load, name=tr("Строки УПД"), cell_ink=self._ink)
        self.table.setProperty("role", "")  # the card is its frame
        self.line = LineBar(search)
        self.add(self.table, 1)
        self.add(self.line)
        self.table.current_changed.connect(self._on_current)
        self.table.opened.connect(lambda row: self.line.product.setFocus(Qt.FocusReason.OtherFocusReason))
        self.line.product.chosen.connect(self._choose)
        self.line.accept.clicked.connect(self.accept)
        self.line.make.clicked.connect(self.make_new)

    def show_read(self, read: UpdRead, choices: Choices) -> None:
        self._read, self._choices = read, choices
        self.line.may_make = read.can_add_products
        self.table.load()
        self._show_note()
        first = choices.next_open(0)
        self._go(first if first is not None else 1)

    def accept(self) -> None:
        """Space: what is proposed is right."""
        if self._choices is not None and self._number and self._choices.accept(self._number):
            self._decided()

    def make_new(self) -> None:
        """Ins: a product is made from the line."""
        if self._choices is not None and self._number and self.line.may_make:
            self._choices.make_new(self._number)
            self._decided()

    def _choose(self, found: Suggestion) -> None:
        if self._choices is not None:
            self._choices.choose(self._number, Ref(id=found.id, title=found.title))
            self._decided()

    def _decided(self) -> None:
        """On to the next line that waits; behind the last one it stays."""
        assert self._choices is not None
        self.table.refresh()
        self._show_note()
        self.changed.emit()
        following = self._choices.next_open(self._number)
        self._go(following if following is not None else self._number)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self, number: int) -> None:
        self.table.select_id(number)
        self._show_line(number)

    def _on_current(self, row: dict[str, Any] | None) -> None:
        if row is not None:
            self._show_line(row["id"])

    def _show_line(self, number: int) -> None:
        if self._read is None or self._choices is None:
            return
        self._number = number
        line = next((one for one in self._read.lines if one.number == number), None)
        if line is not None:
            told = [problem for problem in self._read.problems if problem.line == number]
            self.line.show_line(line, self._choices.product(line), self._choices.fate(line), told)

    def _show_note(self) -> None:
        if self._read is None or self._choices is None:
            return
        parts = [formatting.plural(len(self._read.lines), tr("строка"), tr("строки"), tr("строк"))]
        if waiting := len(self._choices.open_lines()):
            parts.append(tr("ждут решения: {count}").format(count=waiting))
        self.set_note(" · ".join(parts))

    def _load(self, query: ListQuery, done: PageDone, failed: PageFailed) -> None:
        if self._read is None or self._choices is None:
            done(Window(rows=[], total=0, total_exact=True))
            return
        lines = self._read.lines[query.offset:query.offset + query.limit]
        done(Window(rows=[self._row(line, self._choices) for line in lines], total=len(self._read.lines),
                    total_exact=True))

    def _row(self, line: UpdLine, choices: Choices) -> dict[str, Any]:
        fate = choices.fate(line)
        product = choices.product(line)
        title = tr("будет создан") if fate is Fate.NEW else product.title if product is not None else ""
        return {"id": line.number, "number": str(line.number), "name": line.name, "quantity": str(line.quantity),
                "unit": line.unit_title, "gross": str(line.gross), "fate": fate, "product": title}

    @staticmethod
    def _ink(row: dict[str, Any], name: str) -> str | None:
        return "muted" if name == "product" and row.get("fate") in (Fate.DOUBT, Fate.NEW) else "text"


class LineBar(QWidget):
    """The current line: what it says whole, why which product is proposed, and what may be done."""

    def __init__(self, search: Search, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.may_make = False
        self._name = ElidedLabel("", FontRole.STRONG)
        self._words = ElidedLabel("", FontRole.CAPTION, "muted")
        self._told = {Severity.ERROR: Label("", FontRole.CAPTION, "error", wrap=True),
                      Severity.NOTE: Label("", FontRole.CAPTION, "warn", wrap=True)}
        self.product = RefEdit(tr("Наш товар"), search, hint=tr("Артикул, название или скан"))
        self.accept = Button(tr("Верно"), icon=Icon.CHECK, key="Space")
        self.make = Button(tr("Создать товар"), icon=Icon.PLUS, key="Ins")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.product, 1)
        for button in (self.accept, self.make):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(15, 10, 15, 12)
        column.setSpacing(4)
        for widget in (self._name, self._words, *self._told.values()):
            column.addWidget(widget)
        column.addLayout(row)

    def show_line(self, line: UpdLine, product: Ref | None, fate: Fate,
                  told: Sequence[UpdProblem]) -> None:
        self._name.set_text(f"{line.number}. {line.name}")
        codes = [tr("код {code}").format(code=line.code)] if line.code else []
        codes += [tr("артикул {code}").format(code=line.article)] if line.article not in ("", line.code) else []
        codes += [tr("штрихкод {code}").format(code=line.barcode)] if line.barcode else []
        priced = tr("{quantity} {unit} × {price} ₽ без НДС").format(
            quantity=formatting.quantity(line.quantity), unit=line.unit_title, price=formatting.price(line.price))
        self._words.set_text(" · ".join([*codes, priced]))
        for severity, label in self._told.items():
            words = "\n".join(problem.text for problem in told if problem.severity is severity)
            label.setText(words)
            label.setVisible(bool(words))
        self.product.set_value(product if fate is not Fate.NEW else None)
        why = {Fate.NEW: tr("Новый товар будет создан из этой строки"), Fate.CHOSEN: tr("Выбран вами")}
        self.product.set_title(tr("Наш товар · {why}").format(why=why.get(fate, line.reason)))
        self.accept.set_why_not("" if product is not None else tr("Предложить нечего: выберите товар"))
        self.make.set_why_not("" if self.may_make else tr("Нет права создавать номенклатуру"))
