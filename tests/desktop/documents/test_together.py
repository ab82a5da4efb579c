"""Several people, crashes and closed tabs: nobody's typed text is lost."""

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from crm_contract.base import Created
from crm_contract.documents import DocumentBody, DocumentUpdate
from crm_contract.kinds import LineColumn
from crm_desktop.documents.bodies import document_body, document_values
from crm_desktop.documents.editor import CHANGED, DocumentEditor
from crm_desktop.documents.unsaved import DRAFT
from crm_desktop.records.guard import GUARD
from crm_desktop.widgets.bars import InlineBar
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.segmented import Segmented
from tests.desktop.documents.conftest import Office
from tests.desktop.keyboard import type_text


def make_offer(office: Office) -> int:
    return office.make("offer", [office.line("sensor", "1", "100")], party_id=office.shop.ids["customer"],
                       title="Датчики", comment="Срочно")


def type_into(page: DocumentEditor, name: str, text: str) -> None:
    field = page.form.fields()[name]
    field.set_value(text)
    field.edited.emit()


def change_elsewhere(office: Office, id: int, **values: str) -> None:
    """A colleague saves the same document."""
    read = office.read(id)
    kind = office.opened[-1].kind
    lines = [{"id": line.id, "product_id": line.product.id if line.product else None, "name": line.name,
              "quantity": line.quantity, "unit": line.unit, "price": line.price, "vat_rate": line.vat_rate}
             for line in read.lines]
    body: DocumentBody = document_body(kind, document_values(kind, read) | values, lines, read)
    update = DocumentUpdate(**body.model_dump(), version=read.version)
    office.app.api.put(f"/api/documents/{id}", Created, update)


def bar(page: DocumentEditor, key: str) -> InlineBar:
    return page.messages._bars[key]


def press_in_bar(page: DocumentEditor, key: str, caption: str) -> None:
    button = next(b for b in bar(page, key).findChildren(Button) if b.text() == caption)
    button.click()


def test_different_fields_merge_without_a_question(office: Office) -> None:
    id = make_offer(office)
    page = office.open("offer", id)
    type_into(page, "title", "Датчики и клапаны")
    change_elsewhere(office, id, comment="Уже не срочно")
    page.commands.save()
    office.idle()
    saved = office.read(id)
    assert (saved.title, saved.comment) == ("Датчики и клапаны", "Уже не срочно")
    assert not page.dirty
    assert page.form.values()["comment"] == "Уже не срочно"


def test_the_same_field_is_asked_about(office: Office) -> None:
    id = make_offer(office)
    page = office.open("offer", id)
    type_into(page, "title", "Моя тема")
    change_elsewhere(office, id, title="Чужая тема")
    page.commands.save()
    office.idle()
    dialog = office.dialog(page)
    assert office.read(id).title == "Чужая тема"
    choice = dialog.findChild(Segmented)
    assert choice is not None
    assert choice.value() == "mine"
    office.qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    office.idle()
    assert office.read(id).title == "Моя тема"
    assert not page.dirty


def test_changes_of_others_appear_and_typed_text_stays(office: Office) -> None:
    id = make_offer(office)
    page = office.open("offer", id)
    change_elsewhere(office, id, title="Новая тема")
    page.refresh([id])
    office.idle()
    assert page.form.values()["title"] == "Новая тема"
    type_into(page, "comment", "Пишу")
    change_elsewhere(office, id, title="Ещё новее")
    page.refresh([id])
    office.idle()
    assert page.form.values()["comment"] == "Пишу"
    assert page.dirty
    assert CHANGED in page.messages._bars
    page.commands.save()
    office.idle()
    saved = office.read(id)
    assert (saved.title, saved.comment) == ("Ещё новее", "Пишу")


def test_an_action_on_a_stale_page_shows_the_newest_first(office: Office) -> None:
    id = make_offer(office)
    page = office.open("offer", id)
    change_elsewhere(office, id, title="Новая тема")
    page.commands.run_main(False)
    office.idle()
    assert office.read(id).state == "draft"
    assert page.form.values()["title"] == "Новая тема"
    page.commands.run_main(False)
    office.idle()
    assert office.read(id).state == "sent"


def test_what_is_typed_while_the_save_is_on_its_way_stays(office: Office) -> None:
    id = make_offer(office)
    page = office.open("offer", id)
    closed: list[bool] = []
    page.closed.connect(lambda: closed.append(True))
    type_into(page, "title", "Записывается")
    page.commands.save(page.closed.emit)
    type_into(page, "title", "Набрано позже")
    office.idle()
    assert office.read(id).title == "Записывается"
    assert page.form.values()["title"] == "Набрано позже"
    assert page.dirty
    assert not closed
    page.commands.save()
    office.idle()
    assert office.read(id).title == "Набрано позже"
    assert not page.dirty


