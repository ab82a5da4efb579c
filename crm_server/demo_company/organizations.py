"""Own organisations and suppliers."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm_contract.access import BranchUpdate
from crm_contract.parties import ContactBody, PartyBody, PartyKind
from crm_contract.vat import TaxMode
from crm_server.access.directories import BRANCH_TABLE
from crm_server.demo_company import requisites
from crm_server.demo_company.chance import Chance
from crm_server.demo_company.names import latin, person
from crm_server.demo_company.requisites import Phones
from crm_server.demo_company.staff import CODES, KAZAN, MOSCOW, Staff
from crm_server.kit.context import Ctx
from crm_server.kit.directories import update_row
from crm_server.parties import service

#: By this ИНН a database is known to have the company already.
MOSCOW_INN = requisites.company_inn("77", 101)

#: (name, legal form, what they supply: the families of products)
SUPPLIERS: tuple[tuple[str, str, str], ...] = (
    ("Воздушный поток", "ООО", "ventilation"),
    ("Фабрика тихих вентиляторов", "ООО", "fans"),
    ("Кондиционер-Опт Пример", "ООО", "climate"),
    ("Завод тёплых приборов", "АО", "heating"),
    ("Насосный двор", "ООО", "pumps"),
    ("Чистый исток", "ООО", "water"),
    ("Ключ и карта", "ООО", "access"),
    ("Зоркий объектив", "ООО", "video"),
    ("Завод датчиков", "АО", "sensors"),
    ("Кабельная верста", "ООО", "cable"),
    ("Щит и шина", "ООО", "panels"),
    ("Метизный ряд", "ООО", "fixings"),
)
_FORMS = {"ООО": "Общество с ограниченной ответственностью", "АО": "Акционерное общество"}


@dataclass(frozen=True, slots=True)
class Organizations:
    """`service` is the sole proprietor without VAT who does the maintenance."""

    service: int
    suppliers: Mapping[str, int]


def found(ctx: Ctx, staff: Staff, phones: Phones) -> Organizations:
    """Makes the own organisations, gives each branch its seller, and the suppliers."""
    chance = Chance("organizations")
    moscow = _own(ctx, chance, PartyBody(
        name="ООО «Климат-Окно»", full_name="Общество с ограниченной ответственностью «Климат-Окно»", inn=MOSCOW_INN,
        kpp=requisites.kpp("77"), ogrn=requisites.company_ogrn("77", 2014, 10101), phone=phones.office("495"),
        email="info@klimat-okno.example", legal_address="127000, Москва, ул. Образцовая, д. 1, оф. 210",
        actual_address="127000, Москва, ул. Складская, д. 14", tax_mode=TaxMode.GENERAL,
        director_title="Генеральный директор", director_name="Вершинин Аркадий Львович", director_basis="Устава",
        accountant_name="Крутикова Нина Павловна"))
    kazan = _own(ctx, chance, PartyBody(
        name="ООО «Климат-Окно Казань»", full_name="Общество с ограниченной ответственностью «Климат-Окно Казань»",
        inn=requisites.company_inn("16", 102), kpp=requisites.kpp("16"), phone=phones.office("843"),
        ogrn=requisites.company_ogrn("16", 2019, 10102), email="kazan@klimat-okno.example",
        legal_address="420000, Казань, ул. Образцовая, д. 5", tax_mode=TaxMode.GENERAL,
        director_title="Директор", director_name="Галеева Алсу Рустамовна", director_basis="Устава",
        accountant_name="Юсупова Гузель Фаридовна"))
    sole = _own(ctx, chance, PartyBody(
        kind=PartyKind.SOLE, name="ИП Вершинин А. Л.", inn=requisites.personal_inn("77", 103),
        full_name="Индивидуальный предприниматель Вершинин Аркадий Львович", phone=phones.office("495"),
        ogrn=requisites.personal_ogrn("77", 2021, 10103), email="service@klimat-okno.example",
        legal_address="127000, Москва, ул. Образцовая, д. 1, оф. 210", tax_mode=TaxMode.SIMPLIFIED,
        director_title="Индивидуальный предприниматель", director_name="Вершинин Аркадий Львович",
        director_basis="листа записи ЕГРИП"))
    for branch, organization in ((MOSCOW, moscow), (KAZAN, kazan)):
        update_row(ctx, BRANCH_TABLE, staff.branches[branch], BranchUpdate(
            title=branch, code=CODES[branch], organization_id=organization, version=1))
    return Organizations(sole, _suppliers(ctx, chance, phones))


def _own(ctx: Ctx, chance: Chance, body: PartyBody) -> int:
    head = "40802810" if body.kind is PartyKind.SOLE else "40702810"
    accounts = [requisites.account(chance, head, main=True), requisites.account(chance, head)]
    return service.create_party(ctx, body.model_copy(update={
        "is_own": True, "is_customer": False, "accounts": accounts})).id


def _suppliers(ctx: Ctx, chance: Chance, phones: Phones) -> dict[str, int]:
    made: dict[str, int] = {}
    for number, (name, form, code) in enumerate(SUPPLIERS):
        region = chance.choice(("77", "50", "63", "78", "16"))
        director, buyer = person(chance, women=20), person(chance)
        domain = f"{latin(name)}.example"
        made[code] = service.create_party(ctx, PartyBody(
            name=f"{form} «{name}»", full_name=f"{_FORMS[form]} «{name}»",
            inn=requisites.company_inn(region, 200 + number), kpp=requisites.kpp(region),
            ogrn=requisites.company_ogrn(region, chance.randint(2004, 2020), 20200 + number),
            phone=phones.office("495"), email=f"opt@{domain}",
            legal_address=f"{chance.randint(101, 199)}000, ул. Заводская, д. {number + 3}",
            is_customer=False, is_supplier=True, segment="поставщик", payment_days=chance.choice((0, 14, 30)),
            director_title="Генеральный директор", director_name=director.full, director_basis="Устава",
            contacts=[ContactBody(name=buyer.full, position="менеджер по работе с партнёрами", roles=["manager"],
                                  phones=[phones.mobile()], emails=[f"{latin(buyer.surname)}@{domain}"])],
            accounts=[requisites.account(chance, main=True)])).id
    return made
