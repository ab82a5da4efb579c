"""A company that trades: a seller, a customer, a warehouse with goods. Rows are made directly, work goes over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_server.kit.days import today
from crm_server.kit.search import fold
from tests.server.conftest import World

DAY = today().isoformat()


@dataclass
class Company:
    """Identifiers of one branch: `place` is its warehouse, `goods` lie there; `second_place` is empty."""

    own: int
    customer: int
    supplier: int
    place: int
    second_place: int
    goods: list[int] = field(default_factory=list)

    def order(self, lines: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
        """The body of a document of sale on these lines."""
        return {"date": DAY, "party_id": self.customer, "place_id": self.place, "lines": list(lines), **more}


def line(product: int, quantity: int | str, price: str = "1000", **more: Any) -> dict[str, Any]:
    return {"product_id": product, "quantity": str(quantity), "price": price, **more}


def seed(world: World, *, products: int = 3, stock: int = 1000) -> Company:
    """The company in the first branch, with `stock` pieces of each product at 700 roubles."""
    own = party(world, "ООО «Окно»", "7707083893", is_own=True, tax_mode="general")
    world.sql("UPDATE branch SET organization_id = %s", (own,))
    company = Company(
        own, party(world, "ООО «Ветер»", "7736050003"), party(world, "АО «Завод»", "5024002119", is_supplier=True),
        warehouse(world, "Основной", world.branch_id), warehouse(world, "Второй", world.branch_id))
    for number in range(products):
        product = world.insert("product", sku=f"104-{number}", name=f"Датчик {number}", search=fold(f"датчик {number}"))
        company.goods.append(product)
        bring(world, product, company.place, stock)
    return company


def party(world: World, name: str, inn: str = "", **values: Any) -> int:
    return world.insert("party", kind="legal", name=name, inn=inn, search=fold(f"{name} {inn}"), **values)


def warehouse(world: World, name: str, branch_id: int) -> int:
    return world.insert("place", kind="warehouse", name=name, branch_id=branch_id, inner=True)


def bring(world: World, product: int, place: int, quantity: int) -> None:
    """Goods come from a supplier at 700 roubles."""
    world.sql("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost)"
              " SELECT '2026-11-01', %s, id, %s, %s, %s FROM place WHERE kind = 'supplier'",
              (product, place, quantity, quantity * 700))
