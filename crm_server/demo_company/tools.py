"""Tools that fitters and engineers hold: given out, accepted, handed over, returned broken, and one not returned."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from crm_contract.catalog import GroupBody, ProductBody
from crm_contract.custody import GOOD, REPAIR
from crm_contract.documents import DocumentBody, LineBody
from crm_server.catalog.directories import GROUP_TABLE
from crm_server.catalog.service import create_product
from crm_server.demo_company.agenda import Process
from crm_server.demo_company.office import Office, Paper
from crm_server.demo_company.staff import Staff
from crm_server.kit.directories import create_row

#: Name and cost in roubles.
_TOOLS = (
    ("Перфоратор аккумуляторный", 18900), ("Лестница трёхсекционная 3×9", 14200), ("Коллектор манометрический", 9800),
    ("Течеискатель фреоновый", 22400), ("Станция вакуумная двухступенчатая", 31500), ("Тестер витой пары", 4600),
)
_DRILL, _LADDER, _MANIFOLD, _LEAKS, _VACUUM, _TESTER = range(len(_TOOLS))
_FITTER, _ENGINEER, _ELECTRICIAN, _MATE = "Жуков %", "Ефремов %", "Гордеев %", "Ткаченко %"


class Tools:
    """The custody of Moscow, on the storekeeper's papers."""

    def __init__(self, office: Office, staff: Staff, warehouse_id: int, supplier: int) -> None:
        self._office = office
        self._keeper = staff["sklad"]
        self._fitter = staff["zhukov"]
        self._admin = staff["admin"]  # who accepts for those who do not use the program
        self._warehouse = warehouse_id
        self._supplier = supplier
        self._products: list[int] = []

    def use(self) -> Process:
        """What happened to them since the first days."""
        self._buy()
        yield 3
        late = self._give(_FITTER, (_DRILL, _LADDER), days=14)  # overdue by now
        self._office.act(self._fitter, late, "accept")
        gauges = self._give(_ENGINEER, (_MANIFOLD, _LEAKS), days=300)
        yield 1
        self._accept(gauges)
        yield 4
        self._accept(self._offer(_ENGINEER, _ELECTRICIAN, (_MANIFOLD,), days=300))
        self._accept(self._give(_MATE, (_DRILL, _LADDER), days=10))
        yield 5
        self._take_back(_MATE, {_DRILL: REPAIR, _LADDER: GOOD})

    def leave(self) -> None:
        """Unfinished papers of the last day."""
        office, keeper = self._office, self._keeper
        self._give(_ENGINEER, (_VACUUM,), days=300)
        self._give(_MATE, (_TESTER,), days=7, post=False)
        office.act(keeper, self._give(_MATE, (_LADDER,), days=7, post=False), "annul", "Взял со своего объекта")
        self._offer(_ENGINEER, _MATE, (_LEAKS,), days=30)
        self._offer(_ELECTRICIAN, _ENGINEER, (_MANIFOLD,), days=30, act=False)
        office.act(keeper, self._offer(_ELECTRICIAN, _MATE, (_MANIFOLD,), days=30, act=False), "annul", "Передумали")
        self._take_back(_FITTER, {_DRILL: GOOD, _LADDER: GOOD}, post=False)
        wrong = self._take_back(_ENGINEER, {_LEAKS: GOOD}, post=False)
        office.act(keeper, wrong, "annul", "Не тот сотрудник")

    def _buy(self) -> None:
        office = self._office
        with office.desk(self._admin) as ctx:
            group = create_row(ctx, GROUP_TABLE, GroupBody(title="Инструмент")).id
            self._products = [create_product(ctx, ProductBody(name=name, sku=f"И-{number:04}", group_id=group)).id
                              for number, (name, _) in enumerate(_TOOLS, 1)]
        lines = [LineBody(product_id=product, quantity=Decimal(4), price=Decimal(cost))
                 for product, (_, cost) in zip(self._products, _TOOLS, strict=True)]
        office.act(self._keeper, office.draw_up(self._keeper, "receipt", DocumentBody(
            date=office.day, party_id=self._supplier, place_id=self._warehouse, lines=lines,
            comment="Инструмент для монтажников")), "post")

    def _give(self, to: str, tools: Sequence[int], days: int, *, post: bool = True) -> Paper:
        paper = self._office.draw_up(self._keeper, "custody_issue", DocumentBody(
            date=self._office.day, employee_id=self._employee(to), place_id=self._warehouse, lines=self._lines(tools),
            due_date=self._office.day + timedelta(days=days)))
        return self._office.act(self._keeper, paper, "post") if post else paper

    def _offer(self, of: str, to: str, tools: Sequence[int], days: int, *, act: bool = True) -> Paper:
        paper = self._office.draw_up(self._keeper, "custody_handover", DocumentBody(
            date=self._office.day, employee_id=self._employee(of), employee_to_id=self._employee(to),
            lines=self._lines(tools), due_date=self._office.day + timedelta(days=days)))
        return self._office.act(self._keeper, paper, "offer") if act else paper

    def _take_back(self, of: str, conditions: dict[int, str], *, post: bool = True) -> Paper:
        lines = [line.model_copy(update={"condition": condition})
                 for line, condition in zip(self._lines(list(conditions)), conditions.values(), strict=True)]
        paper = self._office.draw_up(self._keeper, "custody_return", DocumentBody(
            date=self._office.day, employee_id=self._employee(of), place_id=self._warehouse, lines=lines))
        return self._office.act(self._keeper, paper, "post") if post else paper

    def _accept(self, paper: Paper) -> None:
        self._office.act(self._admin, paper, "accept")

    def _lines(self, tools: Sequence[int]) -> list[LineBody]:
        return [LineBody(product_id=self._products[tool], quantity=Decimal(1)) for tool in tools]

    def _employee(self, like: str) -> int:
        return self._office.sql.value("SELECT id FROM employee WHERE name LIKE %s", (like,))
