"""Small components: buttons, chips, bars, toasts, menus, dialogs, stages, chains, charts, focus ring."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crm_contract.errors import ErrorBody, ErrorCode
from crm_contract.lists import Choice, Tone
from crm_desktop.kit.api_client import ApiError
from crm_desktop.kit.problems import problem_of
from crm_desktop.widgets import focus_ring
from crm_desktop.widgets.bars import MessageBar, Toast
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton, MenuButton
from crm_desktop.widgets.chain_strip import ChainItem, ChainStrip
from crm_desktop.widgets.charts import Bar, BarChart, Funnel, FunnelStep
from crm_desktop.widgets.compare_dialog import Difference, compare
from crm_desktop.widgets.dialogs import Dialog, ask_reason, confirm, show_problem
from crm_desktop.widgets.labels import Link
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.segmented import Segmented
from crm_desktop.widgets.stage_meter import Stage, StageMeter, StageStatus
from crm_desktop.widgets.text_fields import MultilineEdit


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    QVBoxLayout(made)
    made.resize(600, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=1000)
    return made


def add(host: QWidget, widget: QWidget) -> None:
    layout = host.layout()
    assert layout is not None
    layout.addWidget(widget)


@pytest.mark.parametrize("kind", list(ButtonKind))
@pytest.mark.parametrize("state", ["plain", "off", "checked", "compact"])
def test_buttons_hold_their_text_icon_and_key(qtbot: QtBot, kind: ButtonKind, state: str) -> None:
    button = Button("Провести и закрыть", kind, icon="check", key="Ctrl+Enter", compact=state == "compact")
    qtbot.addWidget(button)
    button.setEnabled(state != "off")
    button.setCheckable(state == "checked")
    button.setChecked(state == "checked")
    button.resize(button.sizeHint())
    assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()) + 16 + 6
    assert not button.grab().isNull()
    assert button.accessibleName() == "Провести и закрыть"


def test_a_refusing_button_says_why(qtbot: QtBot) -> None:
    button = Button("Провести")
    qtbot.addWidget(button)
    button.set_why_not("Период закрыт")
    assert not button.isEnabled()
    assert button.toolTip() == button.accessibleDescription() == "Период закрыт"
    button.set_why_not("")
    assert button.isEnabled()


def test_icon_buttons_are_named(qtbot: QtBot) -> None:
    for button in (IconButton("columns", "Столбцы"), MenuButton(name="Ещё")):
        qtbot.addWidget(button)
        assert button.accessibleName()
        assert button.toolTip()
        assert button.sizeHint().width() == button.sizeHint().height()


def test_the_ring_comes_with_the_keyboard_only(host: QWidget, qtbot: QtBot) -> None:
    first, second = Button("Первая"), Button("Вторая")
    add(host, first)
    add(host, second)
    qtbot.waitUntil(second.isVisible, timeout=1000)
    first.setFocus(Qt.FocusReason.TabFocusReason)
    ring = focus_ring._ring
    assert ring is not None
    assert ring.isVisible()
    assert ring.geometry().contains(first.geometry().adjusted(-1, -1, 1, 1))
    second.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not ring.isVisible()
    second.clearFocus()
    second.setFocus(Qt.FocusReason.BacktabFocusReason)
    second.hide()  # Qt moves the focus on, as the Tab key would
    assert first.hasFocus()
    assert ring.geometry().contains(first.geometry())
    first.hide()
    assert not ring.isVisible()


def test_links_and_segments_by_keyboard(host: QWidget, qtbot: QtBot) -> None:
    link = Link("Счёт 418")
    segments = Segmented([Choice("d", "День"), Choice("w", "Неделя")], name="Шаг")
    add(host, link)
    add(host, segments)
    with qtbot.waitSignal(link.clicked):
        qtbot.keyClick(link, Qt.Key.Key_Return)
    with qtbot.waitSignal(segments.changed) as caught:
        qtbot.keyClick(segments, Qt.Key.Key_Right)
    assert caught.args == ["w"]
    assert segments.accessibleName() == "Шаг: Неделя"
    with qtbot.assertNotEmitted(segments.changed):
        qtbot.keyClick(segments, Qt.Key.Key_Right)


def test_messages_replace_each_other_and_go(host: QWidget, qtbot: QtBot) -> None:
    messages = MessageBar()
    add(host, messages)
    assert not messages.isVisible()
    messages.show_message("Первая", key="a")
    messages.show_message("Вторая", key="a")
    for number in range(5):
        messages.show_message(f"Ещё {number}")
    assert len(messages._bars) == MessageBar.MAX_BARS
    messages.clear()
    assert not messages.isVisible()


def test_a_problem_in_a_bar_can_be_copied_and_retried(host: QWidget, qtbot: QtBot) -> None:
    body = ErrorBody(code=ErrorCode.OUT_OF_STOCK, message="Не хватает 1 шт", request_id="r-5")
    problem = problem_of(ApiError(body, 409))
    messages, retried = MessageBar(), []
    add(host, messages)
    assert messages.show_problem(problem, retry=lambda: retried.append(1))
    (bar,) = messages._bars.values()
    assert "Не хватает 1 шт." in bar.text()
    assert "Код: out_of_stock" in bar.text()
    links = {link.text(): link for link in bar.findChildren(Link)}
    links["Скопировать подробности"].clicked.emit()
    assert "r-5" in QGuiApplication.clipboard().text()
    links["Повторить"].clicked.emit()
    assert retried == [1]


def test_the_actions_of_a_message_come_before_what_is_below(host: QWidget, qtbot: QtBot) -> None:
    messages, above, below = MessageBar(), Button("Выше"), Button("Ниже")
    for widget in (above, messages, below):
        add(host, widget)
    messages.show_message("Нет связи", actions=[("Повторить", host.update)])
    qtbot.waitUntil(below.isVisible, timeout=1000)
    above.setFocus()
    seen = []
    for _ in range(3):
        host.focusNextChild()
        seen.append(host.focusWidget().accessibleName())
    assert seen == ["Повторить", "Закрыть", "Ниже"]


def test_the_toast_undoes_or_goes_by_itself(host: QWidget, qtbot: QtBot) -> None:
    toast = Toast(host, "Строка удалена", action="Отменить")
    assert toast.isVisible()
    assert host.rect().contains(toast.geometry())
    with qtbot.waitSignal(toast.undone):
        toast.findChildren(QPushButton)[0].click()
    older = Toast(host, "Строка удалена", action="Отменить")
    with qtbot.waitSignal(older.expired, timeout=500):
        short = Toast(host, "Строка удалена", action="Отменить", seconds=1)
    with qtbot.waitSignal(short.expired, timeout=2500):
        pass


def test_a_letter_runs_its_menu_item_in_both_layouts(host: QWidget, qtbot: QtBot) -> None:
    ran: list[str] = []
    for key in ("c", "с"):
        menu = Menu(host)
        menu.add("Счёт", lambda: ran.append("invoice"), key="С")
        menu.add("Акт", lambda: ran.append("act"), key="А", why_not="Нет прав")
        menu.open_below(host)
        from tests.desktop.keyboard import type_text

        type_text(menu, key)
    assert ran == ["invoice", "invoice"]
    menu = Menu(host)
    action = menu.add("Акт", lambda: ran.append("act"), key="А", why_not="Нет прав")
    assert not action.isEnabled()
    assert action.toolTip() == "Нет прав"


def test_a_menu_is_as_wide_as_its_words(host: QWidget, qtbot: QtBot) -> None:
    menu = Menu(host)
    menu.add("Расходная накладная на перемещение", key="Ctrl+Shift+R", icon="truck")
    menu.open_below(host)
    assert menu.width() >= menu.fontMetrics().horizontalAdvance("Расходная накладная на перемещение") + 100
    menu.close()


def button_of(dialog: Dialog, text: str) -> Button:
    return next(button for button in dialog.findChildren(Button) if button.text() == text)


def test_confirmation_names_the_act(host: QWidget, qtbot: QtBot) -> None:
    done: list[int] = []
    dialog = confirm(host, "Удалить 3 клиентов навсегда?", "Их нельзя вернуть.", "Удалить", lambda: done.append(1))
    assert dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert done == []
    dialog = confirm(host, "Удалить?", "", "Удалить", lambda: done.append(1))
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert done == [1]


def test_a_reason_is_required(host: QWidget, qtbot: QtBot) -> None:
    reasons: list[str] = []
    dialog = ask_reason(host, "Аннулировать счёт?", "Аннулировать", reasons.append)
    button_of(dialog, "Аннулировать").click()
    assert dialog.isVisible()
    dialog.findChildren(MultilineEdit)[0].set_value("Ошибка в сумме")
    button_of(dialog, "Аннулировать").click()
    assert reasons == ["Ошибка в сумме"]


def test_a_crash_can_be_copied(host: QWidget, qtbot: QtBot) -> None:
    dialog = show_problem(host, problem_of(ZeroDivisionError("x")))
    button_of(dialog, "Скопировать подробности").click()
    assert dialog.isVisible()
    assert "ZeroDivisionError" in QGuiApplication.clipboard().text()
    button_of(dialog, "Закрыть").click()


def test_two_edits_are_merged_field_by_field(host: QWidget, qtbot: QtBot) -> None:
    chosen: list[dict[str, str]] = []
    dialog = compare(host, [Difference("phone", "Телефон", "+7 900", "+7 901"), Difference("note", "Заметка", "", "x")],
                     "Гусев Д.", chosen.append)
    second = dialog.findChildren(Segmented)[1]
    qtbot.keyClick(second, Qt.Key.Key_Right)
    button_of(dialog, "Сохранить выбранное").click()
    assert chosen == [{"phone": "mine", "note": "theirs"}]


STAGES = [Stage(name, status, "текст", number) for number, (name, status) in enumerate(
    zip(("КП", "Договор", "Счёт", "Резерв", "УПД", "Оплата", "Отгрузка"), StageStatus, strict=True))]


def test_stages_open_by_mouse_and_keyboard(host: QWidget, qtbot: QtBot) -> None:
    meter = StageMeter(STAGES)
    add(host, meter)
    host.resize(700, 200)
    host.grab()
    with qtbot.waitSignal(meter.clicked) as caught:
        qtbot.mouseClick(meter, Qt.MouseButton.LeftButton, pos=meter._cell(2).center().toPoint())
    assert caught.args == [2]
    qtbot.keyClick(meter, Qt.Key.Key_Right)
    with qtbot.waitSignal(meter.clicked) as caught:
        qtbot.keyClick(meter, Qt.Key.Key_Return)
    assert caught.args == [3]
    assert "Резерв: текст" in meter.accessibleName()
    assert meter._at(QPointF(-5, -5)) is None


def test_the_chain_opens_its_documents(host: QWidget, qtbot: QtBot) -> None:
    strip = ChainStrip([
        ChainItem("Счёт 418", "Оплачен", Tone.OK, 1), ChainItem("РН-1", "Черновик", key=2, is_current=True),
        ChainItem("УПД", is_missing=True)])
    add(host, strip)
    cards = [child for child in strip.findChildren(QWidget) if type(child).__name__ == "_ChainCard"]
    with qtbot.waitSignal(strip.clicked) as caught:
        qtbot.keyClick(cards[0], Qt.Key.Key_Return)
    assert caught.args == [1]
    with qtbot.assertNotEmitted(strip.clicked):
        qtbot.mouseClick(cards[1], Qt.MouseButton.LeftButton)
        qtbot.mouseClick(cards[2], Qt.MouseButton.LeftButton)
    assert cards[2].accessibleName() == "УПД: ещё не создан"
    strip.set_items([])


def test_charts_are_read_and_opened(host: QWidget, qtbot: QtBot) -> None:
    bars = BarChart("Долг", [Bar("в срок", (Decimal(100), Decimal(50)), line=Decimal(120), key="ok"),
                             Bar("позже", (Decimal(0),), Tone.ERROR, line=Decimal(10), key="late")], unit="₽")
    funnel = Funnel("Воронка", [FunnelStep("Обращения", 86, "12,4 млн", key=1), FunnelStep("Договор", 0)])
    add(host, bars)
    add(host, funnel)
    assert not host.grab().isNull()
    assert bars.accessibleDescription() == "в срок: 150 ₽; позже: 0 ₽"
    with qtbot.waitSignal(bars.clicked) as caught:
        qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=bars._area(0).center().toPoint())
    assert caught.args == ["ok"]
    qtbot.keyClick(bars, Qt.Key.Key_Right)
    with qtbot.waitSignal(bars.clicked) as caught:
        qtbot.keyClick(bars, Qt.Key.Key_Return)
    assert caught.args == ["late"]
    with qtbot.assertNotEmitted(funnel.clicked):
        qtbot.keyClick(funnel, Qt.Key.Key_Down)
        qtbot.keyClick(funnel, Qt.Key.Key_Return)


def test_a_narrow_funnel_cuts_no_sum(host: QWidget) -> None:
    funnel = Funnel("Воронка", [FunnelStep("Отправлены", 100, "16,69 млн", "93 %"), FunnelStep("Приняты", 39, "5 млн")])
    add(host, funnel)
    funnel.resize(310, 64)
    _, texts, shares = funnel._columns()
    assert funnel._area(0).right() <= funnel.width() - texts - shares


@pytest.mark.parametrize("empty", [lambda: BarChart("x"), lambda: Funnel("x"), StageMeter, ChainStrip])
def test_nothing_to_show_is_no_error(qtbot: QtBot, empty: Callable[[], QWidget]) -> None:
    widget = empty()
    qtbot.addWidget(widget)
    widget.resize(200, 100)
    assert not widget.grab().isNull()
    qtbot.keyClick(widget, Qt.Key.Key_Return)
