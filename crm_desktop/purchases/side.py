"""Beside the lines: what the paper is, from whom and where to, and what does not agree in it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.base import Ref
from crm_contract.incoming_upd import Severity, UpdProblem, UpdRead
from crm_contract.lists import Choice
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.cards import CARD_GAP, Card
from crm_desktop.widgets.choice_fields import CheckBox, ComboField
from crm_desktop.widgets.labels import Label
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.suggest import Search

WIDTH = 320
MOST_PROBLEMS = 10


class Side(QWidget):
    """`changed` when what is asked here was answered; `party_asked`: make the supplier of the paper's requisites;
    `party_chosen`: another supplier, for whom the lines are to be matched anew."""

    changed = Signal()
    party_asked = Signal()
    party_chosen = Signal(int)
    duplicate_asked = Signal(int)

    def __init__(self, parties: Search, warehouses: Search, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._errors = False
        self._duplicate = 0
        self.setFixedWidth(fonts.px(WIDTH))
        self._paper = Card(tr("Документ"))
        self._facts = Label("", wrap=True)
        self._sums = Label("", FontRole.STRONG, wrap=True)
        self.open = Button(tr("Открыть тот приход"), icon=Icon.OPEN)
        for widget in (self._facts, self._sums, self.open):
            self._paper.add(widget)
        self._where = Card(tr("Приход"))
        self.party = RefEdit(tr("Поставщик"), parties, required=True)
        self._requisites = Label("", FontRole.CAPTION, "muted", wrap=True)
        self.add_party = Button(tr("Завести поставщика"), icon=Icon.PLUS)
        self.place = RefEdit(tr("Склад"), warehouses, required=True)
        self.order = ComboField(tr("По заказу"), hint=tr("без заказа"))
        for widget in (self.party, self._requisites, self.add_party, self.place, self.order):
            self._where.add(widget)
        self._problems = Card(tr("Расхождения"))
        self._told = QVBoxLayout()
        self._told.setSpacing(6)
        self.agree = CheckBox(tr("Всё равно создать приход"))
        self._problems.add(self.agree)
        self._problems.add(self._told)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(CARD_GAP)
        for card in (self._paper, self._where, self._problems):
            column.addWidget(card)
        column.addStretch(1)
        self._wire()

    def _wire(self) -> None:
        self.add_party.clicked.connect(self.party_asked)
        self.party.chosen.connect(lambda found: self.party_chosen.emit(found.id))
        self.place.edited.connect(self.changed)
        self.agree.clicked.connect(self.changed)
        self.open.clicked.connect(lambda: self.duplicate_asked.emit(self._duplicate))

    def show_read(self, read: UpdRead) -> None:
        parts = [tr("{title} № {number} от {day}").format(
            title=read.title, number=read.number, day=formatting.day(read.date)),
            tr("Покупатель: {name}").format(name=read.organization.title)]
        parts += [tr("Основание: {basis}").format(basis=read.basis)] if read.basis else []
        self._facts.setText("\n".join(parts))
        self._sums.setText(tr("Всего {gross}, в том числе НДС {vat}").format(
            gross=formatting.money(read.gross, "RUB"), vat=formatting.money(read.vat, "RUB")))
        self._duplicate = read.duplicate.id if read.duplicate is not None else 0
        self.open.setVisible(bool(self._duplicate))
        self._show_party(read)
        self.order.set_choices([Choice(str(order.id), tr("{number} от {day}").format(
            number=order.number, day=formatting.day(order.date))) for order in read.orders])
        if read.orders:
            self.order.set_value(str(read.orders[0].id))
        self.order.setVisible(bool(read.orders))
        self._show_problems(read)

    def _show_party(self, read: UpdRead) -> None:
        seller = read.seller
        words = [seller.name, tr("ИНН {inn}").format(inn=seller.inn)]
        words += [tr("КПП {kpp}").format(kpp=seller.kpp)] if seller.kpp else []
        self._requisites.setText(tr("В УПД: {words}").format(words=" · ".join(words)))
        self.party.set_value(read.supplier)
        if read.supplier is None:
            self.party.set_error(tr("Такого поставщика у нас нет: заведите его или выберите"))
        self.add_party.setVisible(read.supplier is None)
        self.add_party.set_why_not("" if read.can_add_party else tr("Нет права заводить контрагентов"))

    def _show_problems(self, read: UpdRead) -> None:
        while (item := self._told.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        ours = read.draft_gross - read.gross
        notes = sorted(read.problems, key=lambda problem: problem.severity is Severity.NOTE)
        if ours:
            words = tr("Сумма прихода будет {sum}: {sign}{off} к УПД").format(
                sum=formatting.money(read.draft_gross, "RUB"), sign="+" if ours > 0 else "−",
                off=formatting.money(abs(ours), "RUB"))
            notes.append(UpdProblem(severity=Severity.NOTE, text=words))
        for problem in notes[:MOST_PROBLEMS]:
            tone = "error" if problem.severity is Severity.ERROR else "muted"
            where = tr("Строка {number}: ").format(number=problem.line) if problem.line else ""
            self._told.addWidget(Label(f"{where}{problem.text}", FontRole.CAPTION, tone, wrap=True))
        if len(notes) > MOST_PROBLEMS:
            more = tr("И ещё: {count}. Они показаны под своими строками.").format(count=len(notes) - MOST_PROBLEMS)
            self._told.addWidget(Label(more, FontRole.CAPTION, "muted", wrap=True))
        if not notes:
            self._told.addWidget(Label(tr("Суммы, НДС и ставки сходятся"), FontRole.CAPTION, "ok", wrap=True))
        self._errors = any(problem.severity is Severity.ERROR for problem in read.problems)
        self.agree.setVisible(self._errors)
        self.agree.setChecked(False)

    def set_place(self, place: Ref | None) -> None:
        self.place.set_value(place)
        self.changed.emit()

    @property
    def order_id(self) -> int | None:
        return int(self.order.value()) if self.order.value() else None

    def why_not(self) -> str:
        """What is still to be answered here."""
        if self._duplicate:
            return tr("Этот файл уже загружен")
        if self.party.value() is None:
            return tr("Выберите поставщика")
        if self.place.value() is None:
            return tr("Выберите склад")
        return tr("Посмотрите расхождения и подтвердите") if self._errors and not self.agree.isChecked() else ""
