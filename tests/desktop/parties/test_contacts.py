"""The card of contacts beside its neighbours."""

from pytestqt.qtbot import QtBot

from crm_contract.lists import Tone
from crm_contract.parties import ContactBody, ContactRole
from crm_desktop.parties.contacts import ContactsCard

ROLES = ("руководитель", "бухгалтер", "снабженец", "механик", "кладовщик")


def test_a_person_of_many_roles_makes_the_card_no_wider(qtbot: QtBot) -> None:
    card = ContactsCard()
    qtbot.addWidget(card)
    card.set_roles([ContactRole(code=title, title=title, tone=Tone.INFO) for title in ROLES])
    card.set_rows([ContactBody(name="Константинова Александра Вячеславовна", position="заместитель директора",
                               roles=list(ROLES), phones=["+7 900 000-00-01"], emails=["a@primer.example"])])
    assert card.minimumSizeHint().width() <= 430  # the middle of the customer card at 1366
    assert card.layout().heightForWidth(430) > card.layout().heightForWidth(900)  # type: ignore[union-attr]  # it has one
