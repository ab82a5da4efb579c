"""Beside the document: based on, related, comments, files, payments over invoices."""

from datetime import date
from decimal import Decimal

from PySide6.QtCore import Qt

from crm_contract.documents import AllocationRead
from crm_contract.files import FileRead
from crm_desktop.documents.allocations import AllocationCard, spread_shares
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.documents.based_on import followings
from crm_desktop.documents.files import FilesDialog
from crm_desktop.documents.related import RelatedDialog
from crm_desktop.widgets.text_fields import MultilineEdit
from tests.desktop.documents.conftest import Office
from tests.desktop.keyboard import type_text


def sale(office: Office) -> tuple[int, int, int]:
    offer = office.make("offer", [office.line("work", "2", "1500")], "send", "accept",
                        party_id=office.shop.ids["customer"], vat_mode="on_top")
    contract = office.follow(offer, "contract", "sign")
    return offer, contract, office.follow(contract, "invoice", "issue")


def test_the_nearest_basis_wins(office: Office) -> None:
    offer, contract, invoice = sale(office)
    found = {item.kind.code: item for item in followings(office.read(offer), lambda code: True)}
    assert found["invoice"].source_id == contract
    assert found["issue"].source_id == invoice
    assert found["payment"].source == f"Счёт {office.read(invoice).number}"
    assert not any(item.why_not for item in found.values())


def test_a_draft_says_when_the_next_document_can_be_made(office: Office) -> None:
    id = office.make("offer", [office.line("work", "1", "1")], party_id=office.shop.ids["customer"])
    found = {item.kind.code: item for item in followings(office.read(id), lambda code: True)}
    assert found["contract"].why_not == "Можно, когда состояние: «Отправлено», «Принято»"
    assert not followings(office.read(id), lambda code: False)


def test_the_tree_of_related_documents_opens_one(office: Office) -> None:
    offer, contract, _ = sale(office)
    page = office.open("offer", offer)
    page.commands.show_related()
    dialog = office.dialog(page, RelatedDialog)
    top = dialog.tree.topLevelItem(0)
    assert dialog.tree.currentItem() is top
    assert top is not None
    below = top.child(0)
    assert below is not None
    assert below.text(0).startswith("Договор Д-")
    dialog.tree.itemActivated.emit(below, 0)
    office.idle()
    assert office.opened[-1].place() == ("contract", contract)


def test_a_comment_is_added(office: Office) -> None:
    offer, _, _ = sale(office)
    page = office.open("offer", offer)
    page.commands.comment()
    dialog = office.dialog(page)
    text = dialog.findChild(MultilineEdit)
    assert text is not None
    type_text(text.editor, "Звонил клиент")
    office.qtbot.keyClick(text.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    office.idle()
    assert [comment.text for comment in office.read(offer).comments] == ["Звонил клиент"]
    assert page.document is not None
    assert len(page.document.comments) == 1


def test_files_are_attached_and_listed(office: Office, tmp_path) -> None:  # type: ignore[no-untyped-def]
    offer, _, _ = sale(office)
    page = office.open("offer", offer)
    page.commands.show_files()
    dialog = office.dialog(page, FilesDialog)
    path = tmp_path / "Паспорт датчика.txt"
    path.write_bytes(b"passport")
    dialog._attach(path)
    office.idle()
    files = office.app.api.get(f"/api/documents/{offer}/files", list[FileRead])
    assert [file.name for file in files] == ["Паспорт датчика.txt"]
    assert dialog.tree.topLevelItemCount() == 1
    copy = tmp_path / "copy.txt"
    dialog._download(files[0], copy)
    office.idle()
    assert copy.read_bytes() == b"passport"


def test_shares_are_checked_while_they_are_typed(office: Office) -> None:
    rows = [AllocationRead(invoice_id=id, number=f"СЧ-{id}", date=date(2026, 11, id), gross=Decimal(3660),
                           open=Decimal(3660), amount=Decimal(0)) for id in (9, 4)]
    card = AllocationCard(office.app.tasks, DocumentsApi(office.app.api))
    office.qtbot.addWidget(card)
    card.show_allocations(Decimal(5000), rows, editable=True)
    assert spread_shares(Decimal(5000), rows) == {4: Decimal(3660), 9: Decimal(1340)}
    card.spread()
    assert card._left.text() == "Разнесено полностью"
    with office.qtbot.waitSignal(card.allocate_asked) as caught:
        card.send()
    assert caught.args == [[{"invoice_id": 9, "amount": "1340.00"}, {"invoice_id": 4, "amount": "3660.00"}]]
    card._fields[9].set_value("2000")
    card._on_edited()
    assert card._left.text() == "Больше платежа на 660,00"
    with office.qtbot.assertNotEmitted(card.allocate_asked):
        card.send()
    assert card._fields[4].error() == "Больше платежа на 660,00"
    card._fields[9].set_value("4000")
    with office.qtbot.assertNotEmitted(card.allocate_asked):
        card.send()
    assert card._fields[9].error() == "Не больше 3\u00a0660,00"
    assert card.set_errors({"params.shares.0.amount": "Счёт уже оплачен", "other": "?"}) == {"other": "?"}
    assert card._fields[9].error() == "Счёт уже оплачен"
