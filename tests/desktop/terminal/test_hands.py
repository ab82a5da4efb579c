"""What hands do in a hurry: keys and scans in any order, with answers that come late and disks that are full."""

import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from PySide6.QtCore import Qt

from crm_contract.catalog import Tracking
from crm_contract.lists import Tone
from crm_contract.terminal import OperationBody, ScannedLine, TerminalDay, TerminalPlace, TerminalProduct
from crm_desktop.terminal import beginning, operation, storage
from crm_desktop.terminal.cache import Cache, Found
from crm_desktop.terminal.goods import Goods
from crm_desktop.terminal.home_screen import HomeScreen
from crm_desktop.terminal.operation import Open
from crm_desktop.terminal.pages import LoginScreen, PadScreen
from crm_desktop.terminal.parked import ParkedScreen
from crm_desktop.terminal.queue import Entry, Queue
from crm_desktop.terminal.work_screen import WorkScreen
from tests.desktop.terminal.conftest import Bench, Store, reload


def goods(product_id: int = 5, tracking: Tracking = Tracking.NONE, **more: Any) -> TerminalProduct:
    return TerminalProduct.model_validate({
        "id": product_id, "sku": f"А-{product_id}", "name": f"Реле {product_id}", "unit": "шт", "whole": True,
        "barcodes": [], "free": "1", "tracking": tracking} | more)


def place(place_id: int) -> TerminalPlace:
    return TerminalPlace(id=place_id, name=f"Место {place_id}", code="", kind="warehouse", warehouse_id=place_id)


def title(opened: Open) -> str:
    return opened.banner.title if opened.banner else ""


# --- the window ------------------------------------------------------------------------------------------------------


def test_a_scan_is_never_lost_whatever_is_open_over_the_operation(bench: Bench, store: Store) -> None:
    paper = store.issue((0, "9"), (1, "9"))
    reload(bench, paper)
    bench.scan(f"OKD{paper}")
    bench.scan(store.barcode(0))
    opened, work = bench.work.opened, bench.terminal.work
    work.ask_quantity()
    pad = bench.terminal.window.screen_now
    assert isinstance(pad, PadScreen)
    for char in "4,5":
        pad.put(char)
    assert pad.text == "45"  # pieces are not divided
    pad.rub()
    bench.scan(store.barcode(1))  # the typed quantity is taken, then the scan
    assert [line.scanned for line in opened.lines] == [4, 1]
    for open_over in (work.ask_quantity, work.search, work.ask_reason):
        open_over()
        assert not isinstance(bench.terminal.window.screen_now, WorkScreen)
        before = opened.lines[1].scanned
        bench.scan(store.barcode(1))
        assert (bench.work.opened is opened, opened.lines[1].scanned) == (True, before + 1)
    work.search()
    bench.scan("OKCPOST")
    bench.wait(lambda: store.state(paper) == "issued")
    assert set(bench.heard) == {"ok"}


def test_late_answers_leave_the_next_document_and_the_pause_alone(bench: Bench, store: Store) -> None:
    """The file of the first is still being written when the second is opened, and when the screen is locked."""
    papers = [store.issue((n, "1")) for n in range(3)]
    reload(bench, papers[2])
    terminal = bench.terminal
    for n in (0, 1):
        bench.scan(f"OKD{papers[n]}")
        bench.scan(store.barcode(n))
        bench.keys.press(Qt.Key.Key_F10)
        assert isinstance(terminal.window.screen_now, HomeScreen)  # at once
        assert papers[n] not in [task.id for task in terminal.tasks_of("ISSUE")]
        bench.scan(f"OKD{papers[n]}")  # it is on its way: nobody collects it twice
        assert isinstance(terminal.window.screen_now, HomeScreen)
        assert terminal.work.opened is None
    bench.scan(f"OKD{papers[2]}")
    bench.wait(lambda: [store.state(paper) for paper in papers[:2]] == ["issued"] * 2)
    bench.wait(lambda: not terminal.queue.entries())
    assert bench.work.opened.document_id == papers[2]
    offered = {task.id for task in terminal.tasks_of("ISSUE")}
    assert offered == {papers[2]}  # neither before the day is read anew nor after
    bench.scan(store.barcode(2))
    bench.keys.press(Qt.Key.Key_F10)
    bench.keys.press(Qt.Key.Key_F11)
    bench.wait(lambda: store.state(papers[2]) == "issued")
    bench.wait(lambda: not terminal.queue.entries())
    terminal.go_home()
    terminal.work.show()
    assert isinstance(terminal.window.screen_now, LoginScreen)
    assert terminal.window.head.person == ""


def test_a_session_that_ended_leaves_the_digits_of_a_pin_alone(bench: Bench, store: Store) -> None:
    terminal = bench.terminal
    body = OperationBody(operation="ISSUE", lines=[ScannedLine(product_id=store.products[0], quantity=Decimal(1))])
    terminal.queue.add(Entry(user_id=terminal.session.me.user_id, person="", title="Выдача", body=body))
    terminal.session.set_token("ended")
    terminal.window.paused.emit()
    bench.scan("OKE23456789ABCD")
    pad = terminal.window.screen_now
    assert isinstance(pad, PadScreen)
    pad.put("4")
    bench.wait(lambda: terminal.outbox.send() or not terminal.session.is_open)
    assert (terminal.window.screen_now, pad.text) == (pad, "4")
    assert len(terminal.queue.entries()) == 1


