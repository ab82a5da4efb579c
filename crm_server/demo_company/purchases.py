"""The warehouses are kept full: first stock, orders to suppliers by what is left, and goods nobody delivers."""

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
_FREE = "SELECT product_id, on_hand - reserved AS free FROM stock_balance WHERE place_id = %s AND lot_id = 0"


@dataclass(frozen=True, slots=True)
class Warehouse:
    """`size` is its stock, per cent of what `Product.stock` says."""

    place_id: int
    storekeeper: Actor
    size: int

    def keeps(self, product: Product) -> int:
        return max(1, product.stock * self.size // 100)


class Purchases:
    """Receipts of the storekeepers."""

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
        """Orders what ran low; each order is a receipt that is expected for some days."""
        free = {row["product_id"]: row["free"] for row in self._office.sql.all(_FREE, (warehouse.place_id,))}
        for supplier, goods in self._goods.items():
            wanted: dict[Product, int] = {}
            for product in goods:
                kept = warehouse.keeps(product)
                there = int(free.get(product.id, 0)) + self._coming.get((warehouse.place_id, product.id), 0)
                if there * 2 < kept and not (last_weeks and product.id in self._missing):
                    wanted[product] = kept + self._chance.randint(0, max(1, kept // 3)) - there
            if wanted:
                self._agenda.add(self._delivery(warehouse, supplier, wanted), self._office.day)

    def _delivery(self, warehouse: Warehouse, supplier: str, wanted: Mapping[Product, int]) -> Process:
        office, chance = self._office, self._chance
        for product, quantity in wanted.items():
            key = warehouse.place_id, product.id
            self._coming[key] = self._coming.get(key, 0) + quantity
        receipt = self._draw_up(warehouse, supplier, wanted, "")
        yield chance.choice((0, 1, 1))
        if chance.percent(2):
            office.act(warehouse.storekeeper, receipt, "annul", "Поставщик отказал: нет в наличии")
        else:
            office.act(warehouse.storekeeper, receipt, "expect")
            yield chance.randint(2, 9)
            office.act(warehouse.storekeeper, receipt, "post")
        for product, quantity in wanted.items():
            self._coming[warehouse.place_id, product.id] -= quantity

    def _draw_up(self, warehouse: Warehouse, supplier: str, wanted: Mapping[Product, int], comment: str) -> Paper:
        office = self._office
        return office.draw_up(warehouse.storekeeper, "receipt", DocumentBody(
            date=office.day, party_id=self._suppliers[supplier], place_id=warehouse.place_id, vat_mode=VatMode.ON_TOP,
            due_date=office.day + timedelta(days=7), comment=comment,
            extra={"supplier_number": f"{self._chance.randint(100, 9999)}"}, lines=self._lines(wanted)))

    def _lines(self, wanted: Mapping[Product, int]) -> list[LineBody]:
        return [LineBody(product_id=product.id, unit=product.unit, quantity=Decimal(quantity),
                         price=(product.cost * self._chance.randint(97, 106) / 100).quantize(Decimal("0.01")))
                for product, quantity in wanted.items()]
