"""The listener of changes: position, reset, loss of the link and its return, expiry of the session."""

import queue
import threading
from collections.abc import Iterator

import httpx2
import pytest
from pytestqt.qtbot import QtBot

from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.changes import ChangeListener
from crm_desktop.kit.session import Session


class Feed:
    """A server whose answers the test hands out one by one."""

    def __init__(self) -> None:
        self.answers: queue.Queue[httpx2.Response | Exception] = queue.Queue()
        self.asked: list[str] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.params.get("after", ""))
        answer = self.answers.get(timeout=5)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def tell(self, position: int, *changes: dict[str, object], reset: bool = False) -> None:
        self.answers.put(httpx2.Response(200, json={"position": position, "changes": list(changes), "reset": reset}))


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def listener(qtbot: QtBot, feed: Feed) -> Iterator[ChangeListener]:
    api = ApiClient("http://server", Session(), transport=httpx2.MockTransport(feed), sleep=lambda seconds: None)
    made = ChangeListener(api, pause=lambda event, seconds: event.wait(0.01))
    yield made
    made.stop()
    feed.tell(0)
    api.close()


def test_changes_arrive_with_their_author(listener: ChangeListener, feed: Feed, qtbot: QtBot) -> None:
    seen: list[tuple[str, list[int], object]] = []
    threads: list[bool] = []
    listener.changed.connect(lambda entity, ids, by: seen.append((entity, ids, by)))
    listener.changed.connect(lambda: threads.append(threading.current_thread() is threading.main_thread()))
    feed.tell(10)
    feed.tell(12, {"entity": "party", "ids": [7, 8], "by": 3}, {"entity": "invoice", "ids": [1]})
    listener.start()
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=2000)
    assert seen == [("party", [7, 8], 3), ("invoice", [1], None)]
    qtbot.waitUntil(lambda: len(feed.asked) == 3, timeout=2000)
    assert feed.asked == ["", "10", "12"]
    assert listener.is_online


def test_a_lost_link_is_told_once_and_comes_back(listener: ChangeListener, feed: Feed, qtbot: QtBot) -> None:
    told: list[str] = []
    listener.online.connect(lambda: told.append("online"))
    listener.offline.connect(lambda: told.append("offline"))
    feed.tell(1)
    for _ in range(6):  # each poll is itself tried three times
        feed.answers.put(httpx2.ConnectError("down"))
    feed.tell(2, {"entity": "party", "ids": [1]})
    with qtbot.waitSignal(listener.changed, timeout=3000):
        listener.start()
    assert told == ["online", "offline", "online"]


def test_reset_means_read_everything_again(listener: ChangeListener, feed: Feed, qtbot: QtBot) -> None:
    feed.tell(1)
    feed.tell(900, reset=True)
    with qtbot.waitSignal(listener.reset, timeout=2000):
        listener.start()


def test_an_expired_session_ends_the_listening(listener: ChangeListener, feed: Feed, qtbot: QtBot) -> None:
    feed.answers.put(httpx2.Response(401, json={"code": "not_authenticated", "message": "x"}))
    with qtbot.waitSignal(listener.session_expired, timeout=2000):
        listener.start()
    feed.tell(5, {"entity": "party", "ids": [1]})
    with qtbot.waitSignal(listener.changed, timeout=2000):
        listener.start()
