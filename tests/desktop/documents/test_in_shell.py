"""Documents in the real window: tabs, the feed of changes, drafts of a closed program."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from crm_contract.base import Created
from crm_contract.documents import ActionBody, BasedOnBody, CommentBody, DocumentBody
from crm_desktop.documents.editor import DocumentEditor
from crm_desktop.widgets.menu import Menu
from tests.desktop.documents.conftest import DAY
from tests.desktop.keyboard import type_text
from tests.desktop.live import Desk, LiveServer

CTRL = Qt.KeyboardModifier.ControlModifier


def make_offer(server: LiveServer) -> int:
    """An accepted offer, made by a colleague."""
    api = server.api()
    ids = server.ids
    made = api.post("/api/documents/offer", Created, DocumentBody.model_validate({
        "date": DAY, "party_id": ids["customer"],
        "lines": [{"product_id": ids["work"], "quantity": "2", "price": "10"}]}))
    for version, action in enumerate(("send", "accept"), start=1):
        api.post(f"/api/documents/{made.id}/actions/{action}", Created, ActionBody(version=version))
    return made.id


def current(desk: Desk) -> DocumentEditor:
    page = desk.window.deck.current()
    assert isinstance(page, DocumentEditor)
    return page


def kinds_of(page: DocumentEditor) -> list[str]:
    return [node.kind for node in page.document.chain] if page.document is not None else []


def wait_for_focus(qtbot: Any, desk: Desk) -> None:
    """The keyboard is with the current page. Off-screen nobody gives the window its focus back after a menu, which may
    end later than what it started."""
    def has_focus() -> bool:
        desk.window.activateWindow()
        page = current(desk)
        return page.hasFocus() or page.isAncestorOf(QApplication.focusWidget() or desk.window)

    qtbot.waitUntil(has_focus, timeout=10_000)


def test_the_chain_is_made_from_one_tab(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    offer = make_offer(live_server)
    desk.window.app.navigator.open("offer", offer)
    page = current(desk)
    qtbot.waitUntil(lambda: page.document is not None, timeout=10_000)
    for letter, kind in (("Д", "contract"), ("С", "invoice")):
        wait_for_focus(qtbot, desk)
        qtbot.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda: any(menu.isVisible() for menu in page.findChildren(Menu)), timeout=10_000)
        type_text(next(menu for menu in page.findChildren(Menu) if menu.isVisible()), letter)
        qtbot.waitUntil(lambda kind=kind: current(desk).kind.code == kind and current(desk).document is not None,
                        timeout=10_000)
        wait_for_focus(qtbot, desk)
        qtbot.keyClick(QApplication.focusWidget() or current(desk), Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: current(desk) is page, timeout=10_000)
        qtbot.waitUntil(lambda kind=kind: kind in kinds_of(page) and not page._loading, timeout=10_000)
    assert kinds_of(page) == ["offer", "contract", "invoice"]


def test_what_a_colleague_makes_appears_by_itself(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    offer = make_offer(live_server)
    desk.window.app.navigator.open("offer", offer)
    page = current(desk)
    qtbot.waitUntil(lambda: page.document is not None, timeout=10_000)
    qtbot.waitUntil(lambda: desk.client.changes.is_online, timeout=10_000)
    version = page.document.version  # type: ignore[union-attr]  # waited for
    live_server.api().post(f"/api/documents/{offer}/based-on", Created, BasedOnBody(kind="contract"))
    live_server.api().post(f"/api/documents/{offer}/comments", None, CommentBody(text="Готово"))
    qtbot.waitUntil(lambda: page.document is not None and len(page.document.chain) == 2, timeout=15_000)
    assert page.document is not None
    assert page.document.version == version
    assert [comment.text for comment in page.document.comments] == ["Готово"]
