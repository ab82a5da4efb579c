"""Money: who pays when, in one or two parts, by bank, cash or online, and who does not."""

from collections.abc import Generator, Mapping
from datetime import timedelta
from decimal import Decimal

from crm_contract.documents import DocumentBody
from crm_contract.parties import PartyKind
from crm_server.demo_company.agenda import Process
from crm_server.demo_company.chance import Chance
from crm_server.demo_company.customers import Customer
from crm_server.demo_company.office import Office, Paper
from crm_server.demo_company.staff import KAZAN, MOSCOW, Staff

_BOOKS = {MOSCOW: "buh", KAZAN: "buh-kazan"}
#: Days after the term in which a customer of a habit pays.
_DELAYS: Mapping[str, tuple[int, int]] = {"prompt": (-4, 0), "usual": (-2, 5), "late": (6, 35), "bad": (30, 120)}
_OPEN = "SELECT number, gross - paid AS rest, due_date FROM document WHERE id = %s AND accounting = 'posted'"


class Settlement:
    """Payments of customers, written down by the accountant of the branch."""

    def __init__(self, office: Office, staff: Staff) -> None:
        self._office = office
        self._staff = staff
        self._chance = Chance("settlement")

    def prepay(self, customer: Customer, invoice: Paper) -> Generator[int, None, bool]:
        """The payment that the shipment waits for; False when it never comes."""
        chance = self._chance
        if (customer.habit == "bad" and chance.percent(55)) or chance.percent(5):
            return False
        least, most = _DELAYS["late" if customer.habit == "bad" else customer.habit]
        yield max(1, 4 + chance.randint(least, most))
        rest = self._rest(invoice)
        if not rest:
            return False
        half = chance.percent(12) and rest > 20_000
        part = (rest * chance.choice((30, 50, 70)) / 100).quantize(Decimal(1)) if half else rest
        yield from self._write(customer, invoice, part)
        if half:
            yield chance.randint(4, 14)
            if rest := self._rest(invoice):
                yield from self._write(customer, invoice, rest)
        return True

    def pay(self, customer: Customer, invoice: Paper) -> Process:
        """A payment after the goods, by the term and the habit."""
        chance = self._chance
        row = self._office.sql.one(_OPEN, (invoice.id,))
        if row is None or (customer.habit == "bad" and chance.percent(14)):
            return
        days = (row["due_date"] - self._office.day).days + chance.randint(*_DELAYS[customer.habit])
        yield max(1, days)
        rest = self._rest(invoice)
        if rest > 30_000 and chance.percent(24):
            yield from self._write(customer, invoice, (rest * 40 / 100).quantize(Decimal(1)))
            yield chance.randint(7, 25)
            rest = self._rest(invoice)
        if rest:
            yield from self._write(customer, invoice, rest)

    def advance(self, customer: Customer) -> Process:
        """Money without an invoice: it goes to the oldest debts, what is left waits to be allocated."""
        yield from self._write(customer, None, Decimal(self._chance.randint(8, 90)) * 1000)

    def is_touched(self, invoice: Paper) -> bool:
        """Whether some money has come, such as an advance of the customer."""
        return bool(self._office.sql.value("SELECT paid > 0 OR shipped > 0 FROM document WHERE id = %s", (invoice.id,)))

    def _rest(self, invoice: Paper) -> Decimal:
        row = self._office.sql.one(_OPEN, (invoice.id,))
        return row["rest"] if row else Decimal(0)

    def _write(self, customer: Customer, invoice: Paper | None, amount: Decimal) -> Process:
        office, chance = self._office, self._chance
        actor = self._staff[_BOOKS[customer.branch]]
        private = customer.kind is PartyKind.PERSON
        source = chance.choices(("bank", "cash", "online"), (20, 30, 50) if private else (94, 4, 2))[0]
        title = "Предоплата за оборудование"
        if invoice is not None:
            number = office.sql.value("SELECT number FROM document WHERE id = %s", (invoice.id,))
            title = f"Оплата по счёту {number}"
        payment = office.draw_up(actor, "payment", DocumentBody(
            date=office.day, party_id=customer.id, amount=amount, title=title,
            basis_ids=[invoice.id] if invoice is not None else [],
            extra={"source": source} | ({
                "external_number": str(chance.randint(1, 4999)),
                "external_date": (office.day - timedelta(days=chance.choice((0, 0, 1)))).isoformat(),
            } if source == "bank" else {})))
        yield chance.choice((0, 0, 0, 0, 0, 0, 0, 1))
        office.act(actor, payment, "post")
        if chance.percent(1):
            office.act(actor, payment, "return", "Ошибочный платёж: деньги предназначались другой компании")
