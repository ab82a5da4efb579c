"""The way of a sale from the first offer to the signed papers, with everything that happens to real ones."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from crm_contract.documents import DocumentBody, LineBody
from crm_contract.errors import ErrorCode
from crm_server.demo_company import letters
from crm_server.demo_company.agenda import Agenda, Process
from crm_server.demo_company.baskets import Baskets
from crm_server.demo_company.chance import Chance
from crm_server.demo_company.customers import Customer
from crm_server.demo_company.office import Office, Paper
from crm_server.demo_company.settlement import Settlement
from crm_server.demo_company.shipping import Shipping
from crm_server.demo_company.staff import KAZAN, MOSCOW, Staff
from crm_server.kit.actor import Actor
from crm_server.kit.errors import Refusal

#: Of a hundred offers of a seller so many are accepted in the end.
LUCK: Mapping[str, int] = {
    "orlova": 66, "belkin": 58, "lunina": 47, "kravtsov": 33, "sabirova": 55, "akhmetov": 39, "kazan": 62,
    "dispetcher": 70}
#: Whoever may approve a contract of the branch.
_APPROVES = {MOSCOW: "orlova", KAZAN: "kazan"}
_SUBJECTS = ("Оборудование и монтаж", "Поставка оборудования", "Модернизация системы", "Оснащение объекта",
             "Замена изношенного оборудования", "Комплект под ключ")
_LOST = ("Выбрали другого поставщика: цена ниже на 8 %", "Проект отложен до следующего года", "Бюджет не утвердили",
         "Не устроил срок поставки", "Решили делать своими силами", "Клиент не отвечает")
_RETURNED = ("Укажите срок поставки в пункте 3", "Нет приложения со спецификацией", "Исправьте отсрочку: 14 дней")
_TALK = ("Клиент просит доставку до 12 часов.", "Согласовано с техническим директором.",
         "Просят заменить марку кабеля.", "Уточнить высоту подвеса перед монтажом.", "Скидку согласовала Орлова.",
         "Доставка на два адреса, созвониться.",
         "Объект ещё не готов, ждём отделку.", "Оплату обещают после 20-го числа.")

Step = Generator[int, None, Paper | None]


@dataclass(frozen=True, slots=True)
class Deal:
    customer: Customer
    lines: Sequence[LineBody]
    subject: str


class Sales:
    """Starts deals; each is a process of the agenda."""

    def __init__(self, office: Office, staff: Staff, agenda: Agenda, baskets: Baskets, warehouses: Mapping[str, int],
                 shipping: Shipping, settlement: Settlement) -> None:
        self._office = office
        self._staff = staff
        self._agenda = agenda
        self._baskets = baskets
        self._warehouses = warehouses
        self._shipping = shipping
        self._settlement = settlement
        self._chance = Chance("sales")

    def deal(self, customer: Customer) -> Process:
        """One sale; what is not reached by the last day stays undone."""
        deal = Deal(customer, self._baskets.deal(customer, self._office.day), self._chance.choice(_SUBJECTS))
        basis: Paper | None = None
        if self._chance.percent(86):
            basis = yield from self._offer(deal)
            if basis is None:
                return
            yield self._chance.randint(0, 3)
            if self._chance.percent(34):
                basis = yield from self._contract(deal, basis)
                if basis is None:
                    return
        order = None
        if self._chance.percent(28):
            order = yield from self._order(deal, basis)
            if order is None:
                return
        invoice = yield from self._invoice(deal, order or basis)
        if invoice is not None:
            yield from self._fulfil(deal, order, invoice)

    def frame_contract(self, customer: Customer) -> Process:
        """A contract of maintenance for some months."""
        office, chance, seller = self._office, self._chance, self._seller(customer)
        ends = office.day + timedelta(days=chance.choice((25, 80, 120, 150, 365, 365)))
        contract = office.draw_up(seller, "contract", DocumentBody(
            date=office.day, party_id=customer.id, contact_id=customer.contact_id, title="Техническое обслуживание",
            valid_until=ends, lines=self._baskets.upkeep(customer, office.day),
            extra={"payment_days": str(customer.payment_days), "original": "yes" if chance.percent(60) else "no"}))
        yield chance.randint(1, 6)
        office.act(seller, contract, "sign")
        yield (ends - office.day).days + 1
        office.act(seller, contract, "expire")

    def upkeep(self, customer: Customer, organization: int) -> Process:
        """A month of maintenance: an invoice of the sole proprietor, paid within some weeks, and its act."""
        actor = self._staff["dispetcher"]
        day = self._office.day
        invoice = self._office.draw_up(actor, "invoice", DocumentBody(
            date=day, party_id=customer.id, contact_id=customer.contact_id, organization_id=organization,
            place_id=self._warehouses[customer.branch], due_date=day + timedelta(days=10),
            lines=self._baskets.upkeep(customer, day), comment="Обслуживание по графику"))
        self._office.act(actor, invoice, "issue")
        self._send(actor, invoice, 90)
        self._agenda.add(self._settlement.pay(customer, invoice), day + timedelta(days=2))
        yield self._chance.randint(3, 9)
        yield from self._shipping.close(customer, invoice, "act")

    def _seller(self, customer: Customer) -> Actor:
        return self._staff[customer.manager]

    def _offer(self, deal: Deal) -> Step:
        office, chance, customer = self._office, self._chance, deal.customer
        seller = self._seller(customer)
        offer = office.draw_up(seller, "offer", DocumentBody(
            date=office.day, party_id=customer.id, contact_id=customer.contact_id, title=deal.subject,
            valid_until=office.day + timedelta(days=chance.choice((10, 14, 14, 21, 30))), lines=list(deal.lines)))
        if chance.percent(12):
            office.comment(seller, offer, chance.choice(_TALK))
        yield chance.choice((0, 0, 0, 1, 1, 2, 4))
        if chance.percent(3):
            office.act(seller, offer, "annul", "Составлено по ошибке, клиент просил другое")
            return None
        self._send(seller, offer, 65)
        yield chance.randint(1, 9)
        if chance.percent(16):
            yield from self._revise(seller, offer)
        outcome = chance.randrange(100)
        if outcome < LUCK[customer.manager]:
            return office.act(seller, offer, "accept")
        if outcome < LUCK[customer.manager] + (100 - LUCK[customer.manager]) // 2:
            office.act(seller, offer, "decline", chance.choice(_LOST))
            return None
        yield 21
        office.act(seller, offer, "expire")
        return None

    def _revise(self, seller: Actor, offer: Paper) -> Generator[int, None, None]:
        """A new version of the same number: a deeper discount."""
        discount = Decimal(self._chance.choice((5, 8, 12)))

        def cheaper(body: DocumentBody) -> None:
            for line in body.lines:
                line.discount = discount

        self._office.act(seller, offer, "revise")
        self._office.edit(seller, offer, cheaper)
        yield self._chance.choice((0, 1))
        self._send(seller, offer, 65)
        yield self._chance.randint(1, 6)

    def _contract(self, deal: Deal, offer: Paper) -> Step:
        office, chance = self._office, self._chance
        seller, head = self._seller(deal.customer), self._staff[_APPROVES[deal.customer.branch]]
        contract = office.follow(seller, offer, "contract")
        yield chance.choice((0, 1))
        office.act(seller, contract, "submit")
        yield chance.randint(0, 3)
        if chance.percent(14):
            office.act(head, contract, "return", chance.choice(_RETURNED))
            yield 1
            office.act(seller, contract, "submit")
            yield chance.randint(0, 2)
        office.act(head, contract, "approve")
        yield chance.randint(2, 12)
        if chance.percent(6):
            office.act(seller, contract, "annul", "Клиент отказался подписывать")
            return None
        office.act(seller, contract, "sign")
        if chance.percent(3):
            self._agenda.add(self._terminate(head, contract), office.day + timedelta(days=chance.randint(20, 60)))
        return contract

    def _terminate(self, head: Actor, contract: Paper) -> Process:
        self._office.act(head, contract, "terminate", "По соглашению сторон")
        yield 0

    def _order(self, deal: Deal, basis: Paper | None) -> Step:
        office, chance = self._office, self._chance
        seller = self._seller(deal.customer)
        order = self._based(deal, basis, "sales_order")
        term = office.day + timedelta(days=chance.randint(5, 20))
        office.edit(seller, order, lambda body: setattr(body, "due_date", term))
        yield chance.choice((0, 0, 1))
        if chance.percent(5):
            office.act(seller, order, "annul", "Клиент отменил заказ")
            return None
        for _ in range(4):
            if self._try(seller, order, "confirm"):
                return order
            yield 4
        office.act(seller, order, "annul", "Товара нет, клиент не стал ждать")
        return None

    def _invoice(self, deal: Deal, basis: Paper | None) -> Step:
        office, chance, customer = self._office, self._chance, deal.customer
        seller = self._seller(customer)
        invoice = self._based(deal, basis, "invoice")
        term = office.day + timedelta(days=customer.payment_days or 5)
        office.edit(seller, invoice, lambda body: setattr(body, "due_date", term))
        yield chance.choice((0, 0, 0, 1, 3))
        office.act(seller, invoice, "issue")
        if chance.percent(93):  # the others are handed over, and nobody marks it
            self._send(seller, invoice, 75)
        if (basis is None or basis.kind != "sales_order") and chance.percent(62):
            until = office.day + timedelta(days=chance.choice((3, 5, 7, 14, 30)))
            self._try(seller, invoice, "reserve", until=until.isoformat())
        if chance.percent(5):
            yield chance.randint(6, 25)
            if not self._settlement.is_touched(invoice):  # a payment of the customer may have reached it meanwhile
                office.act(seller, invoice, "annul", chance.choice(("Клиент передумал", "Выставлен другой счёт")))
                return None
        return invoice

    def _fulfil(self, deal: Deal, order: Paper | None, invoice: Paper) -> Process:
        """Goods after the money, or money after the goods for those who have a term of payment."""
        customer, seller = deal.customer, self._seller(deal.customer)
        if self._chance.percent(8):
            self._office.comment(seller, invoice, self._chance.choice(_TALK))
        if customer.payment_days:
            self._agenda.add(self._settlement.pay(customer, invoice), self._office.day + timedelta(days=3))
        else:
            paid = yield from self._settlement.prepay(customer, invoice)
            if not paid:
                yield from self._give_up(seller, invoice)
                return
        yield self._chance.randint(0, 6)
        shipped = yield from self._shipping.ship(customer, order or invoice, invoice,
                                                 less=order is not None and self._chance.percent(9))
        if order is None:
            return
        yield self._chance.randint(1, 4)
        if shipped:
            self._office.act(seller, order, "complete")
        else:
            self._office.act(seller, order, "close_short", "Остаток клиент взял в другом месте")

    def _give_up(self, seller: Actor, invoice: Paper) -> Process:
        """An invoice that nobody pays is annulled in the end, if somebody thinks of it."""
        yield self._chance.randint(15, 40)
        if self._chance.percent(80) and not self._settlement.is_touched(invoice):
            self._office.act(seller, invoice, "annul", "Клиент не оплатил, счёт просрочен")

    def _based(self, deal: Deal, basis: Paper | None, kind: str) -> Paper:
        customer, office = deal.customer, self._office
        seller = self._seller(customer)
        if basis is not None:
            return office.follow(seller, basis, kind)
        return office.draw_up(seller, kind, DocumentBody(
            date=office.day, party_id=customer.id, contact_id=customer.contact_id,
            place_id=self._warehouses[customer.branch], lines=list(deal.lines)))

    def _send(self, actor: Actor, paper: Paper, by_letter: int) -> None:
        """By a letter in so many cases of a hundred; else handed over, and marked so."""
        if not (self._chance.percent(by_letter) and letters.send(self._office, self._chance, actor, paper)):
            self._office.act(actor, paper, "send")

    def _try(self, actor: Actor, paper: Paper, action: str, **params: str) -> bool:
        """False when the warehouse has nothing of it."""
        try:
            self._office.act(actor, paper, action, params=params)
        except Refusal as refusal:
            if refusal.code is not ErrorCode.OUT_OF_STOCK:
                raise
            return False
        return True