def test_a_reload_does_not_close_the_cell_being_edited(office: Office) -> None:
    id = make_offer(office)
    page = office.open("offer", id)
    assert page.lines is not None
    page.lines.table.view.edit_cell(0, page.lines.table.model.section_of(LineColumn.QUANTITY))
    type_text(QApplication.focusWidget() or page, "7")
    page.refresh([id])
    office.idle()
    assert page.lines.is_typing
    change_elsewhere(office, id, comment="Чужое")
    page.refresh([id])
    office.idle()
    assert page.lines.is_typing
    page.commands.save()
    office.idle()
    saved = office.read(id)
    assert (saved.lines[0].quantity, saved.comment) == (7, "Чужое")


def test_a_draft_survives_a_crash(office: Office) -> None:
    id = make_offer(office)
    page = office.open("offer", id)
    type_into(page, "title", "Не записано")
    page.unsaved.flush()
    page.deleteLater()
    office.opened.remove(page)
    again = office.open("offer", id)
    office.qtbot.waitUntil(lambda: DRAFT in again.messages._bars, timeout=3000)
    assert again.form.values()["title"] == "Датчики"
    press_in_bar(again, DRAFT, "Вернуть")
    assert again.form.values()["title"] == "Не записано"
    assert again.dirty
    again.commands.save()
    office.idle()
    assert office.read(id).title == "Не записано"
    assert office.app.drafts.list() == []


def test_looking_leaves_no_draft(office: Office) -> None:
    page = office.open("offer", make_offer(office))
    new = office.open("invoice")
    type_into(page, "title", "Набрано")
    type_into(page, "title", "Датчики")
    assert not page.dirty
    office.qtbot.wait(1700)
    assert office.app.drafts.list() == []
    assert not new.dirty


def test_a_restored_draft_is_compared_with_what_was_saved_meanwhile(office: Office) -> None:
    id = make_offer(office)
    page = office.open("offer", id)
    type_into(page, "title", "Из черновика")
    page.unsaved.flush()
    change_elsewhere(office, id, comment="Чужое")
    page.deleteLater()
    office.opened.remove(page)
    again = office.open("offer", id)
    office.qtbot.waitUntil(lambda: DRAFT in again.messages._bars, timeout=3000)
    press_in_bar(again, DRAFT, "Вернуть")
    again.commands.save()
    office.idle()
    saved = office.read(id)
    assert (saved.title, saved.comment) == ("Из черновика", "Чужое")


def test_a_new_document_comes_back_from_its_draft(office: Office) -> None:
    page = office.open("offer", party_id=office.shop.ids["customer"])
    assert page.form.title_of("party_id") == "ООО «Северный ветер»"
    assert page.lines is not None
    page.lines.table.add_product({"product_id": office.shop.ids["sensor"], "name": "Датчик", "quantity": Decimal(4)})
    office.idle()
    state = page.state()
    again = office.open("offer", None, **state)
    office.qtbot.waitUntil(lambda: again.dirty, timeout=3000)
    assert again.form.id_of("party_id") == office.shop.ids["customer"]
    assert again.lines is not None
    assert [(line.sku, line.quantity) for line in again.lines.table.lines()] == [("104-220", Decimal(4))]


def test_closing_a_dirty_page_asks(office: Office) -> None:
    id = make_offer(office)
    page = office.open("offer", id)
    answers: list[bool] = []
    page.can_close(answers.append)
    assert answers == [True]
    type_into(page, "title", "Новая")
    page.form.fields()["title"].setFocus()
    typed_in = QApplication.focusWidget()
    page.can_close(answers.append)
    assert answers == [True]
    focus = QApplication.focusWidget()
    assert isinstance(focus, Button)
    assert focus.text() == "Записать"  # Ctrl+W, Enter saves and closes
    QTest.keyClick(focus, Qt.Key.Key_Escape)
    assert answers == [True, False]
    assert QApplication.focusWidget() is typed_in  # goes on typing where it was
    page.can_close(answers.append)
    press_in_bar(page, GUARD, "Записать")
    office.idle()
    assert answers == [True, False, True]
    assert office.read(id).title == "Новая"
    type_into(page, "title", "Брошено")
    page.can_close(answers.append)
    press_in_bar(page, GUARD, "Не записывать")
    assert answers[-1] is True
    assert office.read(id).title == "Новая"


def test_enter_goes_through_the_header_into_the_lines(office: Office) -> None:
    page = office.open("offer")
    page.form.finished.emit()
    focus = QApplication.focusWidget()
    assert page.lines is not None
    assert focus is not None
    assert page.lines.table.view.isAncestorOf(focus)
