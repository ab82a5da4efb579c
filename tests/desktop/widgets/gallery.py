"""All components on two sheets, for the eye: `python -m tests.desktop.widgets.gallery FOLDER` writes PNG pictures."""

import sys
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QEventLoop, QLocale, Qt, QTimer
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.base import Ref
from crm_contract.lists import Choice, Column, ColumnType, Condition, ListQuery, Op, Page, Tone
from crm_contract.sales import PRICED_LINES
from crm_contract.vat import RATES, VatMode
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.theme import Theme, ThemeMode
from crm_desktop.widgets.bars import InlineBar, Toast
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton, MenuButton
from crm_desktop.widgets.cards import Card, column, row
from crm_desktop.widgets.chain_strip import ChainItem, ChainStrip
from crm_desktop.widgets.charts import Bar, BarChart, Funnel, FunnelStep
from crm_desktop.widgets.choice_fields import CheckBox, CheckField, ComboField
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.empty import EmptyState, Skeleton
from crm_desktop.widgets.filter_bar import FilterBar, ViewItem
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.labels import Link, caption, figure, muted, section, strong, title
from crm_desktop.widgets.line_table import LineTable
from crm_desktop.widgets.mini_charts import Share, ShareBar
from crm_desktop.widgets.number_fields import AmountEdit, IntegerEdit
from crm_desktop.widgets.paged_table import PagedTable
from crm_desktop.widgets.pills import Avatar, Chip, KeyCap, Pill, Tag
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.segmented import Segmented
from crm_desktop.widgets.stage_meter import Stage, StageMeter
from crm_desktop.widgets.suggest import Suggestion
from crm_desktop.widgets.text_fields import CheckedEdit, MultilineEdit, TextEdit

STATES = [
    Choice("new", "Новая"), Choice("planned", "Назначена", Tone.VIOLET), Choice("road", "В пути", Tone.INFO),
    Choice("work", "В работе", Tone.WARN), Choice("late", "Просрочена", Tone.ERROR),
]
COLUMNS = [
    Column("number", "Номер", ColumnType.NUMBER), Column("party", "Клиент", ColumnType.REF),
    Column("state", "Статус", ColumnType.STATE, choices=STATES, width=124),
    Column("sum", "Сумма, ₽", ColumnType.MONEY, width=104),
]


def work_orders(query: ListQuery, done: Callable[[Page], None], failed: Callable[[BaseException], None]) -> None:
    names = ("обычная", "наведение", "выбрана", "обычная", "ошибка")
    sums = ("14200.00", "8640.00", "46300.00", "21750.50", "-4.00")
    rows = [
        {"id": n, "number": f"ЗН-{2426 - n:06}", "party": {"id": n, "title": names[n]},
         "state": STATES[n].code, "sum": sums[n]}
        for n in range(5)
    ]
    done(Page(rows=rows, total=len(rows), total_exact=True))


def buttons() -> Card:
    card = Card("Кнопки")
    off = Button("Печать", icon=Icon.PRINTER)
    off.setEnabled(False)
    toggled = IconButton(Icon.LIST, "Список", checkable=True)
    toggled.setChecked(True)
    card.add(row(Button("Создать", ButtonKind.PRIMARY, icon=Icon.PLUS, key="Ins"),
                 Button("На основании", icon=Icon.BRANCH, key="Alt+O"), None))
    card.add(row(Button("Печать", icon=Icon.PRINTER), off, MenuButton("Ещё"), MenuButton(name="Ещё"), None))
    card.add(row(Button("Остановить", ButtonKind.DANGER, icon=Icon.STOP),
                 Button("Строка", ButtonKind.QUIET, icon=Icon.PLUS),
                 Button("Отбор", ButtonKind.PLAIN, icon=Icon.PLUS),
                 IconButton(Icon.COLUMNS, "Столбцы"), toggled, None))
    card.add(row(Chip("Период", "эта неделя"), KeyCap("Ctrl+K"), None,
                 Segmented([Choice("d", "День"), Choice("w", "Неделя")])))
    return card


