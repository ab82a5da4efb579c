"""Waiting until the client has come to rest."""

import time

from pytestqt.qtbot import QtBot

from crm_desktop.kit.tasks import Tasks

#: Longer than the pauses after which a page asks by itself: hints of a document, suggestions, the next turn of a page.
REST_MS = 90


def wait_for_rest(qtbot: QtBot, tasks: Tasks) -> None:
    """No call is under way, and none has begun or ended for a while: an answer may make the next question wait."""
    last = time.monotonic()

    def note() -> None:
        nonlocal last
        last = time.monotonic()

    def rests() -> bool:
        return tasks.active == 0 and time.monotonic() - last > REST_MS / 1000

    tasks.active_changed.connect(note)
    try:
        qtbot.waitUntil(rests, timeout=15_000)
    finally:
        tasks.active_changed.disconnect(note)
