"""Without a network, and with the power going: what is finished is applied once, what cannot be is shown."""

import json
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from crm_contract.terminal import OperationBody, ScannedLine
from crm_desktop.terminal import storage
from crm_desktop.terminal.offers import queue_words
from crm_desktop.terminal.pages import ChoiceScreen, LoginScreen
from crm_desktop.terminal.program import Terminal
from crm_desktop.terminal.queue import Entry, Queue
from tests.desktop.terminal.conftest import Bench, Store, reload, start, stop

OPERATIONS, KILLS = 200, 10


def run(folder: Path, *arguments: str, kill_after: int | None = None) -> bool:
    """Starts a worker and kills it after so many lines of its output; True when it ended by itself."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.desktop.terminal.offline_worker", str(folder), *arguments],
        stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    for number, _ in enumerate(worker.stdout, 1):
        if number == kill_after:
            worker.kill()  # SIGKILL: nothing is tidied up
    worker.stdout.close()
    return worker.wait() == 0


def test_two_hundred_operations_with_ten_kills_are_applied_once_each(live_server: Any, tmp_path: Path) -> None:
    store = Store(live_server, count=1)
    user = live_server.sql("SELECT id FROM app_user WHERE login = 'orlova'")[0]["id"]
    ids = live_server.ids
    second = live_server.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=ids["branch"])
    store.document("receipt", [(0, "1000")], party_id=live_server.ids["supplier"], action="post")
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({
        "count": OPERATIONS, "pieces": 2, "user": user, "place": {"id": live_server.ids["place"], "title": "Основной"},
        "to": {"id": second, "title": "Второй"},
        "product": {"id": store.products[0], "sku": "104-000", "name": "Датчик"}}), "utf-8")
    chance = random.Random(11)
    kills = [run(tmp_path, "work", str(plan), kill_after=chance.randint(8, 24)) for _ in range(KILLS // 2)]
    assert run(tmp_path, "work", str(plan))
    assert len(Queue(tmp_path / "queue").entries()) == OPERATIONS
    token = live_server.log_in().token
    kills += [run(tmp_path, "send", live_server.url, token, str(user), kill_after=chance.randint(8, 24))
              for _ in range(KILLS // 2)]
    assert kills == [False] * KILLS
    assert run(tmp_path, "send", live_server.url, token, str(user))
    assert Queue(tmp_path / "queue").entries() == []
    posted = live_server.sql("SELECT count(*) AS n FROM document WHERE kind = 'transfer' AND state = 'accepted'")
    assert posted[0]["n"] == OPERATIONS
    assert store.left(0) == Decimal(1100 - 2 * OPERATIONS)


def test_work_goes_on_without_a_server_and_is_sent_when_it_is_back(qtbot: Any, qapp: QApplication, store: Store,
                                                                   tmp_path: Path, theme: object) -> None:
    paper = store.issue((0, "2"))
    bench = start(qtbot, qapp, store.live.url, tmp_path, store.live.log_in().token)
    bench.wait(lambda: bench.terminal.cache.task(paper) is not None)
    bench.terminal.api.set_base_url("http://127.0.0.1:9")  # nobody listens there
    bench.scan(f"OKD{paper}")
    bench.scan(store.barcode(0))
    bench.keys.press(Qt.Key.Key_F10)
    bench.wait(lambda: len(bench.terminal.queue.entries()) == 1)
    assert bench.terminal.tasks_of("ISSUE") == []  # it is on its way: nobody collects it twice
    assert store.state(paper) == "draft"
    bench.terminal.api.set_base_url(store.live.url)
    bench.wait(lambda: bench.terminal.outbox.send() or store.state(paper) == "issued")
    bench.wait(lambda: bench.terminal.queue.entries() == [])
    assert store.left(0) == 99
    stop(bench)


def test_scans_of_an_operation_that_is_not_finished_survive(bench: Bench, store: Store, qtbot: Any, qapp: QApplication,
                                                            tmp_path: Path) -> None:
    paper = store.issue((0, "3"))
    reload(bench, paper)
    bench.scan(f"OKD{paper}")
    bench.scan(store.barcode(0))
    bench.scan(store.barcode(0))
    path = bench.terminal.work.path
    bench.wait(lambda: (storage.read(path) or "").count('"before"') == 2)
    second = Terminal(qapp, store.live.url, tmp_path / "terminal", store.live.log_in().token)
    second.start(full_screen=False)  # on the same folder: two programs would mix their scans
    closed = second.window.screen_now
    assert isinstance(closed, LoginScreen)
    assert "уже запущен" in closed.notice.title
    second.window.scanned.emit("OKE23456789ABCD")
    assert isinstance(second.window.screen_now, LoginScreen)
    stop(Bench(second, qtbot))
    bench.terminal._lock.unlock()  # as the system does for a program that is killed
    again = start(qtbot, qapp, store.live.url, tmp_path / "terminal", store.live.log_in().token)
    assert again.work.opened.lines[0].scanned == 2
    stop(again)


def test_what_the_server_refuses_is_parked_with_its_words_and_may_be_tried_again(bench: Bench, store: Store) -> None:
    paper = store.issue((0, "2"))
    reload(bench, paper)
    bench.scan(f"OKD{paper}")
    bench.scan(store.barcode(0))
    store.live.sql("UPDATE document SET version = version + 1 WHERE id = %s", (paper,))  # the office changed it
    bench.keys.press(Qt.Key.Key_F10)
    bench.wait(lambda: any(entry.is_parked for entry in bench.terminal.queue.entries()))
    entry = bench.terminal.queue.entries()[0]
    assert (entry.code, bool(entry.advice)) == ("stale_version", True)
    assert bench.terminal.window.queue_words == "не приняты 1"
    bench.keys.now += 1000
    bench.keys.enter()  # «Разобрать»
    screen = bench.terminal.window.screen_now
    assert isinstance(screen, ChoiceScreen)
    bench.keys.press(Qt.Key.Key_1)
    bench.keys.press(Qt.Key.Key_2)  # «Отправить ещё раз»
    bench.wait(lambda: store.state(paper) == "issued")
    bench.wait(lambda: bench.terminal.queue.entries() == [])


def test_dropping_is_asked_twice(bench: Bench, store: Store, tmp_path: Path) -> None:
    user = bench.terminal.session.me.user_id
    body = OperationBody(operation="ISSUE", lines=[ScannedLine(product_id=store.products[0], quantity=Decimal(1))])
    bench.terminal.queue.add(Entry(number=0, user_id=user, person="Орлова Е.", title="Выдача", body=body))
    bench.terminal.outbox.send()
    bench.wait(lambda: any(entry.is_parked for entry in bench.terminal.queue.entries()))
    bench.terminal.show_parked()
    bench.keys.press(Qt.Key.Key_1)
    bench.keys.press(Qt.Key.Key_4)
    bench.keys.press(Qt.Key.Key_4)  # pressed twice in haste: the second question has another digit
    assert len(bench.terminal.queue.entries()) == 1
    bench.keys.press(Qt.Key.Key_2)
    bench.wait(lambda: bench.terminal.queue.entries() == [])


def test_what_another_person_finished_waits_for_that_person(bench: Bench, store: Store) -> None:
    """Keys that make a command repeatable belong to a person."""
    body = OperationBody(operation="ISSUE", lines=[ScannedLine(product_id=store.products[0], quantity=Decimal(1))])
    bench.terminal.queue.add(Entry(number=0, user_id=-1, person="Петров К.", title="Выдача", body=body))
    assert bench.terminal.queue.send_next(bench.terminal.api, bench.terminal.session.me.user_id) is None
    assert queue_words(bench.terminal.queue.entries()) == "в очереди 1"


def test_a_file_that_was_cut_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "queue" / "00000001-a.json"
    storage.write(path, '{"number": 1}')
    assert storage.read(path) == '{"number": 1}'
    path.write_bytes(path.read_bytes()[:-3])
    assert storage.read(path) is None
    assert Queue(tmp_path / "queue").entries() == []
    assert path.exists()