def fields() -> Card:
    card = Card("Поля")
    form = Form([
        [cell("plain", TextEdit("Обычное"), 6), cell("sum", AmountEdit("Сумма, ₽"), 6)],
        [cell("inn", CheckedEdit("Ошибка", lambda text: "9 цифр, нужно 10 или 12"), 6),
         cell("ro", TextEdit("Только чтение"), 6)],
        [cell("manager", RefEdit("Менеджер"), 4), cell("place", ComboField("Склад", [Choice("1", "Основной")],
         required=True), 5), cell("days", IntegerEdit("Дней"), 3)],
        [cell("due", DateEdit("Отгрузить до"), 5), cell("flag", CheckField("Оригинал вернулся"), 7)],
    ])
    form.set_values({"plain": "7799123451", "sum": "1234.5", "inn": "779912345", "ro": "Банк-пример",
                     "manager": Ref(id=1, title="Орлова Е."), "place": "1", "days": 14, "due": date(2026, 11, 3),
                     "flag": True})
    form.field("inn").validate()
    form.field("ro").set_read_only(True)
    card.add(form)
    return card


def marks() -> Card:
    card = Card("Статусы")
    card.add(row(*(Pill(choice.title, choice.tone) for choice in STATES), None))
    card.add(row(Pill("Выполнена", Tone.OK), Pill("Активен", Tone.OK, dot=True), Tag("VIP", Tone.VIOLET),
                 Avatar("Иванова Ольга"), CheckBox("Ошибочные пропустить"), None))
    half = ShareBar([Share(Decimal(40), Tone.WARN)], Decimal(100))
    most = ShareBar([Share(Decimal(80), Tone.OK)], Decimal(100))
    card.add(row(half, most))
    return card


def table() -> PagedTable:
    made = PagedTable(COLUMNS, work_orders, sort="-number",
                      row_tone=lambda data: Tone.ERROR if data["sum"].startswith("-") else None)
    made.load()
    made.setFixedHeight(218)
    made.delegate.hovered_row = 1
    made.view.selectRow(2)
    return made


def messages() -> Card:
    def nothing() -> None:
        """The actions of the sheet lead nowhere."""

    card = Card("Полосы сообщений")
    card.add(InlineBar("Правило: УПД → «бухгалтер»", Tone.INFO, actions=[("изменить", nothing)]))
    card.add(InlineBar("свободно 2 из 3 шт.", Tone.WARN, lead="Строка 1:", actions=[("Взять 2", nothing)]))
    card.add(InlineBar("Пароль не подошёл. Код: AUTH-02", Tone.ERROR, actions=[("Подробности", nothing)]))
    card.add(InlineBar("Сходится с таблицей", Tone.OK, closable=True))
    return card


def empty() -> Card:
    card = Card()
    card.add(EmptyState("Нет заявок по этому отбору", "Период «эта неделя», статус «новая».", action="Снять отбор"))
    return card


def type_sheet() -> Card:
    card = Card()
    card.add(row(title("Заголовок 20"), section("Раздел 15"), strong("Текст 13"), muted("Подпись"), None))
    card.add(row(figure("36 917,20 ₽"), Link("Счёт 418"), caption("02.11.2026 · Inter"), None))
    card.add(Skeleton(2))
    return card