def test_a_full_disk_is_told_and_nothing_is_lost(bench: Bench, store: Store) -> None:
    """A folder in the place of the draft of a file: it cannot be written."""
    papers = [store.issue((n, "2")) for n in range(2)]
    reload(bench, papers[1])
    work = bench.terminal.work
    draft = work.path.with_suffix(".json.new")
    bench.scan(f"OKD{papers[0]}")
    draft.mkdir()
    bench.scan(store.barcode(0))
    bench.wait(lambda: bench.work.opened.is_blocked)
    assert (title(bench.work.opened), bench.heard[-1]) == ("Сканы не пишутся на диск", "error")
    draft.rmdir()
    bench.keys.enter()
    bench.scan(store.barcode(0))
    folder = bench.terminal.queue._folder
    folder.write_text("")
    bench.keys.press(Qt.Key.Key_F10)
    bench.wait(lambda: work.opened is not None)
    assert isinstance(bench.terminal.window.screen_now, HomeScreen)  # not pulled out of what is shown
    assert (title(work.opened or Open(command="ISSUE")), bench.heard[-1]) == ("Не записано, не проведено", "error")
    folder.unlink()
    bench.keys.now += 1000
    bench.keys.enter()  # «Продолжить»
    bench.keys.enter()  # «Понятно»
    bench.keys.press(Qt.Key.Key_F10)
    bench.wait(lambda: store.state(papers[0]) == "issued")


def test_another_operation_does_not_slip_under_the_one_that_was_chosen(bench: Bench, store: Store) -> None:
    """An unfinished receipt stays itself when a transfer is asked for, and says so; what is red stays red."""
    work = bench.terminal.work
    work.open(Open(command="RECEIPT"))
    bench.scan(store.barcode(0))
    bench.keys.press(Qt.Key.Key_Escape)
    bench.scan("OKCTRANSFER")
    assert (bench.work.opened.command, title(bench.work.opened), bench.heard[-1]) == (
        "RECEIPT", "Сначала закончите это", "warn")
    bench.scan("404-404")
    bench.keys.press(Qt.Key.Key_Escape)
    bench.terminal.begin("TRANSFER")
    assert (title(bench.work.opened), bench.heard[-1]) == ("Код не найден", "error")


def test_what_was_refused_never_ends_in_a_dead_end(bench: Bench, store: Store) -> None:
    """Gone from the planned work: told. Lines changed at the desk: the scans come back into hand and are posted."""
    terminal = bench.terminal
    paper, gone = store.issue((0, "2")), store.issue((1, "1"))
    reload(bench, gone)
    for number, document in ((0, paper), (1, gone)):
        task = terminal.cache.task(document)
        assert task is not None
        opened = beginning.open_task(task)
        opened.scan_product(terminal.cache.goods.get(store.products[number]) or goods())
        store.live.sql("UPDATE document SET version = version + 1 WHERE id = %s", (document,))
        terminal.queue.add(Entry(key=opened.key, user_id=terminal.session.me.user_id, person="О.", title=opened.title,
                                 body=opened.body()))
    store.live.sql("UPDATE document SET state = 'annulled', accounting = 'annulled' WHERE id = %s", (gone,))
    terminal.outbox.send()
    bench.wait(lambda: [entry.is_parked for entry in terminal.queue.entries()] == [True, True])
    terminal.show_parked()
    screen = terminal.window.screen_now
    assert isinstance(screen, ParkedScreen)
    bench.keys.press(Qt.Key.Key_2)
    bench.keys.press(Qt.Key.Key_2)  # «Отправить ещё раз»: there is no such task any more
    bench.wait(lambda: screen._choices[0].title == "Документа больше нет среди заданий")
    bench.keys.press(Qt.Key.Key_1)
    bench.keys.press(Qt.Key.Key_1)
    bench.keys.press(Qt.Key.Key_3)  # «Собрать заново»
    assert (bench.work.opened.document_id, bench.work.opened.lines[0].scanned) == (paper, 1)
    bench.scan(store.barcode(0))
    bench.keys.press(Qt.Key.Key_F10)
    bench.wait(lambda: store.state(paper) == "issued")
    bench.wait(lambda: [entry.body.document_id for entry in terminal.queue.entries()] == [gone])


def test_memory_follows_what_others_change(bench: Bench, store: Store) -> None:
    terminal = bench.terminal
    new = store.live.insert("product", sku="НОВ-1", name="Новый товар", unit="796")
    assert terminal.cache.find("НОВ-1").product is None
    terminal.memory.changed("product", [new])
    bench.wait(lambda: terminal.cache.find("НОВ-1").product is not None)
    store.live.sql("UPDATE product SET archived = true WHERE id = %s", (new,))
    terminal.changes.reset.emit()
    bench.wait(lambda: terminal.cache.find("НОВ-1").product is None)


