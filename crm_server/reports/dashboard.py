"""The desktop's figures, computed from states and facts of what the actor may see; four statements."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import sql

from crm_contract.dashboard import AgeBar, Dashboard, ShortProduct, StageFigure, TaskRead
from crm_contract.documents import kind_of
from crm_contract.lists import Tone
from crm_contract.permissions import Permission
from crm_contract.totals import plain
from crm_server.documents.scope import kind_condition
from crm_server.kit.context import Ctx
from crm_server.stock.listing import place_condition

TASKS = 12
SHORT = 8


class _Cell(NamedTuple):
    """Documents of a `kind` that stand `where`; `attention` chooses those that need it, `words` say why."""

    code: str
    title: str
    kind: str
    where: str
    attention: str
    words: str
    tone: Tone
    preset: str


_STAGES = (
    _Cell("offer", "КП", "offer", "d.state = 'sent'", "d.valid_until < current_date", "истёк срок", Tone.WARN, "all"),
    _Cell("contract", "Договоры", "contract", "d.state IN ('approval', 'signing')", "d.state = 'signing'", "на подписи",
          Tone.NEUTRAL, "all"),
    _Cell("invoice", "Счета", "invoice", "d.accounting = 'posted' AND d.paid < d.gross",
          "d.due_date < current_date", "просрочено", Tone.ERROR, "unpaid"),
    _Cell("reserve", "Резерв", "invoice", "d.accounting = 'posted' AND d.reserved > 0 AND d.shipped < 1",
          "d.reserved < 1", "не полностью", Tone.WARN, "all"),
    _Cell("shipment", "Отгрузка", "issue", "d.accounting = 'draft'", "d.due_date <= current_date", "на сегодня",
          Tone.WARN, "drafts"),
    _Cell("upd", "УПД", "upd", "d.state IN ('posted', 'sent')", "d.state = 'posted'", "не отправлено", Tone.WARN,
          "all"),
    _Cell("payment", "Оплата", "payment", "d.state = 'executed' AND d.date > current_date - 30", "d.paid < d.gross",
          "не разнесено", Tone.WARN, "all"),
)
_INVOICED = ("EXISTS (SELECT FROM document i WHERE i.chain_id = d.chain_id AND i.kind = 'invoice'"
             " AND i.accounting = 'posted'{})")
#: How far the offers of the month came: each step counts some of those before it, whatever else was sold.
_FUNNEL = (
    ("offer", "КП", "offer", "true"), ("sent", "Отправлены", "offer", "d.state <> 'draft'"),
    ("accepted", "Приняты", "offer", "d.state = 'accepted'"),
    ("invoice", "Со счётом", "offer", "d.state = 'accepted' AND " + _INVOICED.format("")),
    ("paid", "Оплачены", "offer", "d.state = 'accepted' AND " + _INVOICED.format(" AND i.paid >= i.gross")),
)
_AGES = (("в срок", 0, Tone.INFO), ("1–7 дн.", 7, Tone.INFO), ("8–30 дн.", 30, Tone.WARN),
         ("31–60 дн.", 60, Tone.ERROR), ("> 60 дн.", None, Tone.ERROR))
_DEBTS = """
SELECT d.id, d.number, d.gross - d.paid AS open, greatest(0, current_date - d.due_date) AS late, d.due_date,
       coalesce(p.name, '') AS party
FROM document d LEFT JOIN party p ON p.id = d.party_id
WHERE d.kind = 'invoice' AND d.accounting = 'posted' AND d.paid < d.gross AND {} ORDER BY d.due_date NULLS LAST, d.id
"""
_SHORT = """
SELECT p.id AS product_id, p.name, s.place, s.free, m.minimum FROM product p
JOIN (SELECT b.product_id, b.place_id, w.name AS place, w.branch_id, b.on_hand - b.reserved AS free
      FROM stock_balance b JOIN place w ON w.id = b.place_id AND w.kind = 'warehouse') s ON s.product_id = p.id
LEFT JOIN stock_rule r ON (r.place_id, r.product_id) = (s.place_id, s.product_id)
CROSS JOIN LATERAL (SELECT coalesce(r.minimum, p.min_stock) AS minimum) m
WHERE s.free < m.minimum AND NOT p.archived AND {} ORDER BY s.free / m.minimum, p.name LIMIT %s
"""

# Reserves of the actor's own orders that somebody gave to others, while the orders still lack them.
_GIVEN_AWAY = """
SELECT d.id, d.kind, d.number, g.name, m.quantity, t.kind AS to_kind, t.number AS to_number,
       coalesce(e.name, '') AS person