def components() -> QWidget:
    page = QWidget()
    page.setObjectName("page")
    sheet = QHBoxLayout(page)
    sheet.setContentsMargins(24, 16, 24, 16)
    sheet.setSpacing(12)
    sheet.addLayout(column(title("Окно CRM · компоненты"), buttons(), fields(), marks(), None), 1)
    charts = Card("Воронка продаж", note="ноябрь")
    charts.add(Funnel("Воронка", [
        FunnelStep("Обращения", 86, "12,4 млн", "—"), FunnelStep("Квалификация", 54, "9,1 млн", "63 %"),
        FunnelStep("КП отправлено", 31, "6,2 млн", "57 %"), FunnelStep("Договор", 9, "1,9 млн", "53 %")]))
    ageing = Card("Дебиторская задолженность")
    ageing.add(BarChart("Задолженность", [
        Bar("в срок", (Decimal(1240000),)), Bar("1–7 дн.", (Decimal(420000),)),
        Bar("8–30 дн.", (Decimal(310000),), Tone.WARN), Bar("31–60 дн.", (Decimal(180000),), Tone.ERROR)], unit="₽"))
    sheet.addLayout(column(table(), messages(), empty(), type_sheet(), None), 1)
    sheet.addLayout(column(charts, ageing, None), 1)
    return page


def _line(sku: str, name: str, quantity: str, unit: str, free: str, price: str, discount: str) -> dict[str, object]:
    return {"product_id": abs(hash(sku)), "sku": sku, "name": name, "quantity": Decimal(quantity), "unit_title": unit,
            "free": Decimal(free), "price": Decimal(price), "discount": Decimal(discount), "vat_rate": "22"}


def _search(text: str, done: Callable[[Sequence[Suggestion]], None]) -> None:
    done([Suggestion(7, "Реле РЭК-78", "077-002", "14 шт", {"sku": "077-002", "price": "610", "vat_rate": "22"})])


def lines() -> LineTable:
    made = LineTable(PRICED_LINES, _search, marks_shortage=True)
    made.set_mode(VatMode.ON_TOP)
    made.set_rates(lambda: RATES)
    made.set_lines([
        _line("104-220", "Датчик давления ДД-40, 0–16 бар", "3", "шт", "2", "4100", "0"),
        _line("118-015", "Клапан КЭ-15 электромагнитный", "4", "шт", "7", "2350", "5"),
        _line("201-315", "Кабель ПВС 3×1,5", "25", "м", "60", "84", "0"),
        _line("077-001", "Реле РЭК-77", "10", "шт", "14", "610", "10"),
        _line("310-002", "Кронштейн КР-2", "6", "шт", "42", "240", "0"),
    ])
    return made


def document() -> QWidget:
    page = QWidget()
    page.setObjectName("page")
    outer = QVBoxLayout(page)
    outer.setContentsMargins(16, 12, 16, 12)
    outer.setSpacing(12)
    outer.addLayout(row(
        title("Расходная накладная РН-004512"), caption("от 02.11.2026"), Pill("Черновик", dot=True), None,
        MenuButton(name="Ещё"), Button("Печать", icon=Icon.PRINTER, key="Ctrl+P"), Button("Записать", key="Ctrl+S"),
        Button("Провести и закрыть", ButtonKind.PRIMARY, icon=Icon.CHECK, key="Ctrl+Enter")))
    outer.addWidget(StageMeter([
        Stage("КП", "done", "КП-000131 · принято", 1), Stage("Договор", "done", "№ 12 · действует", 2),
        Stage("Счёт", "done", "418 · выставлен", 3), Stage("Резерв", "warn", "4 из 5 строк", 4),
        Stage("Отгрузка", "current", "черновик", 5), Stage("УПД", "todo", "после проведения"),
        Stage("Оплата", "partial", "50 % · срок 16.11", 6)]))
    form = Form([[
        cell("party", RefEdit("Клиент", required=True), 3), cell("contract", RefEdit("Договор"), 3),
        cell("place", ComboField("Склад", [Choice("1", "Основной")], required=True), 2),
        cell("basis", RefEdit("Основание", can_open=True), 2), cell("due", DateEdit("Отгрузить до"), 2)]])
    form.set_values({"party": Ref(id=1, title="ООО «Северный ветер»"), "place": "1",
                     "contract": Ref(id=1, title="№ 12 от 14.03.2026"), "basis": Ref(id=1, title="Счёт 418"),
                     "due": date(2026, 11, 3)})
    outer.addWidget(form)
    goods = Card("Товары", note="5 строк · 48 ед. · 31,4 кг", margins=False)
    for text, icon, key in (("Строка", Icon.PLUS, "Ins"), ("Подбор", Icon.LIST_PLUS, ""), ("Из файла", Icon.FILE, "")):
        goods.add_action(Button(text, ButtonKind.PLAIN, icon=icon, key=key))
    goods.add(lines(), 1)
    goods.add(InlineBar("на складе «Основной» свободно 2 из 3 шт.", Tone.WARN, lead="Строка 1:", buttons=True,
                        square=True, actions=[("Взять 2", page.update), ("Со склада 2 · есть 5", page.update)]))
    outer.addWidget(goods, 1)
    outer.addLayout(_foot(page))
    return page