# --- the engine alone ------------------------------------------------------------------------------------------------


def test_every_act_that_does_nothing_says_so_and_undo_takes_all_back() -> None:
    opened = Open(command="TRANSFER")
    acts: list[Callable[[], object]] = [
        opened.add_one, opened.next_line, opened.undo, lambda: opened.absent("empty"), lambda: opened.set_quantity(
            Decimal(1))]
    for act in acts:
        opened.banner = None
        act()
        assert opened.banner is not None
        assert opened.banner.tone is Tone.WARN
    chance = random.Random(3)
    states: list[tuple[object, ...]] = []

    def state() -> tuple[object, ...]:
        return ([(line.product_id, line.scanned, [lot.code for lot in line.lots]) for line in opened.lines],
                opened.place, opened.place_to)

    tracked = goods(9, Tracking.SERIAL)
    for n in range(60):
        before, steps = state(), len(opened.steps)
        pick = chance.randrange(5)
        if pick == 0:
            opened.scan_place(place(1 + n % 3))
        elif pick == 1:
            opened.set_quantity(Decimal(chance.randrange(3)))
        elif pick == 2:
            opened.scan_product(tracked, lot=f"SN-{chance.randrange(9)}")
        else:
            opened.scan_product(goods(5 + n % 3))
        opened.banner = None
        states += [before] * (len(opened.steps) - steps)
    while states:
        opened.undo()
        assert state() == states.pop()
    assert opened.lines == []


def test_a_line_that_is_complete_is_not_absent_and_numbers_are_scanned_one_by_one() -> None:
    opened = Open(command="RECEIPT")
    tracked = goods(9, Tracking.SERIAL)
    operation.scan(opened, Found("А-9", product=tracked))
    assert (opened.awaits_lot, opened.is_empty) == (True, True)
    operation.scan(opened, Found("SN-1"))
    operation.scan(opened, Found("x", product=tracked, lot="SN-2"))
    opened.add_one()
    assert title(opened) == "Этот товар считают по номерам"
    operation.scan(opened, Found("x", product=tracked, lot="SN-1"))
    assert title(opened) == "Номер уже отсканирован"
    [line] = opened.body().lines
    assert ([lot.code for lot in line.lots], line.quantity) == (["SN-1", "SN-2"], 2)
    opened.understood()
    opened.undo()
    assert [lot.code for lot in opened.body().lines[0].lots] == ["SN-1"]


def test_a_code_of_a_scanner_that_swallows_separators_still_names_the_goods(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.use_goods(Goods([goods(7, Tracking.SERIAL, barcodes=["4600000000008"], lots=["SN-77"]), goods(8)]))
    gtin = "0104600000000008"
    assert cache.find(f"{gtin}215xQ9\x1d93dGVz").lot == "5xQ9"
    swallowed = cache.find(f"{gtin}215'kW;Rn+8bT2=91EE1192" + "x" * 44)
    assert (swallowed.product and swallowed.product.id, swallowed.lot) == (7, "")
    assert cache.find("SN-77").product is cache.goods.get(7)


def test_thirty_thousand_goods_are_found_by_words_at_once_and_kept_by_parts(tmp_path: Path) -> None:
    many = Goods(goods(n, name=f"Клапан электромагнитный {n % 700} исполнение {n}") for n in range(1, 30_001))
    for words in ("к", "клап 12", "исполнение 29999", "нет такого"):
        took: list[float] = []
        for _ in range(7):
            began = process_time()
            many.search(words)
            took.append(process_time() - began)
        assert min(took) < 0.01, words
    assert [p.id for p in many.search("исполнение 2999")][:1] == [2999]
    cache = Cache(tmp_path)
    cache.use_goods(many)
    cache.keep_goods()
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.glob("products-*.json")}
    cache.merge_goods([2999, 3], [goods(2999, name="Другое имя")])
    cache.keep_goods()
    changed = {path.name for path, stamp in stamps.items() if path.stat().st_mtime_ns != stamp}
    assert changed == {"products-000000.json", "products-000001.json"}
    again = Cache(tmp_path)
    assert [p.id for p in again.goods.search("другое имя")] == [2999]
    assert (again.goods.get(3), len(again.goods)) == (None, 29_999)


def test_an_operation_that_is_added_twice_is_one(tmp_path: Path) -> None:
    body = OperationBody(operation="ISSUE", lines=[ScannedLine(product_id=1, quantity=Decimal(1))])
    queue = Queue(tmp_path)
    entry = Entry(user_id=1, person="", title="Выдача", body=body)
    assert queue.add(entry) == queue.add(entry)
    assert len(list(tmp_path.glob("*.json"))) == 1
    queue.drop(entry.key)
    assert Queue(tmp_path).entries() == []


@pytest.mark.parametrize("text", ['{"today": 1}', ""])
def test_a_file_of_another_version_is_read_as_nothing(tmp_path: Path, text: str) -> None:
    storage.write(tmp_path / "day.json", text)
    assert storage.read_model(tmp_path / "day.json", TerminalDay) is None
