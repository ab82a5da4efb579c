"""The company's own lists, as they are: what is right goes in, what is doubtful is asked, nothing is lost."""

import pytest

from crm_contract.catalog import ProductKind
from crm_contract.exchange import Bucket, Resolution, ResolutionAction
from crm_contract.parties import PartyKind
from crm_contract.requisites import check_inn
from crm_contract.vat import VatKind
from crm_server.exchange.excel.bodies import party_body, product_body
from crm_server.exchange.excel.plan import ImportPlan
from crm_server.parties.checks import check_party, normalized
from tests.server.exchange.workbooks import DAY, PARTIES, PRODUCTS, SHARED, codes, party, plan_of, product, row_of

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
ACCEPT = ResolutionAction.ACCEPT


@pytest.fixture(scope="module")
def customers_file() -> bytes:
    return (SHARED / "customers.xlsx").read_bytes()


@pytest.fixture(scope="module")
def customers(customers_file: bytes) -> ImportPlan:
    return plan_of(customers_file, PARTIES)


@pytest.fixture(scope="module")
def prices_file() -> bytes:
    return (SHARED / "price_list.xlsx").read_bytes()


@pytest.fixture(scope="module")
def prices(prices_file: bytes) -> ImportPlan:
    return plan_of(prices_file, PRODUCTS)


def test_all_rows_of_the_customers_are_accounted_for(customers):
    counts = customers.counts()
    assert counts.buckets == {
        Bucket.HEADING: 3, Bucket.BLANK: 5, Bucket.READY: 270, Bucket.MERGED: 12, Bucket.DOUBT: 15, Bucket.TOTAL: 1}
    assert sum(counts.buckets.values()) == counts.rows == 306
    assert codes(row_of(customers, 306)) == ["total_fits"]


def test_what_is_asked_about_the_customers(customers):
    asked = {row.number: [problem.code for problem in row.problems if problem.is_open]
             for row in customers if row.bucket is Bucket.DOUBT}
    missing, wrong = [16, 68, 117, 165, 223], [23, 49, 109, 133, 140, 147, 195, 196, 282]
    assert asked == {50: ["inn_twin"], **{row: ["inn_missing"] for row in missing}, **{row: ["inn"] for row in wrong}}


def test_three_rows_of_one_entrepreneur(customers):
    values = party(customers, 8)
    assert [row_of(customers, number).merged_into for number in (8, 9, 22)] == [None, 8, 8]
    assert (values.kind, values.name, values.inn) == (
        PartyKind.SOLE, "ИП Доронин Всеслав Феликсович", "504728038530")
    assert len(values.phones) == 6
    assert len(values.accounts) == 3
    assert [person.name for person in values.contacts][:2] == [
        "Доронин Всеслав Феликсович", "Виноградов Емельян Феоктистович"]


def test_details_of_the_customers(customers):
    first = party(customers, 5)
    assert (first.name, first.inn, first.kpp) == ("ООО «Промгрупп»", "5415908303", "541501001")
    assert first.legal_address.startswith("948219, д. Черняховск")
    assert [(person.name, person.role) for person in first.contacts] == [
        ("Кулагина Алла", "accountant"), ("Марков Георгий Тихонович", "mechanic")]
    assert [phone.display for phone in party(customers, 11).phones] == [
        "+7 916 419-31-41 доб. 12", "+7 499 849-34-07 доб. 12"]
    assert party(customers, 10).emails == ["spartakgorshkov@example.com"]
    assert party(customers, 36).name == "ООО «Гидромонтаж»"
    assert party(customers, 9).notes == ["=СУММ(1;2)"]
    assert party(customers, 60).inn == "7031420449"


def test_every_ready_customer_passes_the_checks_of_parties(customers):
    for row in customers.ready():
        body = party_body(row.values, ("head", "accountant", "mechanic"), keyed_accounts_only=True)
        check_party(normalized(body), ("head", "accountant", "mechanic"))
        assert not check_inn(body.inn)


def test_all_questions_about_the_customers_can_be_answered_at_once(customers_file):
    answers = [Resolution(code=code, action=ACCEPT) for code in ("inn", "inn_missing", "inn_twin")]
    plan = plan_of(customers_file, PARTIES, *answers, Resolution(code="same_name", action=ResolutionAction.KEEP))
    assert plan.counts().buckets[Bucket.READY] + plan.counts().buckets[Bucket.MERGED] == 297
    assert party(plan, 50).inn == "5714943120"
    assert row_of(plan, 93).merged_into == 50
    assert party(plan, 23).notes[-1].endswith("7793665781/779301001")


def test_all_rows_of_the_prices_are_accounted_for(prices):
    counts = prices.counts()
    assert counts.buckets == {
        Bucket.HEADING: 2, Bucket.BLANK: 1, Bucket.GROUP: 8, Bucket.READY: 175, Bucket.DOUBT: 29}
    assert counts.rows == 215
    assert counts.problems == {"vat_outdated": 37, "price_absent": 6, "sku_missing": 24}


def test_details_of_the_prices(prices):
    assert [product(prices, number).group for number in (5, 40, 215)] == [
        "Датчики давления", "Клапаны", "Работы и услуги"]
    first = product(prices, 5)
    assert (first.sku, first.unit, first.vat_kind, first.barcodes) == (
        "848-321", "839", VatKind.STANDARD, ["4630215736812"])
    assert [str(product(prices, number).prices["price"]) for number in (5, 6, 7, 28)] == [
        "15153.55", "137.22", "2901.75", "13202.17"]
    assert product(prices, 6).vat_kind is VatKind.EXEMPT
    assert {product(prices, number).kind for number in range(183, 216)} == {ProductKind.SERVICE}
    assert product(prices, 60).unit == "006"
    for row in prices.ready():
        product_body(row.values, {"price": 1}, DAY)


def test_all_questions_about_the_prices_can_be_answered_at_once(prices_file):
    answers = [Resolution(code=code, action=ACCEPT) for code in ("price_absent", "sku_missing")]
    plan = plan_of(prices_file, PRODUCTS, *answers)
    assert plan.counts().buckets[Bucket.READY] == 204
    assert product(plan, 10).notes == ["Цена в файле: договорная"]
