"""The editor of documents against a real server: drawing, typing, saving, actions, the chain by keyboard."""

from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crm_contract.base import Ref
from crm_contract.documents import KINDS
from crm_contract.kinds import LineColumn
from crm_desktop.documents.editor import DocumentEditor
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.suggest import Suggestion
from crm_desktop.widgets.text_fields import MultilineEdit
from tests.desktop.documents.conftest import Office
from tests.desktop.keyboard import type_text

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def press(office: Office, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """To whatever has the focus, as a person would."""
    office.qtbot.keyClick(QApplication.focusWidget() or office.opened[-1], key, modifiers)
    office.idle()


def menu_of(page: DocumentEditor) -> Menu:
    return next(menu for menu in page.findChildren(Menu) if menu.isVisible())


def choose_party(page: DocumentEditor, id: int, title: str, **fill: str) -> None:
    """What picking from the list of found parties does."""
    field = page.form._form.get("party_id", RefEdit)
    field._choose(Suggestion(id, title, data=dict(fill)))


@pytest.mark.parametrize("code", list(KINDS))
def test_a_new_document_has_its_defaults_and_is_not_dirty(office: Office, code: str) -> None:
    page = office.open(code)
    kind = KINDS[code]
    assert not page.dirty
    assert page.form.id_of("responsible_id") == office.app.session.me.employee.id
    assert page.form.id_of("place_id") == (office.shop.ids["main"] if kind.header("place_id") else None)
    assert page.form.id_of("price_kind_id") == (office.shop.ids["price_kind"] if kind.header("price_kind_id") else None)
    assert set(page.form.fields()) == {"date", *(field.name for field in kind.fields)}
    stays = any(action.primary and action.stays and kind.workflow.initial.code in action.sources
                for action in kind.workflow.actions)
    assert page.title_row.main.text().endswith("закрыть") is not stays
    assert (page.lines is not None) == bool(kind.lines)


def test_typing_an_offer_and_saving_it(office: Office) -> None:
    ids = office.shop.ids
    page = office.open("offer")
    choose_party(page, ids["customer"], "ООО «Северный ветер»")
    assert page.dirty
    assert page.lines is not None
    page.lines.table.add_product({"product_id": ids["sensor"], "name": "Датчик"})
    page.lines.table.set_quantity(0, Decimal(3))
    office.idle()
    line = page.lines.table.lines()[0]
    assert (line.sku, line.price, line.vat_rate) == ("104-220", Decimal("4100"), "22")
    assert page.totals is not None
    press(office, Qt.Key.Key_S, CTRL)
    assert not page.dirty
    saved = office.read(page.place()[1] or 0)
    assert saved.number == "КП-000001"
    assert saved.gross == page.lines.table.totals().gross
    assert page.title == "КП-000001"


def test_a_required_field_is_asked_for_before_sending(office: Office) -> None:
    page = office.open("invoice")
    press(office, Qt.Key.Key_S, CTRL)
    assert page.form.fields()["party_id"].error() == "Заполните поле"
    assert page.place() == ("invoice", None)


def test_errors_of_the_server_stand_at_fields_and_cells(office: Office) -> None:
    ids = office.shop.ids
    page = office.open("invoice")
    choose_party(page, ids["customer"], "ООО «Северный ветер»")
    office.idle()
    assert page.lines is not None
    page.lines.table.add_product({"product_id": ids["sensor"], "name": "Датчик", "price": Decimal(1)})
    page.lines.table.model.rows.lines[0].product_id = 999_999
    press(office, Qt.Key.Key_S, CTRL)
    assert page.lines.table.model.error_of(0)
    assert page.place()[1] is None
    assert page.dirty


def test_a_shortage_is_cured_by_one_click(office: Office) -> None:
    ids = office.shop.ids
    office.receive("sensor", "2")
    office.receive("sensor", "5", "second")
    id = office.make("issue", [office.line("sensor", "3", "4100")], party_id=ids["customer"], place_id=ids["main"])
    page = office.open("issue", id)
    assert page.lines is not None
    bar = page.lines._shortage
    assert bar.isVisible()
    page.lines.table.set_quantity(0, Decimal(2))
    assert not bar.isVisible()
    page.lines.table.undo()
    assert bar.isVisible()
    elsewhere = page.lines.hints.elsewhere(ids["sensor"])
    assert [(item.place, item.free) for item in elsewhere] == [("Второй", Decimal(5))]
    page.reactions.take_place(elsewhere[0])
    office.idle()
    assert page.form.id_of("place_id") == ids["second"]
    assert not bar.isVisible()


def test_refused_posting_keeps_the_saved_document_and_says_why(office: Office) -> None:
    ids = office.shop.ids
    page = office.open("issue")
    choose_party(page, ids["customer"], "ООО «Северный ветер»")
    office.idle()
    assert page.lines is not None
    page.lines.table.add_product({"product_id": ids["sensor"], "name": "Датчик", "price": Decimal(1)})
    office.idle()
    page.setFocus()
    press(office, Qt.Key.Key_Return, CTRL)
    assert page in office.opened
    assert page.place()[1] is not None
    assert not page.dirty
    assert page.document is not None
    assert page.document.state == "draft"
    assert "не хватает" in " ".join(bar.text() for bar in page.messages._bars.values())


def test_the_whole_sale_by_keyboard(office: Office) -> None:
    """КП → Договор → Счёт → Накладная → УПД: Alt+O, a letter, Ctrl+Enter for each step, from one tab."""
    ids = office.shop.ids
    office.receive("sensor", "10")
    offer = office.make("offer", [office.line("sensor", "3", "4100")], "send", "accept", party_id=ids["customer"],
                        vat_mode="on_top")
    first = office.open("offer", offer)
    for letter in "ДСРУ":
        first.setFocus()
        press(office, Qt.Key.Key_O, ALT)
        type_text(menu_of(first), letter)
        office.idle()
        made = office.opened[-1]
        assert made is not first
        made.setFocus()
        press(office, Qt.Key.Key_Return, CTRL)
        assert office.opened == [first]
        office.idle()
    kinds = [node.kind for node in office.read(offer).chain]
    assert kinds == ["offer", "contract", "invoice", "issue", "upd"]
    states = {node.kind: node.state for node in office.read(offer).chain}
    assert states == {"offer": "accepted", "contract": "active", "invoice": "issued", "issue": "issued",
                      "upd": "posted"}


def test_a_shipment_is_made_and_posted_by_one_letter(office: Office) -> None:
    """Alt+O, Shift and the letter: the posted paper is shown; what is refused is told, and nothing is made."""
    ids = office.shop.ids
    office.receive("sensor", "4")
    first = office.open("sales_order", office.make("sales_order", [office.line("sensor", "3", "4100")], "confirm",
                                                   party_id=ids["customer"], place_id=ids["main"]))

    def ship() -> None:
        first.setFocus()
        press(office, Qt.Key.Key_O, ALT)
        office.qtbot.keyClick(menu_of(first), Qt.Key.Key_H, SHIFT)
        office.idle()

    ship()
    made = office.opened[-1].document
    assert made is not None
    assert (made.kind, made.state, made.version) == ("issue", "issued", 2)
    office.opened[-1].closed.emit()
    ship()
    assert office.opened == [first]
    assert first.document is not None
    assert [node.kind for node in office.read(first.document.id).chain] == ["sales_order", "issue"]


def test_an_action_with_a_reason_asks_for_it(office: Office, qtbot: QtBot) -> None:
    ids = office.shop.ids
    id = office.make("invoice", [office.line("work", "1", "1500")], "issue", party_id=ids["customer"],
                     place_id=ids["main"])
    page = office.open("invoice", id)
    page.commands.run(page.kind.workflow.action("annul"))
    dialog = office.dialog(page)
    qtbot.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    assert dialog.isVisible()
    reason = dialog.findChild(MultilineEdit)
    assert reason is not None
    type_text(reason.editor, "Ошибка в сумме")
    qtbot.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    office.idle()
    assert office.read(id).state == "annulled"
    assert not page.title_row.save.isVisible()


def test_an_action_asks_for_its_parameters(office: Office) -> None:
    ids = office.shop.ids
    office.receive("sensor", "5")
    id = office.make("invoice", [office.line("sensor", "2", "4100")], "issue", party_id=ids["customer"],
                     place_id=ids["main"])
    page = office.open("invoice", id)
    page.commands.run(page.kind.workflow.action("reserve"))
    dialog = office.dialog(page)
    until = dialog.findChild(DateEdit)
    assert until is not None
    until.set_value(date(2026, 12, 31))
    office.qtbot.keyClick(dialog, Qt.Key.Key_Return, CTRL)
    office.idle()
    assert page.document is not None
    assert {fact.code: fact.share for fact in page.document.facts}["reserved"] == 1
    assert page.document.lines[0].reserved == 2


def test_escape_closes_a_clean_page_only(office: Office) -> None:
    page = office.open("offer")
    choose_party(page, office.shop.ids["customer"], "ООО «Северный ветер»")
    page.setFocus()
    press(office, Qt.Key.Key_Escape)
    assert page in office.opened
    clean = office.open("invoice")
    clean.setFocus()
    press(office, Qt.Key.Key_Escape)
    assert office.opened == [page]


def test_a_posted_document_is_read_only(office: Office) -> None:
    ids = office.shop.ids
    id = office.make("offer", [office.line("sensor", "1", "100")], "send", party_id=ids["customer"])
    page = office.open("offer", id)
    assert all(field.is_read_only for field in page.form.fields().values())
    assert page.lines is not None
    assert not page.lines.table.model.editable
    assert page.title_row.main.text() == "Отметить принятым и закрыть"


def test_copy_makes_a_draft_like_it(office: Office) -> None:
    ids = office.shop.ids
    id = office.make("offer", [office.line("sensor", "2", "100")], "send", party_id=ids["customer"])
    page = office.open("offer", id)
    page.setFocus()
    press(office, Qt.Key.Key_F9)
    copy = office.opened[-1]
    assert copy is not page
    assert copy.document is not None
    assert copy.document.state == "draft"
    assert copy.document.lines[0].quantity == 2


def test_vat_mode_and_price_kind_follow(office: Office) -> None:
    ids = office.shop.ids
    id = office.make("offer", [office.line("sensor", "1", "100")], party_id=ids["customer"], vat_mode="included",
                     price_kind_id=ids["price_kind"])
    page = office.open("offer", id)
    assert page.lines is not None
    assert page.lines.table.totals().gross == Decimal("100.00")
    field = page.form.fields()["vat_mode"]
    field.set_value("on_top")
    field.edited.emit()
    assert page.lines.table.totals().gross == Decimal("122.00")
    page.form.take("price_kind_id", Ref(id=ids["price_kind"], title="Розничная"))
    page.reactions.reprice()
    office.idle()
    assert page.lines.table.lines()[0].price == Decimal(4100)
    press(office, Qt.Key.Key_S, CTRL)
    assert office.read(id).gross == Decimal("5002.00")


def test_choosing_a_party_fills_its_contract_and_term(office: Office) -> None:
    ids = office.shop.ids
    contract = office.make("contract", [office.line("sensor", "1", "1")], "sign", party_id=ids["customer"],
                           title="Поставка")
    page = office.open("invoice")
    choose_party(page, ids["customer"], "ООО «Северный ветер»", payment_days="10")
    office.idle()
    assert page.form.id_of("contract_id") == contract
    assert (page.form.values()["due_date"] - page.form.day()).days == 10
    choose_party(page, ids["supplier"], "АО «Завод»")
    office.idle()
    assert page.form.id_of("contract_id") is None


def test_free_words_and_products_in_one_table(office: Office) -> None:
    page = office.open("offer")
    choose_party(page, office.shop.ids["customer"], "ООО «Северный ветер»")
    assert page.lines is not None
    page.lines.table._on_text("Выезд инженера")
    page.lines.table.model.put(0, LineColumn.PRICE, Decimal("1500"))
    press(office, Qt.Key.Key_S, CTRL)
    saved = office.read(page.place()[1] or 0)
    assert [(line.name, line.product) for line in saved.lines] == [("Выезд инженера", None)]
    assert saved.lines[0].vat_rate == "22"


def test_lines_are_typed_with_the_keyboard_alone(office: Office) -> None:
    """Article, Enter, quantity, Enter: four or five keys for the article, three for the rest."""
    page = office.open("offer", party_id=office.shop.ids["customer"])
    assert page.form.values()["vat_mode"] == "on_top"  # as the main prices are
    assert page.lines is not None
    page.lines.table.start_entry()
    for article, quantity in (("104-220", "3"), ("118-015", "4")):
        type_text(QApplication.focusWidget() or page, article)
        office.qtbot.wait(250)
        press(office, Qt.Key.Key_Return)
        type_text(QApplication.focusWidget() or page, quantity)
        press(office, Qt.Key.Key_Return)
    lines = page.lines.table.lines()
    assert [(line.sku, line.quantity, line.price) for line in lines] == [
        ("104-220", Decimal(3), Decimal(4100)), ("118-015", Decimal(4), Decimal(2350))]
    press(office, Qt.Key.Key_Escape)
    press(office, Qt.Key.Key_S, CTRL)
    assert office.read(page.place()[1] or 0).net == Decimal("21700.00")


def test_the_signed_paper_comes_back_after_posting(office: Office) -> None:
    id = office.make("upd", [office.line("work", "2", "1500")], party_id=office.shop.ids["customer"])
    office.act(id, "post")
    page = office.open("upd", id)
    original, title_row = page.form.fields()["original"], page.title_row
    assert not original.is_read_only
    assert page.form.fields()["party_id"].is_read_only
    assert title_row.save.isVisible()
    original.set_value("yes")
    original.edited.emit()
    assert page.dirty
    press(office, Qt.Key.Key_S, CTRL)
    assert not page.dirty
    assert office.read(id).extra["original"] == "yes"


def test_what_was_learnt_late_is_saved_before_an_action(office: Office) -> None:
    id = office.make("upd", [office.line("work", "2", "1500")], party_id=office.shop.ids["customer"])
    office.act(id, "post")
    page = office.open("upd", id)
    original = page.form.fields()["original"]
    original.set_value("yes")
    original.edited.emit()
    page.commands.run(page.kind.workflow.action("sign"))
    office.idle()
    assert (office.read(id).extra["original"], office.read(id).state) == ("yes", "signed")
