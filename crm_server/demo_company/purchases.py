"""The warehouses are kept full: first stock, orders to suppliers by what is left, what comes short, and goods nobody
delivers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from crm_contract.documents import DocumentBody, LineBody
from crm_contract.vat import VatMode
from crm_server.demo_company.agenda import Agenda, Process
from crm_server.demo_company.catalogue import Product
from crm_server.demo_company.chance import Chance
from crm_server.demo_company.office import Office, Paper
from crm_server.kit.actor import Actor

#: Products in a hundred that their supplier does not deliver in the last weeks.
_MISSING, MISSING_WEEKS = 5, 4
_FREE = "SELECT product_id, on_hand - reserved AS free FROM stock_balance WHERE place_id = %s"
_OPEN_ORDER = "SELECT version FROM document WHERE id = %s AND state = 'confirmed' AND received < 1"


def _half(body: DocumentBody) -> None:
    """The first lines come first."""
    body.lines = body.lines[:len(body.lines) // 2]


def _short(body: DocumentBody) -> None:
    """The paper is right, a box is not."""
    first, *rest = body.lines
    came = first.quantity - max(Decimal(1), first.quantity // 5)
    body.lines = [first.model_copy(update={"paper_quantity": first.quantity, "quantity": came,
                                           "note": "Коробка вскрыта"}), *rest]


@dataclass(frozen=True, slots=True)
class Warehouse:
    """`size` is its stock, per cent of what `Product.stock` says."""

    place_id: int
    storekeeper: Actor
    size: int

    def keeps(self, product: Product) -> int:
        return max(1, product.stock * self.size // 100)


class Purchases:
    """Orders and receipts of the storekeepers. One supplier in three brings what was agreed by telephone."""

    def __init__(self, office: Office, agenda: Agenda, products: Sequence[Product],
                 suppliers: Mapping[str, int]) -> None:
        self._office = office
        self._agenda = agenda
        self._suppliers = suppliers
        self._chance = Chance("purchases")
        self._goods: dict[str, list[Product]] = {}
        for product in products:
            if product.is_goods:
                self._goods.setdefault(product.supplier, []).append(product)
        self._missing = {p.id for goods in self._goods.values() for p in goods if self._chance.percent(_MISSING)}
        self._coming: dict[tuple[int, int], int] = {}

    def open(self, warehouse: Warehouse) -> None:
        """What was on the shelves on the first day."""
        for supplier, goods in self._goods.items():
            there = {p: warehouse.keeps(p) * self._chance.randint(70, 130) // 100 or 1 for p in goods}
            receipt = self._draw_up(warehouse, supplier, there, "Остатки на начало работы")
            self._office.act(warehouse.storekeeper, receipt, "post")

    def order_of(self, supplier: str, size: int) -> list[LineBody]:
        """Lines of the first products of a supplier."""
        return self._lines({product: max(1, product.stock // 2) for product in self._goods[supplier][:size]})

    def replenish(self, warehouse: Warehouse, *, last_weeks: bool) -> None:
        """Orders what ran low."""
        free = {row["product_id"]: row["free"] for row in self._office.sql.all(_FREE, (warehouse.place_id,))}
        for number, (supplier, goods) in enumerate(self._goods.items()):
            wanted: dict[Product, int] = {}
            for product in goods:
                kept = warehouse.keeps(product)
                there = int(free.get(product.id, 0)) + self._coming.get((warehouse.place_id, product.id), 0)
                if there * 2 < kept and not (last_weeks and product.id in self._missing):
                    wanted[product] = kept + self._chance.randint(0, max(1, kept // 3)) - there
            if wanted:
                process = self._agreed if number % 3 == 0 else self._ordered
                self._agenda.add(process(warehouse, supplier, wanted), self._office.day)

    def _ordered(self, warehouse: Warehouse, supplier: str, wanted: Mapping[Product, int]) -> Process:
        """An order that comes in one or two parts; now and then the paper promises more than is in the boxes."""
        office, chance = self._office, self._chance
        order = self._draw_up(warehouse, supplier, wanted, "", kind="purchase_order")
        self._await(warehouse, wanted, 1)
        yield chance.choice((0, 1, 1))
        office.act(warehouse.storekeeper, order, "confirm")
        in_parts = len(wanted) > 1 and chance.percent(25)
        for is_last in (False, True) if in_parts else (True,):
            yield chance.randint(2, 7)
            receipt = office.follow(warehouse.storekeeper, order, "receipt")
            if not is_last:
                office.edit(warehouse.storekeeper, receipt, _half)
            elif chance.percent(12):
                office.edit(warehouse.storekeeper, receipt, _short)
            office.act(warehouse.storekeeper, receipt, "post")
        if row := office.sql.one(_OPEN_ORDER, (order.id,)):
            yield chance.randint(1, 3)
            order.version = row["version"]
            office.act(warehouse.storekeeper, order, "close_short", "Остатка у поставщика нет")
        self._await(warehouse, wanted, -1)

    def _await(self, warehouse: Warehouse, wanted: Mapping[Product, int], sign: int) -> None:
        for product, quantity in wanted.items():
            key = warehouse.place_id, product.id
            self._coming[key] = self._coming.get(key, 0) + sign * quantity

    def _agreed(self, warehouse: Warehouse, supplier: str, wanted: Mapping[Product, int]) -> Process:
        """A receipt that is expected for some days."""
        office, chance = self._office, self._chance
        self._await(warehouse, wanted, 1)
        receipt = self._draw_up(warehouse, supplier, wanted, "")
        yield chance.choice((0, 1, 1))
        if chance.percent(2):
            office.act(warehouse.storekeeper, receipt, "annul", "Поставщик отказал: нет в наличии")
        else:
            office.act(warehouse.storekeeper, receipt, "expect")
            yield chance.randint(2, 9)
            if not office.date_today(warehouse.storekeeper, receipt):
                office.act(warehouse.storekeeper, receipt, "annul", "Привезут новым документом нового года")
                receipt = self._draw_up(warehouse, supplier, wanted, "")
            office.act(warehouse.storekeeper, receipt, "post")
        self._await(warehouse, wanted, -1)

    def _draw_up(self, warehouse: Warehouse, supplier: str, wanted: Mapping[Product, int], comment: str, *,
                 kind: str = "receipt") -> Paper:
        office = self._office
        return office.draw_up(warehouse.storekeeper, kind, DocumentBody(
            date=office.day, party_id=self._suppliers[supplier], place_id=warehouse.place_id, vat_mode=VatMode.ON_TOP,
            due_date=office.day + timedelta(days=7), comment=comment,
            extra={"supplier_number": f"{self._chance.randint(100, 9999)}"}, lines=self._lines(wanted)))

    def _lines(self, wanted: Mapping[Product, int]) -> list[LineBody]:
        return [LineBody(product_id=product.id, unit=product.unit, quantity=Decimal(quantity),
                         price=(product.cost * self._chance.randint(97, 106) / 100).quantize(Decimal("0.01")))
                for product, quantity in wanted.items()]
