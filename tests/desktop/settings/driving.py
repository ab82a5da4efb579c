"""Pages of the panel in the real window."""

from typing import Any, TypeVar

from crm_desktop.kit.page import Page
from crm_desktop.settings.frame import SettingsFrame
from tests.desktop.live import Desk

P = TypeVar("P", bound=Page)


def page_of(qtbot: Any, desk: Desk, kind: type[P], entity: str, id: int | None = None, **params: Any) -> P:
    """Opens a section and waits for its page inside the frame of the panel."""
    desk.window.app.navigator.open(entity, id, **params)

    def is_shown() -> bool:
        frame = desk.window.deck.current()
        return isinstance(frame, SettingsFrame) and isinstance(frame.page, kind)

    qtbot.waitUntil(is_shown, timeout=5000)
    frame: Any = desk.window.deck.current()
    return frame.page
