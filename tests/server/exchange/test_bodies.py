"""Typed values become bodies that the commands of parties and catalogue accept, and nothing is lost on the way."""

from datetime import UTC, date, datetime
from decimal import Decimal

from crm_contract.base import Ref
from crm_contract.catalog import PriceRead, ProductCard, ProductKind
from crm_contract.parties import AccountRead, ContactRead, Debt, PartyCard, PartyKind
from crm_contract.vat import VatKind
from crm_server.exchange.excel.bodies import GENERAL_CONTACT, party_body, product_body
from crm_server.exchange.excel.updates import party_update, product_update
from crm_server.parties.checks import check_party, normalized
from tests.server.exchange.workbooks import PARTIES, PRODUCTS, party, plan_of, product, xlsx

ROLES = ("head", "accountant", "mechanic")
FIRM = ["Контрагент", "ИНН/КПП", "Адрес", "Факт. адрес", "Контактное лицо", "Телефон", "E-mail", "Р/с", "БИК",
        "Менеджер", "Клиент с", "Примечание"]
VETER = ["ООО «Ветер»", "7707083893/770701001", "г. Тула", "г. Москва", "Иванов И.И. (директор)",
         "8 495 123-45-67, 8 916 123-45-67", "a@example.org; b@example.org", "40702810138250123017", "044525225",
         "Дроздова", "12.03.2019", "важный"]
NOW = datetime(2026, 11, 1, tzinfo=UTC)


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


def card(**changes) -> PartyCard:
    given = {
        "id": 1, "version": 3, "kind": PartyKind.LEGAL, "name": "ООО «Ветер»", "full_name": "", "inn": "7707083893",
        "kpp": "", "ogrn": "", "legal_address": "", "actual_address": "", "phone": "+7 495 123-45-67", "email": "",
        "is_customer": True, "is_supplier": False, "is_own": False, "tax_mode": None, "director_title": "",
        "director_name": "", "director_basis": "", "accountant_name": "", "manager": None, "branch": None,
        "price_kind": None, "segment": "VIP", "payment_days": 10, "debt_limit": None, "note": "важный",
        "archived": False,
        "contacts": [ContactRead(id=5, name="Иванов И. И.", position="", roles=[], phones=["+7 916 123-45-67"],
                                 emails=[], mail_consent=True, note="")],
        "sites": [], "accounts": [AccountRead(id=9, bic="044525225", account="40702810200000000001", bank="",
                                              corr_account="", main=True)],
        "counters": [], "debt": Debt(total=Decimal(0), overdue=Decimal(0), overdue_days=0), "created_at": NOW,
        "updated_at": NOW, "updated_by": "",
    }
    return PartyCard.model_validate(given | changes)


def test_an_update_adds_and_never_erases():
    update = party_update(card(), values_of(*VETER), ROLES)
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
    first = party_body(values, ROLES)
    known = card(
        **first.model_dump(exclude={"contacts", "sites", "accounts", "manager_id", "branch_id", "price_kind_id",
                                    "ignore_duplicates"}),
        contacts=[{"id": n, **contact.model_dump(exclude={"id"})} for n, contact in enumerate(first.contacts, 1)],
        accounts=[{"id": n, **account.model_dump(exclude={"id"})} for n, account in enumerate(first.accounts, 1)],
        sites=[{"id": n, **site.model_dump(exclude={"id"})} for n, site in enumerate(first.sites, 1)])
    assert party_update(known, values, ROLES) is None


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


def test_product_update_changes_a_price_from_the_day_on():
    known = ProductCard(
        id=1, version=2, kind=ProductKind.GOODS, sku="A-1", name="Датчик", full_name="", group=None, unit="006",
        unit_title="м", vat_kind=VatKind.EXEMPT, barcodes=["4600332245382"], min_stock=None, country="156", note="",
        prices=[PriceRead(price_kind=Ref(id=1, title="Розница"), price=Decimal(9), valid_from=date(2026, 1, 1)),
                PriceRead(price_kind=Ref(id=2, title="Опт"), price=Decimal("8.0000"), valid_from=date(2026, 1, 1))],
        archived=False, cost=None, created_at=NOW, updated_at=NOW)
    kinds = {"price": 1, "price_wholesale": 2}
    update = product_update(known, product_of(*SENSOR[:7]), kinds, DAY)
    assert update is not None
    assert {(price.price_kind_id, price.price, price.valid_from) for price in update.prices} == {
        (1, Decimal(10), DAY), (2, Decimal(8), date(2026, 1, 1))}
    assert product_update(known, product_of("A-1", "Датчик", "м", 9, 8), kinds, DAY) is None
