"""The main job by keyboard alone, within the strokes of a practised person."""

from crm_contract.documents import DocumentRead
from crm_contract.lists import ListQuery, Page
from crm_desktop.documents.preview import PreviewDialog
from crm_desktop.parties.card import PartyPage
from crm_desktop.widgets.dialogs import Dialog
from tests.desktop.main_job.conftest import Seat

NAME, INN, KPP = "Тремолис", "7728168971", "772801001"
LINES = (("104", "3"), ("118", "4"), ("Реле", "10"))


def saved(seat: Seat, id: int | None) -> DocumentRead:
    return seat.server.api().get(f"/api/documents/{id}", DocumentRead)


def write_offer(seat: Seat) -> int:
    """From a customer card: Alt+O, К, then for each line an article and a quantity, Ctrl+Shift+Enter."""
    seat.press("Alt+O")
    seat.write("к")
    page = seat.document("offer")
    for article, quantity in LINES:
        seat.keys.write(article)
        seat.press("Enter")
        seat.keys.write(quantity)
        seat.press("Enter")
    seat.press("Ctrl+Shift+Enter")
    assert page.document is not None
    return page.document.id


def follow(seat: Seat, letter: str, kind: str) -> None:
    """Alt+O, the letter of the kind, Ctrl+Enter: made, done, closed; the basis is in front again."""
    with seat.keys.budget(3):
        seat.press("Alt+O")
        seat.write(letter)
        seat.document(kind)
        seat.press("Ctrl+Enter")


def test_a_new_customer_with_a_contact(seat: Seat) -> None:
    words = len(NAME + INN + KPP) + len("Ким Анна") + len("бухгалтер") + len("9000001234") + len("kim@t.example")
    with seat.keys.budget(words + 19):
        seat.press("Alt+2", "Ins")
        page = seat.page(PartyPage)
        seat.keys.write(NAME)
        seat.press("Enter", "Enter")
        seat.keys.write(INN)
        seat.press("Enter")
        seat.keys.write(KPP)
        seat.press("Ins")
        seat.dialog(Dialog)
        for text in ("Ким Анна", "бухгалтер", "9000001234", "kim@t.example"):
            seat.keys.write(text)
            seat.press("Enter")
        seat.press("Space", "Ctrl+Enter", "Ctrl+S")
    assert page.card is not None
    assert (page.card.name, page.card.inn, page.card.kpp) == (NAME, INN, KPP)
    [contact] = page.card.contacts
    assert (contact.name, contact.phones, contact.emails) == ("Ким Анна", ["+7 900 000-12-34"], ["kim@t.example"])
    assert contact.roles


def test_an_offer_of_three_lines(seat: Seat) -> None:
    seat.desk.window.app.navigator.open("party", seat.server.ids["customer"])
    seat.page(PartyPage)
    with seat.keys.budget(28):
        offer = write_offer(seat)
    made = saved(seat, offer)
    assert [(line.sku, line.quantity) for line in made.lines] == [("104-220", 3), ("118-015", 4), ("077-001", 10)]
    assert made.state == "sent"
    assert made.gross > 0


def test_from_the_offer_to_the_payment(seat: Seat) -> None:
    """КП → договор → счёт → резерв → РН → УПД → платёж from one tab, three strokes a document."""
    seat.desk.window.app.navigator.open("party", seat.server.ids["customer"])
    seat.page(PartyPage)
    offer = write_offer(seat)
    with seat.keys.budget(1):
        seat.press("Ctrl+Shift+Enter")
    assert saved(seat, offer).state == "accepted"
    for letter, kind in (("д", "contract"), ("с", "invoice"), ("р", "issue"), ("у", "upd"), ("л", "payment")):
        follow(seat, letter, kind)
        assert seat.document("offer").document.id == offer  # type: ignore[union-attr]  # it is read
    states = {node.kind: node.state for node in saved(seat, offer).chain}
    assert states == {"offer": "accepted", "contract": "active", "invoice": "issued", "issue": "issued",
                      "upd": "posted", "payment": "executed"}
    [invoice] = [node.id for node in saved(seat, offer).chain if node.kind == "invoice"]
    assert {fact.code: fact.share for fact in saved(seat, invoice).facts}["paid"] == 1
    stages = {stage.kind or stage.title: stage.status for stage in saved(seat, offer).stages}
    assert [stages[kind] for kind in ("contract", "issue", "upd")] == ["done"] * 3


def test_an_invoice_is_reserved_and_sent(seat: Seat) -> None:
    """Issue, reserve, preview and letter without leaving the page; the receivers come from the rules."""
    seat.desk.window.app.navigator.open("party", seat.server.ids["customer"])
    seat.page(PartyPage)
    offer = write_offer(seat)
    seat.press("Ctrl+Shift+Enter")
    with seat.keys.budget(10):
        seat.press("Alt+O")
        seat.write("с")
        page = seat.document("invoice")
        seat.press("Ctrl+Shift+Enter", "F10")
        seat.write("з")
        seat.dialog(Dialog)
        seat.press("Ctrl+Enter", "Ctrl+P")
        preview = seat.dialog(PreviewDialog)
        seat.qtbot.waitUntil(lambda: preview.pdf is not None and bool(preview.letter.to()), timeout=10_000)
        seat.press("Ctrl+Enter")
    assert page.document is not None
    invoice = saved(seat, page.document.id)
    assert {fact.code: fact.share for fact in invoice.facts}["reserved"] == 1
    letters = seat.server.api().query("/api/lists/letters", Page, ListQuery()).rows
    assert [(letter["document"]["id"], letter["to"]) for letter in letters] == [
        (invoice.id, "ivanova@veter.example")]
    assert offer in {node.id for node in invoice.chain}


def test_the_phone_of_a_customer(seat: Seat) -> None:
    """Call back: the palette, a few letters even in the wrong layout, Enter."""
    with seat.keys.budget(8):
        seat.press("Ctrl+K")
        seat.write("ctdth")
        seat.qtbot.wait(300)
        seat.press("Enter")
    assert seat.page(PartyPage).card.phone == "+7 900 000-12-10"


def test_actions_of_the_document_are_in_the_palette(seat: Seat) -> None:
    seat.desk.window.app.navigator.open("party", seat.server.ids["customer"])
    seat.page(PartyPage)
    write_offer(seat)
    with seat.keys.budget(8):
        seat.press("Ctrl+K")
        seat.write(">прин")
        seat.press("Enter")
    page = seat.document("offer")
    assert page.document is not None
    assert page.document.state == "accepted"
