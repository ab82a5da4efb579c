"""What a line of an unsaved document needs to know: price by kind and date, VAT rate, free here and elsewhere."""

from typing import Any

from psycopg import sql

from crm_contract.documents import KINDS, FreeElsewhere, LineHint, LineHintQuery
from crm_contract.kinds import DocumentKind
from crm_contract.parties import RefHit
from crm_contract.permissions import Permission, Scope
from crm_contract.purchases import SupplierPrice, price_in_mode
from crm_contract.units import unit_title
from crm_contract.vat import TaxMode, VatKind, rate_for, vat_rate
from crm_server.documents import registry
from crm_server.documents.checking import seller_mode
from crm_server.documents.scope import kind_condition
from crm_server.documents.service import known_kind
from crm_server.kit.context import Ctx
from crm_server.kit.search import like_pattern, words
from crm_server.parties.scope import party_scope

_HINTS = """
SELECT p.id AS product_id, p.sku, p.name, p.unit, p.kind, p.vat_kind, p.tracking,
  (SELECT x.price FROM price x WHERE x.product_id = p.id AND x.valid_from <= %(date)s AND x.price_kind_id = coalesce(
     %(price_kind)s, (SELECT id FROM price_kind ORDER BY main DESC, id LIMIT 1))
   ORDER BY x.valid_from DESC LIMIT 1) AS price,
  coalesce((SELECT b.on_hand - b.reserved FROM stock_balance b JOIN place w ON w.id = b.place_id
   WHERE b.place_id = %(place)s AND b.product_id = p.id
   AND (%(everywhere)s OR w.branch_id = %(branch)s OR w.branch_id IS NULL)), 0) AS free,
  coalesce((SELECT jsonb_agg(jsonb_build_object('place_id', w.id, 'place', w.name,
      'free', (b.on_hand - b.reserved)::text) ORDER BY b.on_hand - b.reserved DESC)
   FROM stock_balance b JOIN place w ON w.id = b.place_id AND w.kind = 'warehouse'
   WHERE b.product_id = p.id AND b.place_id IS DISTINCT FROM %(place)s AND b.on_hand > b.reserved
   AND (w.branch_id = %(branch)s OR w.branch_id IS NULL)), '[]') AS elsewhere
FROM product p WHERE p.id = ANY(%(products)s::int8[])
"""
# What a supplier that the actor sees asked last, and its own article.
_SUPPLIER = """
SELECT s.product_id, s.code, s.price, s.date FROM supplier_item s JOIN party p ON p.id = s.party_id AND {scope}
WHERE s.party_id = %(party)s AND s.product_id = ANY(%(products)s::int8[])
"""
_MODE = """
SELECT p.tax_mode FROM party p WHERE p.is_own AND p.id = coalesce(
    %(own)s::int8, (SELECT organization_id FROM branch WHERE id = %(branch)s),
    (SELECT min(id) FROM party WHERE is_own AND NOT archived))
"""
_PICK = """
SELECT d.id, d.number, d.date, d.title FROM document d WHERE d.kind = %s AND d.accounting <> 'annulled'
"""


def line_hints(ctx: Ctx, query: LineHintQuery) -> list[LineHint]:
    """In the order of the asked products; unknown ones are left out."""
    params = {"date": query.date, "price_kind": query.price_kind_id, "place": query.place_id,
              "branch": ctx.actor.branch_id, "products": query.product_ids, "own": query.organization_id,
              "everywhere": ctx.actor.scope(Permission.STOCK_VIEW) is Scope.ALL}
    kind = KINDS.get(query.kind)
    mode = TaxMode(ctx.sql.value(_MODE, params) or TaxMode.GENERAL)
    sees_stock = ctx.actor.can(Permission.STOCK_VIEW)
    hints = [_hint(row, query, seller_mode(kind, mode) if kind else mode, sees_stock)
             for row in ctx.sql.all(_HINTS, params)]
    if kind is not None and kind.buys:
        return _as_bought(ctx, kind, query, hints)
    if sees_stock and query.place_id is not None:
        goods = [hint.product_id for hint in hints if not hint.is_service]
        for found in (coming(ctx, query.place_id, goods) for coming in registry.COMING if goods):
            for hint in hints:
                hint.expected = list(found.get(hint.product_id, ()))
    return hints


def _as_bought(ctx: Ctx, kind: DocumentKind, query: LineHintQuery, hints: list[LineHint]) -> list[LineHint]:
    """Our own prices say nothing of what a supplier asks; its prices are for those who write such documents."""
    known: dict[int, dict[str, Any]] = {}
    if query.party_id is not None and ctx.actor.can(kind.permission("edit")):
        visible = sql.SQL(_SUPPLIER).format(scope=party_scope(ctx.actor))
        rows = ctx.sql.all(visible, {"party": query.party_id, "products": query.product_ids})
        known = {row["product_id"]: row for row in rows}
    for hint in hints:
        hint.price = None
        if row := known.get(hint.product_id):
            price = row["price"] and price_in_mode(row["price"], vat_rate(hint.vat_rate).percent, query.vat_mode)
            hint.supplier = SupplierPrice(price=price, code=row["code"], date=row["date"])
            hint.price = price
    return hints


def _hint(row: dict[str, Any], query: LineHintQuery, mode: TaxMode, sees_stock: bool) -> LineHint:
    service = row["kind"] in ("service", "work")
    shown = sees_stock and not service
    return LineHint(
        product_id=row["product_id"], sku=row["sku"], name=row["name"], unit=row["unit"],
        unit_title=unit_title(row["unit"]), is_service=service,
        tracking=row["tracking"], price=row["price"],
        vat_rate=rate_for(VatKind(row["vat_kind"]), mode, query.date),
        free=row["free"] if shown and query.place_id else None,
        elsewhere=[FreeElsewhere.model_validate(e) for e in row["elsewhere"]] if shown else [])


def pick_documents(ctx: Ctx, kind_code: str, party_id: int | None, text: str) -> list[RefHit]:
    """Documents of a kind for a reference field, newest first."""
    kind = known_kind(kind_code)
    query = sql.SQL(_PICK) + sql.SQL(" AND ") + kind_condition(ctx.actor, kind)
    params: list[Any] = [kind.code]
    if party_id is not None:
        query += sql.SQL(" AND d.party_id = %s")
        params.append(party_id)
    for word in words(text):
        query += sql.SQL(" AND d.search LIKE %s")
        params.append(like_pattern(word))
    rows = ctx.sql.all(query + sql.SQL(" ORDER BY d.id DESC LIMIT 20"), params)
    return [RefHit(id=r["id"], title=f"{r['number']} от {r['date']:%d.%m.%Y}", subtitle=r["title"]) for r in rows]


def pick_warehouses(ctx: Ctx, *, everywhere: bool = False) -> list[RefHit]:
    """The warehouses of the actor's branch and the common ones; after them, `everywhere`, those of the other branches,
    for goods are sent there."""
    rows = ctx.sql.all("SELECT w.id, w.name, b.title FROM place w LEFT JOIN branch b ON b.id = w.branch_id"
                       " WHERE w.kind = 'warehouse' AND NOT w.archived AND (%(all)s OR w.branch_id = %(branch)s"
                       " OR w.branch_id IS NULL) ORDER BY w.branch_id IS DISTINCT FROM %(branch)s, w.id",
                       {"branch": ctx.actor.branch_id, "all": everywhere})
    return [RefHit(id=r["id"], title=r["name"], subtitle=r["title"] or "") for r in rows]