def _foot(page: QWidget) -> QGridLayout:
    chain = Card("Связанные документы")
    chain.add_action(Button("На основании", ButtonKind.QUIET, icon=Icon.BRANCH, key="Alt+O", compact=True))
    chain.add(ChainStrip([
        ChainItem("КП-000131", "Принято", Tone.OK, 1), ChainItem("Счёт 418", "Оплачен 50 %", Tone.INFO, 2),
        ChainItem("РН-004512", "Черновик", key=3, is_current=True), ChainItem("УПД", is_missing=True)]))
    note = MultilineEdit("Комментарий для склада", lines=3)
    note.set_value("Упаковать датчики отдельно,\nприложить паспорта.")
    totals = Card()
    totals.add(row(muted("Без НДС"), None, muted("30 260,00")))
    totals.add(row(muted("НДС 22 %"), None, muted("6 657,20")))
    totals.add(row(section("Всего"), None, figure("36 917,20 ₽")))
    grid = QGridLayout()
    grid.setSpacing(12)
    for place, (widget, share) in enumerate(((chain, 5), (note, 3), (totals, 3))):
        grid.addWidget(widget, 0, place)
        grid.setColumnStretch(place, share)
    return grid


def list_page() -> QWidget:
    page = QWidget()
    page.setObjectName("page")
    bar = FilterBar(COLUMNS)
    bar.set_filter([Condition(column="state", op=Op.NOT_IN, value=["late"]),
                    Condition(column="sum", op=Op.GE, value="1000")])
    bar.set_views([ViewItem("mine", "Диспетчер", own=True)], "mine")
    bar.add_right(IconButton(Icon.COLUMNS, "Столбцы"))
    heading = row(title("Заявки и наряды"), muted("≈ 1 248 000 записей"), None)
    page.setLayout(column(heading, bar, table(), None, edge=16))
    return page


SHEETS: dict[str, tuple[Callable[[], QWidget], int, int]] = {
    "components": (components, 1366, 768), "document": (document, 1150, 690), "list": (list_page, 1000, 360),
}


def grab(folder: Path, suffix: str) -> list[Path]:
    """One picture of each sheet in the theme as it is now."""
    made = []
    for name, (build, width, height) in SHEETS.items():
        page = build()
        page.resize(width, height)
        page.show()
        toast = Toast(page, "ЗН-002415 → Смирнов П., 11:54", action="Отменить") if name == "list" else None
        page.activateWindow()
        _wait(30)
        button = page.findChild(Button)
        if button is not None:
            button.setFocus(Qt.FocusReason.TabFocusReason)
        _wait(60)
        path = folder / f"{name}{suffix}.png"
        page.grab().save(str(path))
        made.append(path)
        if toast is not None:
            toast.dismiss()
        page.close()
        page.deleteLater()
    return made


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    QLocale.setDefault(QLocale("ru_RU"))
    app = QApplication(sys.argv)
    theme = Theme(app, ThemeMode.LIGHT, float(sys.argv[2]) if len(sys.argv) > 2 else 1.0)
    grab(folder, "")
    theme.set_mode(ThemeMode.DARK)
    grab(folder, "_dark")


if __name__ == "__main__":
    main()
