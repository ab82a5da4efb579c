"""Typed values become bodies that the commands of parties and catalogue accept, and nothing is lost on the way."""

from datetime import date
from decimal import Decimal

from crm_contract.catalog import PriceBody, ProductUpdate
from crm_contract.parties import AccountBody, ContactBody, PartyUpdate
from crm_contract.vat import VatKind
from crm_server.exchange.excel.bodies import GENERAL_CONTACT, party_body, product_body
from crm_server.exchange.excel.updates import party_change, product_change
from crm_server.parties.checks import check_party, normalized
from tests.server.exchange.workbooks import PARTIES, PRODUCTS, party, plan_of, product, xlsx

ROLES = ("head", "accountant", "mechanic")
FIRM = ["Контрагент", "ИНН/КПП", "Адрес", "Факт. адрес", "Контактное лицо", "Телефон", "E-mail", "Р/с", "БИК",
        "Менеджер", "Клиент с", "Примечание"]
VETER = ["ООО «Ветер»", "7707083893/770701001", "г. Тула", "г. Москва", "Иванов И.И. (директор)",
         "8 495 123-45-67, 8 916 123-45-67", "a@example.org; b@example.org", "40702810138250123017", "044525225",
         "Дроздова", "12.03.2019", "важный"]


def values_of(*row):
    return party(plan_of(xlsx([FIRM, [*row, *[""] * (len(FIRM) - len(row))]]), PARTIES), 2)


def test_party_body_passes_the_checks_of_parties():
    body = party_body(values_of(*VETER), ROLES, manager_id=7)
    check_party(normalized(body), ROLES)
    assert (body.phone, body.email, body.manager_id) == ("+7 495 123-45-67", "a@example.org", 7)
    assert [(contact.name, contact.roles, contact.phones, contact.emails) for contact in body.contacts] == [
        ("Иванов И. И.", ["head"], [], []), (GENERAL_CONTACT, [], ["+7 916 123-45-67"], ["b@example.org"])]
    assert [(account.account, account.bic, account.main) for account in body.accounts] == [
        ("40702810138250123017", "044525225", True)]
    assert body.note == "важный\nРаботаем с 12.03.2019"


def test_what_a_card_does_not_admit_goes_to_the_note():
    body = party_body(values_of("ООО «Ветер»", "7707083894", "", "", "", "", "", "40702810138250123017"), (), None)
    check_party(body, ROLES)
    assert (body.inn, body.accounts) == ("", [])
    assert body.note == "Счёт 40702810138250123017\nИНН в файле: 7707083894"


def test_accounts_with_a_wrong_key_may_be_put_into_the_note():
    values = values_of("ООО «Ветер»", "7707083893", "", "", "", "", "", "40702810138250123018", "044525225")
    assert len(party_body(values, ROLES).accounts) == 1
    strict = party_body(values, ROLES, keyed_accounts_only=True)
    assert (strict.accounts, strict.note) == ([], "Счёт 40702810138250123018, БИК 044525225")


#: The card that VETER is matched with.
KNOWN = PartyUpdate(
    version=3, name="ООО «Ветер»", inn="7707083893", phone="+7 495 123-45-67", is_customer=True, segment="VIP",
    payment_days=10, note="важный", contacts=[ContactBody(id=5, name="Иванов И. И.", phones=["+7 916 123-45-67"])],
    accounts=[AccountBody(id=9, bic="044525225", account="40702810200000000001", main=True)])


def test_an_update_adds_and_never_erases():
    update = party_change(KNOWN, values_of(*VETER), ROLES)
    assert update is not None
    assert (update.version, update.kpp, update.segment, update.payment_days) == (3, "770701001", "VIP", 10)
    assert [(item.id, item.name, item.position, item.roles, item.phones) for item in update.contacts] == [
        (5, "Иванов И. И.", "Директор", ["head"], ["+7 916 123-45-67"]), (None, GENERAL_CONTACT, "", [], [])]
    assert update.contacts[1].emails == ["b@example.org"]
    assert [(item.id, item.account, item.main) for item in update.accounts] == [
        (9, "40702810200000000001", True), (None, "40702810138250123017", False)]
    assert update.note == "важный\nМенеджер: Дроздова\nРаботаем с 12.03.2019"
    check_party(normalized(update), ROLES)


def test_a_second_load_of_the_same_row_changes_nothing():
    values = values_of(*VETER)
    known = PartyUpdate(version=3, **party_body(values, ROLES).model_dump())
    assert party_change(known, values, ROLES) is None


GOODS = ["Артикул", "Товар", "Ед.", "Цена", "Опт", "НДС", "Штрихкод", "Производитель", "Страна"]
SENSOR = ["A-1", "Датчик", "м", 10, 8, "Без НДС", 4600332245382, "Завод", "Китай"]
DAY = date(2026, 11, 24)


def product_of(*row):
    return product(plan_of(xlsx([GOODS, row]), PRODUCTS), 2)


def test_product_body():
    body = product_body(product_of(*SENSOR), {"price": 1}, DAY, group_id=4)
    assert (body.sku, body.name, body.unit, body.vat_kind, body.barcodes, body.group_id, body.country) == (
        "A-1", "Датчик", "006", VatKind.EXEMPT, ["4600332245382"], 4, "156")
    assert [(price.price_kind_id, price.price, price.valid_from) for price in body.prices] == [(1, Decimal(10), DAY)]
    assert body.note == "Производитель: Завод\nЦена оптовая: 8"


def test_product_change_changes_a_price_from_the_day_on():
    known = ProductUpdate(
        version=2, sku="A-1", name="Датчик", unit="006", vat_kind=VatKind.EXEMPT, barcodes=["4600332245382"],
        country="156", prices=[PriceBody(price_kind_id=1, price=Decimal(9), valid_from=date(2026, 1, 1)),
                               PriceBody(price_kind_id=2, price=Decimal("8.0000"), valid_from=date(2026, 1, 1))])
    kinds = {"price": 1, "price_wholesale": 2}
    update = product_change(known, product_of(*SENSOR[:7]), kinds, DAY)
    assert update is not None
    assert {(price.price_kind_id, price.price, price.valid_from) for price in update.prices} == {
        (1, Decimal(10), DAY), (2, Decimal(8), date(2026, 1, 1))}
    assert product_change(known, product_of("A-1", "Датчик", "м", 9, 8), kinds, DAY) is None
