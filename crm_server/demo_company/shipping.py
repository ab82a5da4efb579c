"""The warehouse ships and the accountant closes: picking, shortages, delivery, УПД and its signature."""

from collections.abc import Generator
from datetime import timedelta
from decimal import Decimal

from crm_contract.documents import DocumentBody
from crm_contract.errors import ErrorCode
from crm_server.demo_company import letters
from crm_server.demo_company.agenda import Agenda, Process
from crm_server.demo_company.chance import Chance
from crm_server.demo_company.customers import Customer
from crm_server.demo_company.office import Office, Paper
from crm_server.demo_company.staff import KAZAN, MOSCOW, Staff
from crm_server.kit.errors import Refusal

_STORE = {MOSCOW: "sklad", KAZAN: "sklad-kazan"}
_BOOKS = {MOSCOW: "buh", KAZAN: "buh-kazan"}
#: How often the warehouse looks again for goods that lack before it ships what there is.
_LOOKS = 4
_REFUSED = ("Неверный КПП покупателя", "Количество не совпало с фактически принятым", "Просят другое наименование")
_HAS_GOODS = """
SELECT EXISTS (SELECT 1 FROM document_line l JOIN product p ON p.id = l.product_id AND p.kind = 'goods'
WHERE l.document_id = %s)
"""


class Shipping:
    """Shipments by the storekeeper, closing papers by the accountant of the branch."""

    def __init__(self, office: Office, staff: Staff, agenda: Agenda) -> None:
        self._office = office
        self._staff = staff
        self._agenda = agenda
        self._chance = Chance("shipping")

    def ship(self, customer: Customer, basis: Paper, invoice: Paper, *, less: bool = False) -> Generator[
            int, None, bool]:
        """Ships what a basis holds, in two parts when goods lack; True when all of it went.

        With `less` the customer does not take the last line.
        """
        if not self._office.sql.value(_HAS_GOODS, (basis.id,)):
            yield self._chance.randint(2, 8)  # the work is done meanwhile
            yield from self.close(customer, invoice, "act")
            return True
        whole = yield from self._issue(customer, basis, less=less)
        if whole or less:
            return whole
        yield self._chance.randint(7, 14)
        try:
            return (yield from self._issue(customer, basis))
        except Refusal as refusal:
            if refusal.code is not ErrorCode.NOT_ALLOWED_NOW:
                raise
            return False  # the basis was closed meanwhile

    def _issue(self, customer: Customer, basis: Paper, *, less: bool = False) -> Generator[int, None, bool]:
        """One shipment; False when something of the basis stayed behind."""
        office, chance, actor = self._office, self._chance, self._staff[_STORE[customer.branch]]
        issue = office.follow(actor, basis, "issue")
        if chance.percent(40) and customer.site_id:
            self._to_site(customer, issue)
        if less:
            office.edit(actor, issue, lambda body: setattr(body, "lines", body.lines[:-1] or body.lines))
        yield chance.choice((0, 0, 1))
        if chance.percent(45):
            office.act(actor, issue, "pick")
            yield chance.choice((0, 1))
        whole = yield from self._post_when_there(customer, issue)
        if whole is None:
            office.act(actor, issue, "annul", "Товара нет на складе, ждём поставку")
            return False
        if chance.percent(2):
            office.act(actor, issue, "unpost", "Водитель вернулся: на объекте никого не было")
            yield 1
            if self._post(customer, issue):
                return False
        self._agenda.add(self._deliver(customer, issue), office.day + timedelta(days=chance.randint(0, 3)))
        return whole and not less

    def _to_site(self, customer: Customer, issue: Paper) -> None:
        term = self._office.day + timedelta(days=self._chance.randint(0, 4))
        delivery = self._chance.choice(("ours", "ours", "carrier"))

        def addressed(body: DocumentBody) -> None:
            body.site_id, body.due_date = customer.site_id, term
            body.extra = body.extra | {"delivery": delivery}

        self._office.edit(self._staff[_STORE[customer.branch]], issue, addressed)

    def _post_when_there(self, customer: Customer, issue: Paper) -> Generator[int, None, bool | None]:
        """True when all of it went, False when what lacked was left out, None when nothing of it came."""
        for _ in range(_LOOKS):
            if not self._post(customer, issue):
                return True
            yield 3
        while short := self._post(customer, issue):
            if not self._leave_out(customer, issue, short):
                return None
        return False

    def _post(self, customer: Customer, issue: Paper) -> dict[int, Decimal]:
        """Empty when it went; else how much of which product lacks."""
        actor = self._staff[_STORE[customer.branch]]
        if not self._office.date_today(actor, issue):  # of last year: what has moved since is not counted anew
            lines = self._office.read(actor, issue).lines
            return {line.product.id: line.quantity for line in lines if line.product is not None}
        try:
            self._office.act(actor, issue, "post")
        except Refusal as refusal:
            if refusal.code is not ErrorCode.OUT_OF_STOCK:
                raise
            return {int(product): Decimal(lack) for product, lack in refusal.details["short"].items()}
        return {}

    def _leave_out(self, customer: Customer, issue: Paper, short: dict[int, Decimal]) -> bool:
        """Takes what lacks out of the draft; False when nothing but that is in it."""
        actor = self._staff[_STORE[customer.branch]]
        left: list[int] = []

        def reduce(body: DocumentBody) -> None:
            lacking = dict(short)
            kept = []
            for line in body.lines:
                missing = min(line.quantity, lacking.get(line.product_id or 0, Decimal(0)))
                lacking[line.product_id or 0] = lacking.get(line.product_id or 0, Decimal(0)) - missing
                if line.quantity > missing:
                    line.quantity -= missing
                    kept.append(line)
            left.append(len(kept))
            if kept:
                body.lines = kept

        self._office.edit(actor, issue, reduce)
        return left[0] > 0

    def _deliver(self, customer: Customer, issue: Paper) -> Process:
        actor = self._staff[_STORE[customer.branch]]
        if self._chance.percent(80):
            self._office.act(actor, issue, "deliver")
        yield self._chance.choice((0, 0, 1, 2))
        yield from self.close(customer, issue, "upd")

    def close(self, customer: Customer, basis: Paper, kind: str) -> Process:
        """The УПД of goods or the act of works: posted, sent, signed days later; refused by a few and made anew."""
        office, chance, actor = self._office, self._chance, self._staff[_BOOKS[customer.branch]]
        closing = office.follow(actor, basis, kind)
        yield chance.choice((0, 0, 0, 0, 1))
        office.act(actor, closing, "post")
        yield chance.choice((0, 0, 1, 2)) if chance.percent(93) else 40  # forgotten on the desk
        if not (chance.percent(35) and letters.send(office, chance, actor, closing)):
            office.act(actor, closing, "send")
        yield chance.randint(2, 16)
        if chance.percent(4):
            office.act(actor, closing, "refuse", chance.choice(_REFUSED))
            yield chance.choice((3, 10, 25))
            office.act(actor, closing, "annul", "Исправлено и выставлено заново")
            closing = office.act(actor, office.follow(actor, basis, kind), "post")
            office.act(actor, closing, "send")
            yield chance.randint(2, 8)
        if customer.habit != "bad" or chance.percent(50):
            office.act(actor, closing, "sign")
