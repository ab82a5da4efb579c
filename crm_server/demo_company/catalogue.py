"""The company's products with articles, barcodes, groups and prices of two kinds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from crm_contract.catalog import GroupBody, PriceBody, PriceKindBody, ProductBody, ProductKind
from crm_server.catalog import service
from crm_server.catalog.directories import GROUP_TABLE, PRICE_KIND_TABLE, add_first_price_kind
from crm_server.demo_company import requisites
from crm_server.demo_company.chance import Chance
from crm_server.demo_company.goods import FAMILIES, KNOWN_SKUS, TOP_GROUPS, Family
from crm_server.kit.context import Ctx
from crm_server.kit.directories import create_row

#: The wholesale price, what a supplier takes, and prices after their rise within the half-year: per cent of retail.
WHOLESALE, PURCHASE, RISE = 88, (58, 72), 104


@dataclass(frozen=True, slots=True)
class Product:
    """`stock` is what one warehouse keeps of it; `weight` how often it is asked for; `cost` a supplier's net price."""

    id: int
    name: str
    kind: ProductKind
    top: str
    unit: str
    supplier: str
    retail: Decimal
    cost: Decimal
    stock: int
    weight: int

    @property
    def is_goods(self) -> bool:
        return self.kind is ProductKind.GOODS


@dataclass(frozen=True, slots=True)
class Catalogue:
    products: Sequence[Product]
    price_kinds: Mapping[str, int]
    rise_on: date

    def price(self, product: Product, day: date, *, wholesale: bool) -> Decimal:
        """The same price that the card of the product shows for the day."""
        return price_of(product.retail, wholesale=wholesale, raised=day >= self.rise_on)


def price_of(retail: Decimal, *, wholesale: bool, raised: bool) -> Decimal:
    price = retail * (RISE if raised else 100) / 100
    return (price * (WHOLESALE if wholesale else 100) / 100).quantize(Decimal(1), ROUND_HALF_UP)


def add_price_kinds(ctx: Ctx) -> dict[str, int]:
    """Retail, which every company has, and wholesale."""
    add_first_price_kind(ctx.sql)
    retail = ctx.sql.value("SELECT id FROM price_kind WHERE main")
    return {"retail": retail, "wholesale": create_row(ctx, PRICE_KIND_TABLE, PriceKindBody(title="Оптовая")).id}


def fill(ctx: Ctx, price_kinds: Mapping[str, int], start: date, today: date) -> Catalogue:
    """Makes groups and products, priced from before `start` with one rise since."""
    chance = Chance("catalogue")
    rise_on = start + timedelta(days=(today - start).days * 2 // 5)
    tops = {title: create_row(ctx, GROUP_TABLE, GroupBody(title=title)).id for title in TOP_GROUPS}
    groups: dict[tuple[str, str], int] = {}
    products: list[Product] = []
    for number, family in enumerate(FAMILIES, 1):
        key = family.top, family.group
        if key not in groups:
            groups[key] = create_row(ctx, GROUP_TABLE, GroupBody(title=family.group, parent_id=tops[family.top])).id
        weight = chance.choice((1, 2, 3, 5))
        for position, (name, retail) in enumerate(family.items(), 1):
            sku = f"{TOP_GROUPS[family.top]}-{number:02}{position:02}"
            body = _body(chance, family, " ".join(name.split()), sku, groups[key], len(products) + 1)
            prices = [PriceBody(price_kind_id=kind_id, valid_from=day, price=price_of(
                          retail, wholesale=code == "wholesale", raised=day == rise_on))
                      for code, kind_id in price_kinds.items() for day in (start - timedelta(days=120), rise_on)]
            product_id = service.create_product(ctx, body.model_copy(update={"prices": prices})).id
            cost = (retail * chance.randint(*PURCHASE) / 122).quantize(Decimal(1))
            products.append(Product(
                product_id, body.name, family.kind, family.top, family.unit, family.supplier, retail, cost,
                family.stock, weight + chance.choice((0, 0, 1, 4))))
    return Catalogue(products, price_kinds, rise_on)


def _body(chance: Chance, family: Family, name: str, sku: str, group_id: int, number: int) -> ProductBody:
    goods = family.kind is ProductKind.GOODS
    numbers = ([number, 5000 + number] if chance.percent(8) else [number]) if goods else []
    return ProductBody(
        kind=family.kind, name=name, sku=KNOWN_SKUS.get(name, sku), group_id=group_id, unit=family.unit,
        barcodes=[requisites.barcode(n) for n in numbers],
        min_stock=Decimal(max(1, family.stock // 4)) if goods and chance.percent(55) else None,
        weight=Decimal(number % 40 + 1) / 4 if goods else None,
        country=chance.choice(("643", "643", "643", "156", "112")) if goods else "")
