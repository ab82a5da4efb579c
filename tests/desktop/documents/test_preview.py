"""Print and send: what is seen is what is printed, kept and sent, byte by byte."""

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter

from crm_contract.files import FileRead
from crm_contract.lists import Tone
from crm_contract.mailing import Recipient, RecipientsAnswer
from crm_contract.parties import ContactRole
from crm_desktop.documents.pdf_pages import page_image, page_sizes
from crm_desktop.documents.preview import PreviewDialog
from crm_desktop.documents.recipients import RecipientList, button_text
from crm_desktop.kit.files import write_file
from crm_desktop.widgets.pills import Pill
from tests.desktop.documents.conftest import Office
from tests.desktop.keyboard import type_text


@pytest.fixture
def dialog(office: Office) -> PreviewDialog:
    ids = office.shop.ids
    id = office.make("invoice", [office.line("sensor", "3", "4100"), office.line("work", "2", "1500", unit="356")],
                     "issue", party_id=ids["customer"], place_id=ids["main"], vat_mode="on_top")
    office.host.resize(1366, 768)
    page = office.open("invoice", id)
    page.commands.print()
    office.idle()
    made = office.dialog(page, PreviewDialog)
    office.qtbot.waitUntil(made.view.is_sharp, timeout=10_000)
    return made


def files_of(office: Office, dialog: PreviewDialog) -> list[FileRead]:
    return office.app.api.get(f"/api/documents/{dialog._document.id}/files", list[FileRead])


def test_the_page_is_drawn_sharp_and_zooms(office: Office, dialog: PreviewDialog) -> None:
    view = dialog.view
    assert view.page_count == 1
    assert dialog.bar._page.text() == "Лист 1 из 1"
    image = view._images[0, view._key()]
    place = view._places()[0]
    assert abs(image.width() - place.width() * view.devicePixelRatioF()) <= 1
    assert place.width() == view.viewport().width() - 40
    view.set_zoom(100)
    assert view.zoom == 100
    view.zoom_step(1)
    assert view.zoom == 125
    office.qtbot.waitUntil(view.is_sharp, timeout=10_000)
    view.fit_width()
    assert dialog.bar._fit.isChecked()


def test_saving_as_every_format(office: Office, dialog: PreviewDialog, tmp_path: Path) -> None:
    assert dialog.pdf is not None
    for output, head in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
        path = tmp_path / f"счёт.{output}"
        dialog.save_as(path, output)
        office.idle()
        assert path.read_bytes().startswith(head)
    assert (tmp_path / "счёт.pdf").read_bytes() == dialog.pdf.data


def test_a_folder_that_refuses_is_told(office: Office, dialog: PreviewDialog, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_file(tmp_path / "nowhere" / "a.pdf", b"data")
    dialog.save_as(tmp_path / "nowhere" / "a.pdf", "pdf")
    office.idle()
    assert "Не удалось" in " ".join(bar.text() for bar in dialog.messages._bars.values())


def test_printing_keeps_the_file_in_the_archive(office: Office, dialog: PreviewDialog, tmp_path: Path) -> None:
    assert dialog.pdf is not None
    paper = tmp_path / "paper.pdf"
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(paper))
    dialog.print_on(printer)
    office.qtbot.waitUntil(lambda: "printed" in dialog.messages._bars, timeout=15_000)
    kept = files_of(office, dialog)
    assert [(file.source, file.sha256) for file in kept] == [("print", dialog.pdf.sha256)]
    data = paper.read_bytes()
    assert len(page_sizes(data)) == 1
    assert has_ink(page_image(data, 0, 1))


def test_sending_the_very_bytes_that_are_shown(office: Office, dialog: PreviewDialog) -> None:
    assert dialog.pdf is not None
    assert not dialog._send.isEnabled()
    row = dialog.letter.recipients._rows[0]
    assert row.recipient.email == "ivanova@veter.example"
    row.check.click()
    assert dialog._send.text() == "Отправить 1 получателю"
    dialog.letter._boxes["xlsx"].check.click()
    seen = dialog.pdf
    document = dialog._document.id
    office.qtbot.keyClick(dialog.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    office.idle()
    kept = office.app.api.get(f"/api/documents/{document}/files", list[FileRead])
    assert sorted(file.name.rpartition(".")[2] for file in kept) == ["pdf", "xlsx"]
    pdf = next(file for file in kept if file.name.endswith("pdf"))
    assert pdf.sha256 == seen.sha256
    assert hashlib.sha256(office.app.api.download(f"/api/files/{pdf.id}")).hexdigest() == seen.sha256
    page = office.opened[-1]
    assert "sent" in page.messages._bars


def test_a_repeated_try_keeps_nothing_twice(office: Office, dialog: PreviewDialog) -> None:
    assert dialog.pdf is not None
    first = dialog._archive.keep(dialog.pdf, "send")
    assert dialog._archive.keep(dialog.pdf, "send") == first
    assert len(files_of(office, dialog)) == 1


def test_recipients_say_why(office: Office) -> None:
    made = RecipientList()
    office.qtbot.addWidget(made)
    made.show_answer(RecipientsAnswer(rule="УПД → «бухгалтер»", subject="", text="", recipients=[
        Recipient(contact_id=1, name="Иванова О. П.", position="", roles=["бухгалтер"], email="i@a.example",
                  chosen=True, why="выбрана правилом"),
        Recipient(contact_id=2, name="Петров", position="", roles=["руководитель"], email="p@a.example", chosen=False,
                  why=""),
        Recipient(contact_id=3, name="Сидоров", position="", roles=["mechanic"], email="", chosen=True, why="",
                  blocked="отправить нельзя"),
    ]), [ContactRole(code="mechanic", title="механик", tone=Tone.WARN)])
    assert [item.email for item in made.chosen()] == ["i@a.example"]
    assert [row._why.text() for row in made._rows] == ["выбрана правилом", "правило не выбирает", "отправить нельзя"]
    assert not made._rows[2].check.isEnabled()
    assert [pill.text() for pill in made._rows[2].findChildren(Pill)] == ["механик"]
    made._rows[1].check.click()
    assert made.chosen()[1].why == "добавлен отправителем"
    assert made._rows[1]._why.text() == "выбран вами"
    made._type_address()
    type_text(made._typed, "wrong")
    office.qtbot.keyClick(made._typed, Qt.Key.Key_Return)
    assert len(made.chosen()) == 2
    made._typed.clear()
    type_text(made._typed, "new@b.example")
    office.qtbot.keyClick(made._typed, Qt.Key.Key_Return)
    assert [item.email for item in made.chosen()] == ["i@a.example", "p@a.example", "new@b.example"]
    assert button_text(3) == "Отправить 3 получателям"
    assert button_text(21) == "Отправить 21 получателю"


def has_ink(image: QImage) -> bool:
    """Something dark is on the paper."""
    return any(image.pixelColor(x, y).lightness() < 100 for x in range(0, image.width(), 2)
               for y in range(0, image.height() // 2, 2))
