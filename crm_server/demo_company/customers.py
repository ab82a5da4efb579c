"""Three hundred customers: companies, sole proprietors and persons with contacts, sites, accounts and habits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from crm_contract.parties import ContactBody, PartyBody, PartyKind, SiteBody
from crm_server.demo_company import requisites
from crm_server.demo_company.chance import Chance
from crm_server.demo_company.names import PersonName, address, company_names, latin, person
from crm_server.demo_company.requisites import Phones
from crm_server.demo_company.staff import AREAS, KAZAN, MOSCOW, Staff
from crm_server.kit.context import Ctx
from crm_server.parties import service, timeline

COMPANIES, PROPRIETORS, PERSONS = 205, 40, 55
#: Customers who were there before the half-year, in hundredths.
OLD_SHARE = 68

_CITIES: Mapping[str, Sequence[str]] = {
    MOSCOW: ("127000, Москва", "115000, Москва", "142100, Подольск", "141400, Химки", "140000, Люберцы",
             "143400, Красногорск", "300000, Тула", "248000, Калуга"),
    KAZAN: ("420000, Казань", "420100, Казань", "423800, Набережные Челны", "423570, Нижнекамск",
            "422540, Зеленодольск", "424000, Йошкар-Ола"),
}
_REGIONS = {MOSCOW: "77", KAZAN: "16"}
_MANAGERS: Mapping[str, Sequence[str]] = {
    MOSCOW: ("belkin", "belkin", "lunina", "lunina", "kravtsov", "orlova"),
    KAZAN: ("sabirova", "sabirova", "akhmetov", "kazan"),
}
#: segment → (forms, words in front of the name, usual days to pay, names of sites)
_SEGMENTS: Mapping[str, tuple[Sequence[str], Sequence[str], int, Sequence[str]]] = {
    "производство": (("ООО", "АО", "ООО"), ("Завод", "Фабрика", "Комбинат", ""), 30,
                     ("Цех № 1", "Цех № 2", "Котельная", "Компрессорная", "Склад готовой продукции")),
    "строительство": (("ООО",), ("СК", "Строительная группа", "Монтажное управление", ""), 14,
                      ("Жилой дом, корпус 2", "Школа на 800 мест", "Торговый павильон", "База отдыха")),
    "торговля": (("ООО",), ("ТД", "Торговый дом", "Маркет", ""), 7,
                 ("Магазин № 1", "Магазин № 4", "Распределительный склад", "Офис")),
    "гостиницы и рестораны": (("ООО",), ("Гостиница", "Ресторан", "Кафе", "Пекарня", "Отель"), 7,
                              ("Зал и кухня", "Номерной фонд", "Кондитерский цех")),
    "медицина": (("ООО", "АНО"), ("Клиника", "Стоматология", "Медцентр", "Лаборатория"), 14,
                 ("Операционный блок", "Корпус Б", "Приёмное отделение", "Аптечный склад")),
    "недвижимость": (("ООО", "ТСЖ", "АО"), ("УК", "Бизнес-центр", "Жилой комплекс"), 20,
                     ("Бизнес-центр, секция А", "Паркинг", "Тепловой пункт", "Дом 12")),
    "образование": (("АНО", "ООО"), ("Школа", "Детский сад", "Учебный центр"), 20,
                    ("Учебный корпус", "Столовая", "Спортзал")),
    "сельское хозяйство": (("ООО", "АО"), ("Агрофирма", "Теплицы", "Птичник"), 30,
                           ("Теплица № 3", "Овощехранилище", "Молочный цех")),
}
_FULL_FORMS = {
    "ООО": "Общество с ограниченной ответственностью", "АО": "Акционерное общество",
    "АНО": "Автономная некоммерческая организация", "ТСЖ": "Товарищество собственников жилья",
}
#: (role, position, in how many companies of a hundred)
_CONTACTS = (("accountant", "главный бухгалтер", 86), ("buyer", "специалист по снабжению", 48),
             ("mechanic", "главный механик", 44), ("mechanic", "инженер по эксплуатации", 22),
             ("storekeeper", "кладовщик", 26), ("manager", "руководитель проекта", 20))
_NOTES = (
    "Пропуск на территорию заказывать за день, нужны паспортные данные водителя.",
    "Просят бумажные оригиналы с курьером, ЭДО не подключён.",
    "Счёт согласуют три дня, напоминать в пятницу.",
    "Монтаж только по выходным: торговый зал работает ежедневно.",
    "Есть своя служба эксплуатации, берут в основном комплектующие.",
    "Любят получать КП в двух вариантах: подешевле и с запасом по мощности.",
    "Разгрузка своими силами, погрузчик до 2 тонн.",
    "Оплачивают по графику: вторник и четверг.",
)
_CALLS = (
    "Звонил, договорились о встрече на объекте в четверг.", "Просят скидку 5 % при заказе от 300 тысяч.",
    "Отправил каталог и прайс, ждут утверждения бюджета.", "Напомнила об оплате, обещали до конца недели.",
    "Довольны монтажом, спрашивают про обслуживание.", "Сменился снабженец, контакт обновил.",
    "Хотят перевести договор на новое юридическое лицо.", "Просят выслать паспорта на оборудование.",
)
#: How promptly they pay, with weights.
HABITS = (("prompt", 45), ("usual", 33), ("late", 16), ("bad", 6))


@dataclass(frozen=True, slots=True)
class Customer:
    """`since` is the day they came; `weight` how often they buy; `habit` one of `HABITS`."""

    id: int
    kind: PartyKind
    branch: str
    manager: str
    segment: str
    since: date
    weight: int
    habit: str
    payment_days: int
    dealer: bool
    site_id: int | None = None
    contact_id: int | None = None


@dataclass
class _Maker:
    """Draws bodies one after another; numbers, names and telephones are never given twice."""

    chance: Chance
    phones: Phones
    staff: Staff
    names: Iterator[str]
    price_kinds: Mapping[str, int]
    number: int = 1000

    def company(self, branch: str) -> PartyBody:
        chance, region = self.chance, _REGIONS[branch]
        segment = chance.choice(list(_SEGMENTS))
        forms, heads, days, site_names = _SEGMENTS[segment]
        form, title = chance.choice(forms), " ".join(filter(None, (chance.choice(heads), next(self.names))))
        director, domain = person(chance, women=30), f"{latin(title)}.example"
        self.number += 1
        city = chance.choice(_CITIES[branch])
        home = address(chance, city)
        return PartyBody(
            name=f"{form} «{title}»", full_name=f"{_FULL_FORMS[form]} «{title}»",
            inn=requisites.company_inn(region, self.number), kpp=requisites.kpp(region),
            ogrn=requisites.company_ogrn(region, chance.randint(2003, 2025), self.number), legal_address=home,
            actual_address="" if chance.percent(60) else address(chance, city), phone=self.phones.office(AREAS[branch]),
            email=f"{chance.choice(('info', 'office', 'mail'))}@{domain}", segment=segment,
            payment_days=days if chance.percent(70) else 0, director_title="Генеральный директор",
            director_name=director.full, director_basis="Устава",
            debt_limit=Decimal(chance.choice((100, 200, 300, 500, 1000))) * 1000 if chance.percent(40) else None,
            contacts=self._contacts(director, domain), sites=self._sites(site_names, city, home),
            accounts=[requisites.account(chance, main=n == 0) for n in range(1 + chance.percent(15))])

    def proprietor(self, branch: str) -> PartyBody:
        chance, region = self.chance, _REGIONS[branch]
        owner, self.number = person(chance, women=35), self.number + 1
        home, domain = address(chance, chance.choice(_CITIES[branch])), f"{latin(owner.surname)}.example"
        return PartyBody(
            kind=PartyKind.SOLE, name=f"ИП {owner.short}", full_name=f"Индивидуальный предприниматель {owner.full}",
            inn=requisites.personal_inn(region, self.number), legal_address=home,
            ogrn=requisites.personal_ogrn(region, chance.randint(2008, 2025), self.number), phone=self.phones.mobile(),
            email=f"{latin(owner.surname)}@{domain}", segment=chance.choice(("торговля", "строительство", "услуги")),
            payment_days=chance.choice((0, 0, 7)), director_title="Индивидуальный предприниматель",
            director_name=owner.full, director_basis="листа записи ЕГРИП",
            contacts=[ContactBody(name=owner.full, position="предприниматель", roles=["head", "buyer", "accountant"],
                                  phones=[self.phones.mobile()], emails=[f"{latin(owner.surname)}@{domain}"])],
            sites=[SiteBody(name=chance.choice(("Магазин", "Мастерская", "Кафе")), address=home)],
            accounts=[requisites.account(chance, "40802810", main=True)])

    def private(self, branch: str) -> PartyBody:
        chance = self.chance
        who = person(chance)
        phone, home = self.phones.mobile(), address(chance, chance.choice(_CITIES[branch]))
        email = f"{latin(who.first)}.{latin(who.surname)}@pochta.example" if chance.percent(80) else ""
        return PartyBody(
            kind=PartyKind.PERSON, name=who.full, full_name=who.full, legal_address=home, phone=phone, email=email,
            segment="частные лица", contacts=[ContactBody(
                name=who.full, roles=["head", "buyer", "accountant"], phones=[phone], emails=[email] if email else [],
                mail_consent=chance.percent(40))],
            sites=[SiteBody(name=chance.choice(("Дом", "Дача", "Квартира")), address=home)])

    def _contacts(self, director: PersonName, domain: str) -> list[ContactBody]:
        chance = self.chance
        contacts = [ContactBody(name=director.full, position="генеральный директор", roles=["head"],
                                phones=[self.phones.mobile()], emails=[f"{latin(director.surname)}@{domain}"],
                                mail_consent=chance.percent(50))]
        for role, position, share in _CONTACTS:
            if not chance.percent(share):
                continue
            who = person(chance, women=85 if role == "accountant" else 25)
            emails = [f"{latin(who.surname)}.{latin(who.first)[0]}@{domain}"] if chance.percent(90) else []
            contacts.append(ContactBody(name=who.full, position=position, roles=[role], phones=[self.phones.mobile()],
                                        emails=emails, mail_consent=chance.percent(45)))
        return contacts

    def _sites(self, names: Sequence[str], city: str, home: str) -> list[SiteBody]:
        chance = self.chance
        chosen = chance.sample(names, min(len(names), chance.choice((0, 1, 1, 2, 3))))
        return [SiteBody(name=name, address=home if n == 0 else address(chance, city)) for n, name in enumerate(chosen)]

    def owned(self, body: PartyBody, branch: str) -> tuple[PartyBody, str]:
        """The body with branch, manager, prices and now and then a note."""
        chance = self.chance
        manager = chance.choice(_MANAGERS[branch])
        dealer = body.segment in ("строительство", "торговля") and chance.percent(45)
        return body.model_copy(update={
            "branch_id": self.staff.branches[branch], "manager_id": self.staff[manager].employee_id,
            "price_kind_id": self.price_kinds["wholesale" if dealer else "retail"],
            "note": chance.choice(_NOTES) if chance.percent(22) else ""}), manager


def acquire(ctx: Ctx, staff: Staff, phones: Phones, price_kinds: Mapping[str, int], start: date,
            today: date) -> list[Customer]:
    """Makes the customers; a third of them comes during the half-year that begins with `start`."""
    chance = Chance("customers")
    maker = _Maker(chance, phones, staff, iter(company_names(chance)), price_kinds)
    kinds = [maker.company] * COMPANIES + [maker.proprietor] * PROPRIETORS + [maker.private] * PERSONS
    chance.shuffle(kinds)
    customers: list[Customer] = []
    for make in kinds:
        branch = KAZAN if chance.percent(36) else MOSCOW
        body, manager = maker.owned(make(branch), branch)
        party_id = service.create_party(ctx, body).id
        old = chance.percent(OLD_SHARE)
        since = start - timedelta(days=chance.randint(1, 900)) if old else (
            start + timedelta(days=chance.randrange((today - start).days + 1)))
        customers.append(Customer(
            party_id, body.kind, branch, manager, body.segment, since, weight=_weight(chance, body.kind),
            habit=chance.choices([h for h, _ in HABITS], [w for _, w in HABITS])[0], payment_days=body.payment_days,
            dealer=body.price_kind_id == price_kinds["wholesale"]))
    _date_cards(ctx, customers)
    return _with_places(ctx, customers)


def _weight(chance: Chance, kind: PartyKind) -> int:
    """A few buy often, most seldom."""
    if kind is PartyKind.PERSON:
        return 1
    return chance.choice((1, 1, 2, 2, 2, 3, 3, 4, 6, 9, 15))


def _date_cards(ctx: Ctx, customers: Sequence[Customer]) -> None:
    """The services write today as the day of the card; the company has had most of its customers for longer."""
    moments = [datetime.combine(c.since, time(7, 30), UTC) for c in customers]
    ctx.sql.run("UPDATE party p SET created_at = t.at, updated_at = t.at FROM unnest(%s::int8[], %s::timestamptz[])"
                " AS t(id, at) WHERE p.id = t.id", ([c.id for c in customers], moments))


def _with_places(ctx: Ctx, customers: Sequence[Customer]) -> list[Customer]:
    """With the first site and the person who orders, which the documents name."""
    rows = {row["id"]: row for row in ctx.sql.all(
        "SELECT p.id, (SELECT min(s.id) FROM site s WHERE s.party_id = p.id) AS site_id, (SELECT c.id FROM contact c"
        " WHERE c.party_id = p.id ORDER BY 'buyer' = ANY(c.roles) DESC, c.sequence LIMIT 1) AS contact_id"
        " FROM party p WHERE p.id = ANY(%s::int8[])", ([c.id for c in customers],))}
    return [replace(c, site_id=rows[c.id]["site_id"], contact_id=rows[c.id]["contact_id"]) for c in customers]


def note_call(ctx: Ctx, chance: Chance, customer: Customer) -> None:
    """A note on the card about a talk, of the moment of `ctx`."""
    note_id = timeline.add_note(ctx, customer.id, chance.choice(_CALLS)).id
    ctx.sql.run("UPDATE party_note SET at = %s WHERE id = %s", (ctx.now, note_id))
