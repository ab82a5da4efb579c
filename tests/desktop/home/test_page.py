"""The desktop shows the server's figures and opens what is behind them."""

from decimal import Decimal
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from crm_contract.dashboard import AgeBar, Dashboard, ShortProduct, StageFigure, TaskRead
from crm_contract.lists import Tone
from crm_desktop.home.page import HomePage
from crm_desktop.home.stage_strip import _Cell
from crm_desktop.home.tasks_card import _Task
from crm_desktop.lists.page import ListPage
from tests.desktop.live import Desk, LiveServer

W = TypeVar("W", bound=QWidget)


def figures(customer: int) -> Dashboard:
    stage = StageFigure(code="invoice", title="Счета", count=24, amount=Decimal(3_050_000), note="5 просрочены",
                        tone=Tone.ERROR, kind="invoice", preset="overdue")
    return Dashboard(
        stages=[stage], receivable=Decimal("2246300.40"), overdue=Decimal(1_006_300),
        ages=[AgeBar(title="в срок", amount=Decimal(1_240_000), tone=Tone.INFO)],
        short=[ShortProduct(product_id=1, name="Датчик", place="Основной", free=Decimal(2), minimum=Decimal(10))],
        tasks=[TaskRead(when="overdue", title="Перезвонить", subtitle="оплата", due="30.10", entity="party",
                        entity_id=customer)],
        task_counts={"overdue": 20},
        funnel=[StageFigure(code="a", title="КП", count=30, amount=Decimal(5)),
                StageFigure(code="b", title="Договор", count=9, amount=Decimal(2))])


def shown(qtbot: Any, page: HomePage, kind: type[W]) -> W:
    """The first of them on the screen: those of the figures before may still wait to be deleted."""
    qtbot.waitUntil(lambda: any(widget.isVisible() for widget in page.findChildren(kind)))
    return next(widget for widget in page.findChildren(kind) if widget.isVisible())


def test_a_stage_opens_its_list_and_a_task_its_record(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = desk.window.deck.pages()[0]
    assert isinstance(page, HomePage)
    qtbot.waitUntil(lambda: desk.client.tasks.active == 0)  # its own figures are there
    page.show_dashboard(figures(live_server.ids["customer"]))
    assert page._receivable.text() == "2\u00a0246\u00a0300\u00a0₽"
    assert "45\u00a0%" in page._overdue.text()
    qtbot.mouseClick(shown(qtbot, page, _Cell), Qt.MouseButton.LeftButton)
    current = desk.page
    assert isinstance(current, ListPage)
    assert current.place() == ("list:invoice", None)
    assert current.views.current == "preset:overdue"
    desk.window.deck.show_page(page)
    qtbot.waitUntil(lambda: desk.client.tasks.active == 0)
    page.show_dashboard(figures(live_server.ids["customer"]))
    qtbot.keyClick(shown(qtbot, page, _Task), Qt.Key.Key_Return)
    assert desk.page.place() == ("party", live_server.ids["customer"])


def test_more_tasks_than_are_shown_open_as_a_list(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = desk.window.deck.pages()[0]
    assert isinstance(page, HomePage)
    qtbot.waitUntil(lambda: desk.client.tasks.active == 0)
    page.show_dashboard(figures(live_server.ids["customer"]))
    assert page.tasks_card._head is not None
    assert page.tasks_card._head.note.text() == "20"
    qtbot.mouseClick(page.tasks_card._all, Qt.MouseButton.LeftButton)
    current = desk.page
    assert isinstance(current, ListPage)
    assert (current.place(), current.views.current) == (("list:invoice", None), "preset:unpaid")
