"""What lies on the desks of the last day, so that every state of every kind can be looked at, whatever the day."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial

from crm_contract.documents import DocumentBody, LineBody
from crm_contract.stock import PlaceBody, PlaceKind
from crm_server.demo_company.baskets import Baskets
from crm_server.demo_company.buying import Buying
from crm_server.demo_company.customers import Customer
from crm_server.demo_company.office import Office, Paper
from crm_server.demo_company.staff import MOSCOW, Staff
from crm_server.kit.directories import create_row
from crm_server.stock.places import PLACE_TABLE

_OPEN_INVOICES = """
SELECT d.id, d.party_id, d.gross - d.paid AS rest FROM document d
WHERE d.kind = 'invoice' AND d.state = 'sent' AND d.paid = 0 AND d.shipped = 0 AND d.branch_id = %(branch)s
AND d.chain_id NOT IN (SELECT chain_id FROM document WHERE kind IN ('issue', 'sales_order'))
AND EXISTS (SELECT FROM document_line l JOIN product p ON p.id = l.product_id AND p.kind = 'goods'
            WHERE l.document_id = d.id)
ORDER BY d.id DESC LIMIT 2
"""
_SHIPPED = """
SELECT d.id FROM document d WHERE d.kind = 'issue' AND d.state = 'issued' AND d.branch_id = %(branch)s
AND NOT EXISTS (SELECT FROM document_link k JOIN document u ON u.id = k.document_id AND u.kind = 'upd'
                WHERE k.basis_id = d.id)
