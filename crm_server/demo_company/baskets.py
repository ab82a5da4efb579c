"""What a customer asks for: lines that belong together, in amounts that make sense for their price."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from crm_contract.catalog import ProductKind
from crm_contract.documents import LineBody
from crm_contract.parties import PartyKind
from crm_server.demo_company.catalogue import Catalogue, Product
from crm_server.demo_company.chance import Chance
from crm_server.demo_company.customers import Customer

#: How often each group is asked for, month by month (January … December).
_INTEREST: dict[str, Sequence[int]] = {
    "Вентиляция": (5, 5, 6, 7, 8, 8, 7, 7, 7, 6, 6, 5),
    "Кондиционирование": (1, 1, 3, 6, 11, 14, 13, 9, 4, 2, 1, 1),
    "Отопление": (6, 5, 4, 3, 2, 2, 3, 6, 10, 12, 11, 8),
    "Водоочистка": (3, 3, 4, 5, 5, 5, 5, 4, 4, 3, 3, 3),
    "Контроль доступа": (3, 3, 3, 3, 3, 3, 4, 5, 4, 3, 3, 4),
    "Видеонаблюдение": (4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5),
    "Автоматика и КИП": (4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 4),
    "Кабель и щиты": (3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 3, 3),
}
_COMPANIONS = ("Крепёж и расходные", "Кабель и щиты")
#: Below this price a line of a company is so many pieces.
_AMOUNTS: Sequence[tuple[int, tuple[int, int]]] = (
    (60, (40, 240)), (300, (12, 90)), (1_000, (6, 40)), (5_000, (2, 14)), (20_000, (1, 6)), (70_000, (1, 3)))
_DISCOUNTS = (0, 0, 0, 0, 3, 5, 5, 7, 10)


class Baskets:
    """Draws the lines of a deal."""

    def __init__(self, catalogue: Catalogue, chance: Chance) -> None:
        self._catalogue = catalogue
        self._chance = chance
        self._by_top: dict[str, list[Product]] = {}
        for product in catalogue.products:
            self._by_top.setdefault(product.top, []).append(product)

    def deal(self, customer: Customer, day: date) -> list[LineBody]:
        """Goods of one group with what goes with them, and often the work."""
        chance = self._chance
        top = chance.choices(list(_INTEREST), [months[day.month - 1] for months in _INTEREST.values()])[0]
        private = customer.kind is PartyKind.PERSON
        products = self._some(top, chance.randint(1, 3) if private else chance.randint(2, 8))
        if chance.percent(45):
            products += self._some(chance.choice([c for c in _COMPANIONS if c != top]), chance.randint(1, 2))
        if chance.percent(62):
            products += self._some("Работы", chance.randint(1, 2))
        discount = Decimal(chance.choice(_DISCOUNTS))
        return [self._line(product, customer, day, discount, small=private) for product in products]

    def upkeep(self, customer: Customer, day: date) -> list[LineBody]:
        """A month of maintenance."""
        services = [p for p in self._by_top["Услуги"] if p.unit == "362" and p.name.startswith("Техническое")]
        return [self._line(product, customer, day, Decimal(0), quantity=1)
                for product in self._chance.sample(services, self._chance.choice((1, 1, 2)))]

    def _some(self, top: str, size: int) -> list[Product]:
        pool = self._by_top[top]
        drawn = self._chance.choices(pool, [product.weight for product in pool], k=size)
        return list(dict.fromkeys(drawn))

    def _line(self, product: Product, customer: Customer, day: date, discount: Decimal, *, small: bool = False,
              quantity: int = 0) -> LineBody:
        return LineBody(
            product_id=product.id, unit=product.unit, discount=discount,
            price=self._catalogue.price(product, day, wholesale=customer.dealer),
            quantity=Decimal(quantity or self._amount(product, small=small)))

    def _amount(self, product: Product, *, small: bool) -> int:
        chance = self._chance
        if product.kind is not ProductKind.GOODS:
            many = product.unit in ("356", "006")
            return chance.randint(4, 12 if small else 48) if many else chance.randint(1, 1 if small else 4)
        least, most = next((amounts for limit, amounts in _AMOUNTS if product.retail < limit), (1, 1))
        most = min(most, max(1, product.stock // 2))
        return chance.randint(min(least, most), most) if not small else chance.randint(1, max(1, most // 3))
