"""Stocktakings: one of Kazan that was counted twice where it differed much and posted, one of Moscow under way."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from crm_contract.documents import DocumentBody
from crm_contract.stocktaking import BLIND, CountBody, CountsBody
from crm_server.demo_company.agenda import Process
from crm_server.demo_company.office import Office, Paper
from crm_server.demo_company.staff import KAZAN, MOSCOW, Staff
from crm_server.kit.actor import Actor
from crm_server.stock import counting

#: A product, and its lot where it is counted by lots.
Piece = tuple[int, int]
#: So many lines are counted between two looks at the clock.
_SHELF = 6
_LINES = """
SELECT l.product_id, l.lot_id, s.on_hand, l.lot_id = 0 AND b.on_hand - b.reserved >= 3 AS loose,
       l.wanted > l.pass AS again
FROM stocktaking_line l JOIN stock_piece s USING (place_id, product_id, lot_id)
JOIN stock_balance b ON (b.place_id, b.product_id) = (l.place_id, l.product_id) WHERE l.document_id = %s ORDER BY l.id
"""
_FOUND = """
SELECT p.id FROM product p WHERE p.kind = 'goods' AND NOT p.archived AND p.tracking = 'none'
AND NOT EXISTS (SELECT FROM stocktaking_line l WHERE l.document_id = %s AND l.product_id = p.id)
AND EXISTS (SELECT FROM stock_balance b WHERE b.product_id = p.id AND b.on_hand > 0) ORDER BY p.id LIMIT 1
"""
#: The group that most of the goods on a place belong to.
_GROUP = """
SELECT p.group_id FROM stock_balance b JOIN product p ON p.id = b.product_id
WHERE b.place_id = %s AND b.on_hand > 0 AND p.group_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
"""


class Counts:
    """Counted by the storekeepers; the head of the branch counts a second time and approves."""

    def __init__(self, office: Office, staff: Staff, places: Mapping[str, int]) -> None:
        self._office = office
        self._staff = staff
        self._places = places

    def quarter(self) -> Process:
        """A whole warehouse on one evening: something lacks, something is over."""
        clerk, head, place = self._staff["sklad-kazan"], self._staff["kazan"], self._places[KAZAN]
        paper = self._begin(clerk, place, "Приказ № 31: квартальная инвентаризация")
        there = self._there(paper)
        self._count(clerk, paper, place, there.items())
        self._office.act(clerk, paper, "check")
        self._second(head, paper, place, there)
        for action in ("approve", "post"):
            self._office.act(head, paper, action)
        yield 0

    def leave(self) -> None:
        """What stands on the last day: one of each state."""
        self._half_counted()
        clerk, head, place = self._staff["sklad-kazan"], self._staff["kazan"], self._places[KAZAN]
        self._draw_up(clerk, place, "Плановая, в начале месяца")
        self._office.act(clerk, self._draw_up(clerk, place, "Плановая"), "annul", "Заведена дважды")
        group = self._office.sql.value(_GROUP, (place,))
        paper = self._begin(clerk, place, "", group_id=str(group))
        self._count(clerk, paper, place, self._there(paper).items())
        self._office.act(clerk, paper, "check")
        self._second(head, paper, place, self._there(paper))
        self._office.act(head, paper, "approve")
        showroom = self._office.sql.value("SELECT id FROM place WHERE name = %s", (f"Выставочный зал {MOSCOW}",))
        paper = self._begin(self._staff["sklad"], showroom, "Образцы в зале")
        self._count(self._staff["sklad"], paper, showroom, dict.fromkeys(self._there(paper), Decimal(0)).items())
        self._office.act(self._staff["sklad"], paper, "check")

    def _half_counted(self) -> None:
        """Half of the warehouse of Moscow is counted; a thing was found that was not on the list."""
        clerk, place = self._staff["sklad"], self._places[MOSCOW]
        paper = self._begin(clerk, place, "Перед годовой отчётностью")
        there = list(self._there(paper).items())
        self._count(clerk, paper, place, there[:len(there) // 2])
        if found := self._office.sql.value(_FOUND, (paper.id,)):
            self._count(clerk, paper, place, [((found, 0), Decimal(1))])

    def _draw_up(self, clerk: Actor, place: int, title: str) -> Paper:
        return self._office.draw_up(clerk, "stocktaking", DocumentBody(
            date=self._office.day, place_id=place, title=title, extra={"blind": BLIND}))

    def _begin(self, clerk: Actor, place: int, title: str, **params: str) -> Paper:
        return self._office.act(clerk, self._draw_up(clerk, place, title), "start", params=params)

    def _second(self, other: Actor, paper: Paper, place: int, there: Mapping[Piece, Decimal]) -> None:
        """What differs much is counted by somebody else."""
        again = [_piece(row) for row in self._office.sql.all(_LINES, (paper.id,)) if row["again"]]
        self._count(other, paper, place, [(piece, there[piece]) for piece in again])

    def _there(self, paper: Paper) -> dict[Piece, Decimal]:
        """What lies on the shelves: of the goods that nobody holds a few pieces were mislaid, of others found."""
        rows = self._office.sql.all(_LINES, (paper.id,))
        loose = [_piece(row) for row in rows if row["loose"]]
        lost = dict.fromkeys(loose[1::9], Decimal(-1)) | dict.fromkeys(loose[4::13], Decimal(1))
        return {_piece(row): row["on_hand"] + lost.get(_piece(row), Decimal(0)) for row in rows}

    def _count(self, clerk: Actor, paper: Paper, place: int, there: Iterable[tuple[Piece, Decimal]]) -> None:
        for shelf in _shelves(list(there)):
            with self._office.desk(clerk) as ctx:
                counting.record(ctx, CountsBody(document_id=paper.id, counts=[
                    CountBody(place_id=place, product_id=product, lot_id=lot, quantity=pieces)
                    for (product, lot), pieces in shelf]))


def _shelves(there: Sequence[tuple[Piece, Decimal]]) -> Iterable[Sequence[tuple[Piece, Decimal]]]:
    return (there[first:first + _SHELF] for first in range(0, len(there), _SHELF))


def _piece(row: Mapping[str, int]) -> Piece:
    return row["product_id"], row["lot_id"]