ORDER BY d.id DESC LIMIT 2
"""

#: What there is enough of on the warehouse.
_FREE = """
SELECT p.id AS product_id, p.unit FROM stock_balance b JOIN product p ON p.id = b.product_id
WHERE b.place_id = %(place)s AND b.on_hand - b.reserved >= 12 AND p.tracking = 'none'
ORDER BY p.id LIMIT 3
"""
#: Receipts of goods that still lie there, and one product of each.
_RETURNABLE = """
SELECT d.id, d.version, min(l.product_id) AS product_id FROM document d
JOIN document_line l ON l.document_id = d.id
JOIN stock_balance b ON b.place_id = d.place_id AND b.product_id = l.product_id AND b.on_hand - b.reserved >= 6
WHERE d.kind = 'receipt' AND d.state = 'received' AND d.place_id = %(place)s
GROUP BY d.id ORDER BY d.id DESC LIMIT 3
"""
_BROUGHT_BACK = """
SELECT d.id, d.version, min(l.product_id) AS product_id FROM document d
JOIN document_line l ON l.document_id = d.id JOIN product p ON p.id = l.product_id AND p.kind = 'goods'
WHERE d.kind = 'issue' AND d.state IN ('issued', 'delivered') AND d.place_id = %(place)s
GROUP BY d.id ORDER BY d.id DESC LIMIT 3
"""
_NEWEST = """
SELECT id, kind, version FROM document WHERE kind = %(kind)s AND state = %(state)s AND branch_id = %(branch)s
ORDER BY id DESC LIMIT %(limit)s
"""


def _one_piece(product_id: int, body: DocumentBody) -> None:
    line = next(line for line in body.lines if line.product_id == product_id)
    body.lines = [line.model_copy(update={"quantity": Decimal(1)})]


def _one_came(body: DocumentBody) -> None:
    body.lines = [line.model_copy(update={"quantity": Decimal(1), "note": "Одной коробки нет"}) for line in body.lines]


def _carriage(body: DocumentBody) -> None:
    body.extra = {"spread": "weight", "supplier_number": "ТК-2207"}
    body.lines = [LineBody(name="Доставка до склада", quantity=Decimal(1), price=Decimal(8400)),
                  LineBody(name="Погрузка", quantity=Decimal(2), price=Decimal(950))]


class Today:
    """Unfinished papers of Moscow, left by the people whose work they are."""

    def __init__(self, office: Office, staff: Staff, baskets: Baskets, warehouses: Mapping[str, int]) -> None:
        self._office = office
        self._staff = staff
        self._baskets = baskets
        self._place_id = warehouses[MOSCOW]
        self._found = {"branch": staff.branches[MOSCOW]}

    def leave(self, customers: Sequence[Customer], supplier: int, delivered: Sequence[LineBody]) -> None:
        first, second, third = customers[:3]
        self._draft("offer", first, title="Замена вентиляции цеха", valid_until=self._office.day + timedelta(days=14))
        self._draft("sales_order", second, place_id=self._place_id)
        mistaken = self._draft("sales_order", third, place_id=self._place_id)
        self._office.act(self._staff[third.manager], mistaken, "annul", "Клиент отменил заказ")
        self._draft("invoice", third, place_id=self._place_id)
        self._contract(second)
        storekeeper = self._staff["sklad"]
        self._office.draw_up(storekeeper, "receipt", DocumentBody(
            date=self._office.day, party_id=supplier, place_id=self._place_id, lines=list(delivered),
            comment="Пересчитать: в накладной поставщика другое количество"))
        invoices = self._office.sql.all(_OPEN_INVOICES, self._found)
        if invoices:
            issue = self._office.follow(storekeeper, Paper(invoices[0]["id"], "invoice", 0), "issue")
            self._office.act(storekeeper, issue, "annul", "Клиент перенёс отгрузку на следующий месяц")
            for reason in ("", "Введён дважды"):
                payment = self._payment(invoices[-1]["id"], invoices[-1]["party_id"], invoices[-1]["rest"])
                if reason:
                    self._office.act(self._staff["buh"], payment, "annul", reason)
        self._close([first, second])
        self._move()
        self._come_back()
        self._carry()
        Buying(self._office, storekeeper, self._place_id, supplier, delivered).leave()
        for paper in self._newest("contract", "active", 1):
            self._office.act(self._staff["orlova"], paper, "terminate", "По соглашению сторон")

    def _close(self, customers: Sequence[Customer]) -> None:
        """Closing papers: a draft and an unsent one of each kind, a refused one and one that is made anew."""
        office, accountant = self._office, self._staff["buh"]
        upds = [office.follow(accountant, Paper(row["id"], "issue", 0), "upd")
                for row in office.sql.all(_SHIPPED, self._found)]
        acts = [office.draw_up(accountant, "act", DocumentBody(
            date=office.day, party_id=customer.id, title="Обслуживание за месяц",
            lines=self._baskets.upkeep(customer, office.day))) for customer in customers]
        for paper in (*upds[1:], *acts[1:]):
            office.act(accountant, paper, "post")
        for kind in ("upd", "act"):
            refused = self._newest(kind, "sent", 2)
            for paper in refused:
                office.act(accountant, paper, "refuse", "Неверный адрес грузополучателя")
            for paper in refused[1:]:
                office.act(accountant, paper, "annul", "Будет выставлен заново")

    def _move(self) -> None:
        """A showroom gets goods from the warehouse; some are broken, some go back to where they came from."""
        office, storekeeper = self._office, self._staff["sklad"]
        with office.desk(self._staff["admin"]) as ctx:
            showroom = create_row(ctx, PLACE_TABLE, PlaceBody(
                kind=PlaceKind.WAREHOUSE, name=f"Выставочный зал {MOSCOW}", branch_id=self._found["branch"])).id
        pieces = [LineBody(**row, quantity=Decimal(1)) for row in office.sql.all(_FREE, {"place": self._place_id})]
        for lines, actions in ((pieces, ("send", "accept")), (pieces[:2], ("send",)), (pieces[1:3], ()),
                               (pieces[:1], ("annul",))):
            self._run(office.draw_up(storekeeper, "transfer", DocumentBody(
                date=office.day, place_id=self._place_id, place_to_id=showroom, lines=lines,
                due_date=office.day + timedelta(days=1))), actions, "В зале уже есть такой образец")
        self._lose(showroom, pieces[:1])
        self._put_away(pieces)
        for lines, actions in ((pieces[:1], ("post",)), (pieces[1:2], ()), (pieces[2:3], ("annul",))):
            self._run(office.draw_up(storekeeper, "scrap", DocumentBody(
                date=office.day, place_id=self._place_id, lines=lines, extra={"reason": "broken"},
                comment="Упал с погрузчика")), actions, "Починили на месте")
        receipts = office.sql.all(_RETURNABLE, {"place": self._place_id})
        for row, actions in zip(receipts, (("post",), (), ("annul",)), strict=False):
            back = office.follow(storekeeper, Paper(row["id"], "receipt", row["version"]), "supplier_return")
            office.edit(storekeeper, back, partial(_one_piece, row["product_id"]))
            self._run(back, actions, "Поставщик прислал замену")

    def _lose(self, showroom: int, goods: Sequence[LineBody]) -> None:
        """Of two pieces one has come, twice: the loss of the one is closed, the other is looked for."""
        office, storekeeper = self._office, self._staff["sklad"]
        for settled in (True, False):
            sent = office.draw_up(storekeeper, "transfer", DocumentBody(
                date=office.day, place_id=self._place_id, place_to_id=showroom,
                lines=[line.model_copy(update={"quantity": Decimal(2)}) for line in goods]))
            office.act(storekeeper, sent, "send")
            came = office.follow(storekeeper, sent, "transfer_acceptance")
            office.edit(storekeeper, came, _one_came)
            office.act(storekeeper, came, "post")
            if settled:
                sent.version = office.read(storekeeper, sent).version
                office.act(storekeeper, sent, "write_off_rest", "Потеряно в дороге", {"guilty": "Перевозчик"})
            else:
                for actions in (("annul",), ()):
                    self._run(office.follow(storekeeper, sent, "transfer_acceptance"), actions, "Искали не там")

    def _put_away(self, goods: Sequence[LineBody]) -> None:
        """A rack of the warehouse with some goods in its bins."""
        office, storekeeper = self._office, self._staff["sklad"]
        with office.desk(self._staff["admin"]) as ctx:
            rack = create_row(ctx, PLACE_TABLE, PlaceBody(
                kind=PlaceKind.ZONE, name="Стеллаж А", code="А", parent_id=self._place_id)).id
            bins = [create_row(ctx, PLACE_TABLE, PlaceBody(
                kind=PlaceKind.BIN, name=f"Ячейка А-{number}", code=f"А-{number}", parent_id=rack)).id
                for number in range(1, 13)]
        lines = [line.model_copy(update={"quantity": Decimal(2), "bin_to_id": bin_id})
                 for line, bin_id in zip(goods, bins, strict=False)]
        for some, actions in ((lines, ("post",)), (lines[:1], ()), (lines[1:], ("annul",))):
            self._run(office.draw_up(storekeeper, "placement", DocumentBody(
                date=office.day, place_id=self._place_id, lines=some)), actions, "Стеллаж занят")

    def _come_back(self) -> None:
        """Customers bring back one piece of what was shipped."""
        rows = self._office.sql.all(_BROUGHT_BACK, {"place": self._place_id})
        for row, actions in zip(rows, (("post",), (), ("annul",)), strict=False):
            back = self._office.follow(self._staff["sklad"], Paper(row["id"], "issue", row["version"]), "sales_return")
            self._office.edit(self._staff["sklad"], back, partial(_one_piece, row["product_id"]))
            self._run(back, actions, "Клиент передумал")

    def _carry(self) -> None:
        """Bills of carriers for what has come: spread over the goods, yet to be looked at, of another company."""
        accountant = self._staff["buh"]
        receipts = self._office.sql.all(_RETURNABLE, {"place": self._place_id})
        for row, actions in zip(receipts, (("post",), (), ("annul",)), strict=False):
            bill = self._office.follow(accountant, Paper(row["id"], "receipt", row["version"]), "landed_cost")
            self._office.edit(accountant, bill, _carriage)
            for action in actions:
                self._office.act(accountant, bill, action, "Счёт другой организации" if action == "annul" else "")

    def _run(self, paper: Paper, actions: Sequence[str], reason: str) -> None:
        for action in actions:
            self._office.act(self._staff["sklad"], paper, action, reason if action == "annul" else "")

    def _newest(self, kind: str, state: str, limit: int) -> list[Paper]:
        return [Paper(**row) for row in self._office.sql.all(
            _NEWEST, self._found | {"kind": kind, "state": state, "limit": limit})]

    def _draft(self, kind: str, customer: Customer, **fields: object) -> Paper:
        return self._office.draw_up(self._staff[customer.manager], kind, DocumentBody.model_validate({
            "date": self._office.day, "party_id": customer.id, "contact_id": customer.contact_id,
            "lines": self._baskets.deal(customer, self._office.day), **fields}))

    def _contract(self, customer: Customer) -> None:
        """One waits for the head of sales, one is still being written, one was a mistake."""
        ends = self._office.day + timedelta(days=365)
        waiting = self._draft("contract", customer, title="Поставка оборудования", valid_until=ends)
        self._office.act(self._staff[customer.manager], waiting, "submit")
        self._draft("contract", customer, title="Монтаж видеонаблюдения", valid_until=ends)
        mistaken = self._draft("contract", customer, title="Монтаж видеонаблюдения", valid_until=ends)
        self._office.act(self._staff[customer.manager], mistaken, "annul", "Введён дважды")

    def _payment(self, invoice_id: int, party_id: int, amount: Decimal) -> Paper:
        return self._office.draw_up(self._staff["buh"], "payment", DocumentBody(
            date=self._office.day, party_id=party_id, amount=amount, title="Оплата: проверить назначение",
            basis_ids=[invoice_id], extra={"source": "bank", "external_number": "512"}))
