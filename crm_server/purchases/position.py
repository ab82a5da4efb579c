"""What the stock of one rule is made of, with the documents that bring more."""

from psycopg import sql

from crm_contract.stock_rules import ComingRead, StockNow
from crm_contract.units import unit_title
from crm_server.documents.scope import visible_condition
from crm_server.kit.context import Ctx
from crm_server.kit.errors import not_found
from crm_server.kit.listing import trusted
from crm_server.purchases.rules import read_rules
from crm_server.purchases.supply import DRAFTED, SUPPLY
from crm_server.stock.expected import EXPECTED
from crm_server.stock.transit import COMING

_FIGURES = """
{supply}
SELECT g.unit, coalesce(s.free, 0) AS free, coalesce(s.way, 0) AS way, coalesce(s.ordered, 0) AS ordered,
       coalesce(s.drafted, 0) AS drafted, coalesce(s.leaving, 0) AS leaving, coalesce(s.waiting, 0) AS waiting,
       coalesce(s.free + s.way + s.ordered + s.drafted - s.leaving - s.waiting, 0) AS position
FROM product g LEFT JOIN supply s ON s.product_id = g.id AND s.place_id = %(place)s WHERE g.id = %(product)s
"""
_COMING = """
SELECT d.id AS document_id, coalesce(d.number, 'документ вне ваших прав') AS document, x.quantity, x.due, x.draft
FROM (SELECT document_id, quantity, due_date AS due, false AS draft FROM {expected} e
      WHERE place_id = %(place)s AND product_id = %(product)s
      UNION ALL SELECT document_id, quantity, due_date, false FROM {way} e
      WHERE place_id = %(place)s AND product_id = %(product)s
      UNION ALL SELECT document_id, quantity, due_date, true FROM {drafted} e
      WHERE place_id = %(place)s AND product_id = %(product)s) x
LEFT JOIN document d ON d.id = x.document_id AND {read}
ORDER BY x.draft, x.due NULLS LAST, x.document_id LIMIT 50
"""


def stock_now(ctx: Ctx, rule_id: int) -> StockNow:
    """NOT_FOUND for a rule of another branch."""
    rules = read_rules(ctx, sql.SQL("r.id = {}").format(rule_id))
    if not rules:
        raise not_found("Норма запаса")
    params = {"place": rules[0].place.id, "product": rules[0].product.id}
    figures = ctx.sql.get(sql.SQL(_FIGURES).format(supply=trusted(SUPPLY)), params)
    coming = ctx.sql.all(sql.SQL(_COMING).format(
        expected=trusted(EXPECTED), way=trusted(COMING),
        drafted=trusted(DRAFTED), read=visible_condition(ctx.actor)), params)
    return StockNow.model_validate(figures | {
        "unit": unit_title(figures["unit"]), "rule": rules[0],
        "coming": [ComingRead.model_validate(row) for row in coming]})
