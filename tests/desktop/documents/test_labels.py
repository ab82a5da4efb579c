"""The dialog of labels: what is chosen is what is drawn, printed and journaled; the last choice is kept."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QWidget

from crm_contract.labels import MAX_LABELS
from crm_desktop.documents import label_jobs
from crm_desktop.documents.label_dialog import BY_QUANTITY, EVENLY, LabelDialog, label_scale, set_paper
from crm_desktop.documents.label_jobs import LabelJob, LabelRow
from crm_desktop.documents.pdf_pages import page_sizes
from crm_desktop.rendering.label_texts import command_labels
from crm_desktop.rendering.labels import MEDIA, WALL, Label
from tests.desktop.documents.conftest import Office
from tests.desktop.rendering.reading import pdf_pages
from tests.desktop.rendering.scanning import Area, scan

ROLL = MEDIA[0]
SHEET = next(media for media in MEDIA if media.code == "a4-3x8")


def shown(office: Office, parent: QWidget | None = None) -> LabelDialog:
    """The open dialog, once its labels are drawn."""
    found = [dialog for dialog in (parent or office.host).findChildren(LabelDialog) if dialog.isVisible()]
    assert len(found) == 1
    office.idle()
    office.qtbot.waitUntil(lambda: bool(found[0].pdf), timeout=10_000)
    office.idle()
    return found[0]


@pytest.fixture
def received(office: Office) -> LabelDialog:
    """Labels of a receipt of three sensors, two of them on one more line, and a valve."""
    ids = office.shop.ids
    id = office.make("receipt", [office.line("sensor", "3", "1000"), office.line("valve", "1.5", "500"),
                                 office.line("sensor", "2", "1000")], "post",
                     party_id=ids["supplier"], place_id=ids["main"])
    page = office.open("receipt", id)
    page.commands.print_goods()
    return shown(office, page)


def choose(office: Office, dialog: LabelDialog, **values: object) -> None:
    for name, value in values.items():
        dialog.form.field(name).set_value(value)
    dialog.form.edited.emit("media")
    office.qtbot.waitUntil(lambda: bool(dialog.pdf), timeout=10_000)
    office.idle()


def test_a_receipt_asks_for_a_label_a_piece(office: Office, received: LabelDialog) -> None:
    ids = office.shop.ids
    assert received.mode.value() == BY_QUANTITY
    assert received.total() == 7, "five sensors, and a valve and a half are two"
    assert len(page_sizes(received.pdf)) == 7
    assert received._total.text().replace("\u00a0", " ") == "7 этикеток"
    assert [scan(received.pdf, Area(0, 0, 58, 40), page).text for page in (0, 4, 5)] == [
        f"OKP{ids['sensor']}", f"OKP{ids['sensor']}", f"OKP{ids['valve']}"]
    choose(office, received, mode=EVENLY, count=2)
    assert received.total() == len(page_sizes(received.pdf)) == 4
    assert received.count.isVisible()


def test_price_and_sheet_are_chosen(office: Office, received: LabelDialog) -> None:
    assert not received.start.isVisible()
    assert "₽" not in pdf_pages(received.pdf)[0]
    choose(office, received, media=SHEET.code, price=True, start=20)
    assert received.start.isVisible()
    assert "4 100,00 ₽" in pdf_pages(received.pdf)[0]
    assert len(page_sizes(received.pdf)) == 2
    assert received._total.text().replace("\u00a0", " ") == "7 этикеток · 2 листа"


def test_the_last_choice_is_kept_for_each_kind_of_labels(office: Office, received: LabelDialog) -> None:
    choose(office, received, media=SHEET.code, price=True)
    received.reject()
    label_jobs.print_products(office.app, [{"id": office.shop.ids["relay"]}], office.host)
    again = shown(office)
    assert (again.media.value(), again.price.value(), again.start.value()) == (SHEET.code, True, 1)
    assert not again.mode.isVisible(), "a list of products knows no quantity"
    again.reject()
    label_jobs.print_places(office.app, [{"id": 7, "name": "Ячейка", "code": "А-1", "parent": None}], office.host)
    other = shown(office)
    assert other.media.value() == ROLL.code
    assert not other.price.isVisible()
    assert scan(other.pdf, Area(0, 0, 58, 40)).text == "OKL7"


def test_too_many_are_told_and_not_printed(office: Office, received: LabelDialog) -> None:
    received.count.set_value(MAX_LABELS)
    received.mode.set_value(EVENLY)
    received.form.edited.emit("count")
    office.qtbot.wait(300)
    assert "не больше" in received._total.text()
    assert not received._print.isEnabled()
    assert not received._save.isEnabled()


def test_what_does_not_fit_says_so(office: Office) -> None:
    job = LabelJob("product", "Этикетки", [LabelRow(1, lambda priced: Label("Насос", "Я" * 900))])
    dialog = LabelDialog(office.host, office.app, "Этикетки", lambda: job)
    dialog.open()
    office.qtbot.waitUntil(lambda: "room" in dialog.messages._bars, timeout=10_000)
    assert not dialog._print.isEnabled()
    dialog.reject()


def test_printing_is_journaled_and_keeps_the_size_of_the_label(office: Office, received: LabelDialog,
                                                               tmp_path: Path) -> None:
    paper = tmp_path / "labels.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setResolution(203)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(paper))
    received.print_on(printer)
    office.qtbot.waitUntil(lambda: "printed" in received.messages._bars, timeout=15_000)
    sizes = page_sizes(paper.read_bytes())
    assert len(sizes) == 7
    assert (round(sizes[0].width * 25.4 / 72), round(sizes[0].height * 25.4 / 72)) == (58, 40)
    row = office.shop.sql("SELECT entity, title, after FROM audit_log WHERE action = 'print'")[0]
    assert (row["entity"], row["after"]["labels"]) == ("product", 7)
    assert "7 шт., Рулон 58×40 мм" in row["title"]


def test_keys_print_and_save(office: Office, received: LabelDialog, tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(received, "print", lambda: asked.append("print"))
    monkeypatch.setattr(received, "choose_path", lambda: asked.append("save"))
    control = Qt.KeyboardModifier.ControlModifier
    for key in (Qt.Key.Key_P, Qt.Key.Key_Return, Qt.Key.Key_S):
        office.qtbot.keyClick(received, key, control)
    assert asked == ["print", "print", "save"]
    path = tmp_path / "этикетки.pdf"
    received.save_as(path)
    office.idle()
    assert path.read_bytes() == received.pdf
    office.qtbot.keyClick(received, Qt.Key.Key_Escape)
    assert not received.isVisible()


def test_a_document_and_the_commands_have_labels(office: Office) -> None:
    id = office.make("receipt", [office.line("sensor", "1", "1000")], party_id=office.shop.ids["supplier"],
                     place_id=office.shop.ids["main"])
    page = office.open("receipt", id)
    page.commands.print_label()
    dialog = shown(office, page)
    assert scan(dialog.pdf, Area(0, 0, 58, 40)).text == f"OKD{id}"
    dialog.reject()
    job = LabelJob("command", "Команды", [LabelRow(0, lambda priced, label=label: label)
                                          for label in command_labels()], (WALL,), sheet_heading="Команды")
    wall = LabelDialog(page, office.app, "Команды", lambda: job)
    wall.open()
    office.qtbot.waitUntil(lambda: bool(wall.pdf), timeout=10_000)
    assert len(page_sizes(wall.pdf)) == 1
    assert not wall.count.isVisible()
    assert not wall.start.isVisible()
    wall.reject()


def test_every_serial_number_of_a_receipt_has_its_label(office: Office) -> None:
    ids = office.shop.ids
    office.shop.sql("UPDATE product SET tracking = 'serial' WHERE id = %s", (ids["sensor"],))
    id = office.make("receipt", [office.line("sensor", "2", "1000", lots=[{"code": "SN-0017"}, {"code": "SN-0018"}])],
                     party_id=ids["supplier"], place_id=ids["main"])
    page = office.open("receipt", id)
    page.commands.print_serials()
    dialog = shown(office, page)
    assert [scan(dialog.pdf, Area(0, 0, 58, 40), number).text for number in (0, 1)] == ["SN-0017", "SN-0018"]
    assert dialog.total() == 2
    dialog.reject()


@pytest.mark.parametrize(("resolution", "roll", "sheet"), [(203, 1, 1), (300, 2, 2), (600, 3, 2), (1200, 4, 2)])
def test_a_dot_is_a_whole_number_of_pixels(resolution: int, roll: int, sheet: int) -> None:
    dot = 0.125 * 72 / 25.4  # points
    assert label_scale(resolution, ROLL) * dot == pytest.approx(roll)
    assert label_scale(resolution, SHEET) * dot == pytest.approx(sheet)


def test_paper_is_the_label_without_margins(qapp: object) -> None:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    for media in MEDIA:
        set_paper(printer, media)
        page = printer.pageLayout().fullRect(printer.pageLayout().Unit.Millimeter)
        assert (page.width(), page.height()) == pytest.approx(media.page, abs=0.4)
        assert printer.pageLayout().margins().isNull()