FROM reservation_move m JOIN document d ON d.id = m.from_document_id AND d.accounting = 'posted' AND d.reserved < 1
    AND d.shipped < 1 AND d.responsible_id = %s
JOIN document t ON t.id = m.to_document_id JOIN product g ON g.id = m.product_id
LEFT JOIN employee e ON e.id = m.employee_id
WHERE m.at > now() - interval '7 days' ORDER BY m.id DESC LIMIT %s
"""


def get_dashboard(ctx: Ctx) -> Dashboard:
    """Everything counts only what the actor's rights reach."""
    figures = _figures(ctx)
    debts = ctx.sql.all(sql.SQL(_DEBTS).format(kind_condition(ctx.actor, kind_of("invoice"))))
    short = ctx.sql.all(sql.SQL(_SHORT).format(place_condition(ctx.actor, "s.branch_id")), (SHORT,)) if (
        ctx.actor.can(Permission.STOCK_VIEW)) else []
    given = ctx.sql.all(_GIVEN_AWAY, (ctx.actor.employee_id, TASKS))
    tasks = [*(_loss(row) for row in given), *(_task(d) for d in debts[:TASKS])]
    return Dashboard(
        stages=[_stage(figures, cell) for cell in _STAGES], funnel=[_step(figures, *cell) for cell in _FUNNEL],
        receivable=_sum(debts), overdue=_sum([d for d in debts if d["late"]]), ages=_ages(debts),
        short=[ShortProduct.model_validate(row) for row in short], tasks=tasks,
        task_counts=Counter([*(_when(d) for d in debts), *("today" for _ in given)]))


def _figures(ctx: Ctx) -> Mapping[str, Any]:
    """Counts and sums of all cells, one pass over each kind's rows."""
    cells = [(f"s_{cell.code}", cell.kind, cell.where, cell.attention) for cell in _STAGES]
    cells += [(f"f_{code}", kind, f"{where} AND d.date >= date_trunc('month', current_date)", "false")
              for code, _, kind, where in _FUNNEL]
    selects = [
        sql.SQL("SELECT {}::text AS cell, count(*) AS count, coalesce(sum(d.gross), 0) AS amount,"
                " count(*) FILTER (WHERE {}) AS attention FROM document d WHERE d.kind = {} AND {} AND {}").format(
            cell, sql.SQL(late), kind, sql.SQL(where), kind_condition(ctx.actor, kind_of(kind)))  # type: ignore[arg-type]
        for cell, kind, where, late in cells]
    return {row["cell"]: row for row in ctx.sql.all(sql.SQL(" UNION ALL ").join(selects))}


def _stage(figures: Mapping[str, Any], cell: _Cell) -> StageFigure:
    row = figures[f"s_{cell.code}"]
    note = f"{row['attention']} {cell.words}" if row["attention"] else ""
    return StageFigure(code=cell.code, title=cell.title, count=row["count"], amount=row["amount"], note=note,
                       tone=cell.tone if note else Tone.NEUTRAL, kind=cell.kind, preset=cell.preset)


def _step(figures: Mapping[str, Any], code: str, title: str, kind: str, _where: str) -> StageFigure:
    row = figures[f"f_{code}"]
    return StageFigure(code=code, title=title, count=row["count"], amount=row["amount"], kind=kind, preset="all")


def _sum(debts: list[dict[str, Any]]) -> Decimal:
    return sum((d["open"] for d in debts), Decimal("0.00"))


def _ages(debts: list[dict[str, Any]]) -> list[AgeBar]:
    bars, after = [], -1
    for title, upto, tone in _AGES:
        mine = [d for d in debts if (d["late"] or 0) > after and (upto is None or (d["late"] or 0) <= upto)]
        bars.append(AgeBar(title=title, amount=_sum(mine), tone=tone))
        after = upto if upto is not None else after
    return bars


def _when(debt: Mapping[str, Any]) -> str:
    return "overdue" if debt["late"] else "next"


def _loss(row: Mapping[str, Any]) -> TaskRead:
    to = kind_of(row["to_kind"]).named(row["to_number"])
    return TaskRead(when="today", title=f"Резерв забрали: {kind_of(row['kind']).named(row['number'])}",
                    subtitle=f"{row['name']} — {plain(row['quantity'])}, {to} · {row['person']}", due="",
                    entity=row["kind"], entity_id=row["id"])


def _task(debt: Mapping[str, Any]) -> TaskRead:
    due = f"{debt['due_date']:%d.%m}" if debt["due_date"] else ""
    return TaskRead(when=_when(debt), title=f"Оплата по счёту {debt['number']}",
                    subtitle=debt["party"], due=due, entity="invoice", entity_id=debt["id"])
