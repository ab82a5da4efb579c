"""What is a scanned code: a product, a place, a document or a person, with what a storekeeper wants to know of it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg import sql

from crm_contract.codes import CodeKind, own_code
from crm_contract.documents import kind_of
from crm_contract.permissions import Permission
from crm_contract.terminal import CodeAnswer, CodeMeaning, StockAt
from crm_contract.totals import plain
from crm_contract.units import unit_title
from crm_server.documents.scope import visible_condition
from crm_server.kit.actor import per_actor
from crm_server.kit.context import Ctx
from crm_server.kit.listing import trusted
from crm_server.kit.search import like_pattern
from crm_server.stock.listing import places_seen

#: A code may be several things at once (the article of one product is the barcode of another): the surest comes first.
_FIND = """
SELECT what, id FROM (
    SELECT 1 AS turn, 'product' AS what, b.product_id AS id FROM barcode b WHERE b.code = ANY(%(codes)s::text[])
    UNION ALL SELECT 2, 'product', p.id FROM product p WHERE p.sku = %(code)s AND p.sku <> '' AND NOT p.archived
    UNION ALL SELECT 3, 'place', w.id FROM place w WHERE w.code = %(code)s AND w.code <> '' AND w."inner" AND {places}
    UNION ALL SELECT 4, 'document', d.id FROM document d WHERE d.search LIKE %(number)s AND d.number = %(code)s
        AND {documents}) q
ORDER BY turn, id DESC LIMIT 1
"""
_PRODUCT = """
SELECT p.id, p.name, p.sku, p.unit, p.kind, p.archived, p.min_stock FROM product p WHERE p.id = %(id)s
"""
_PLACE = """
SELECT w.id, w.name, w.code, w.kind, coalesce(parent.name, '') AS parent FROM place w
LEFT JOIN place parent ON parent.id = w.parent_id WHERE w.id = %(id)s AND w."inner" AND {places}
"""
_DOCUMENT = """
SELECT d.id, d.kind, d.number, d.date, d.state, coalesce(p.name, '') AS party, coalesce(w.name, '') AS place,
       d.due_date, (SELECT count(*) FROM document_line l WHERE l.document_id = d.id) AS lines
FROM document d LEFT JOIN party p ON p.id = d.party_id LEFT JOIN place w ON w.id = d.place_id
WHERE d.id = %(id)s AND {documents}
"""
_PERSON = "SELECT id, name, position FROM employee WHERE badge = %s AND active"
_STOCK = """
SELECT b.product_id, p.sku, p.name AS product, b.place_id, w.name AS place, sum(b.on_hand) AS on_hand,
       sum(b.reserved) AS reserved, w.kind NOT IN ('employee', 'transit') AS stored,
       CASE WHEN w.kind IN ('employee', 'transit') THEN 0 ELSE sum(b.on_hand - b.reserved) END AS free
FROM stock_balance b JOIN place w ON w.id = b.place_id JOIN product p ON p.id = b.product_id
WHERE b.on_hand > 0 AND {of} AND {places} GROUP BY b.product_id, p.sku, p.name, p.sort, b.place_id, w.name, w.kind
ORDER BY {order} LIMIT 200
"""
_UNKNOWN = CodeAnswer(meaning=CodeMeaning.UNKNOWN)


def _scoped(text: str) -> Any:
    return per_actor(lambda actor: sql.SQL(text).format(  # type: ignore[arg-type]  # texts of this file
        places=places_seen(actor), documents=visible_condition(actor)))


_find_sql, _place_sql, _document_sql = _scoped(_FIND), _scoped(_PLACE), _scoped(_DOCUMENT)


def what_is(ctx: Ctx, code: str) -> CodeAnswer:
    """What the actor may know of a code; UNKNOWN also for what is beyond their rights."""
    code = code.strip()
    own = own_code(code)
    if own is None:
        found = ctx.sql.one(_find_sql(ctx.actor), {
            "code": code, "codes": [code, code.removeprefix("0")], "number": like_pattern(code)})
        return _TELL[found["what"]](ctx, found["id"]) if found else _UNKNOWN
    match own.kind:
        case CodeKind.PRODUCT:
            return _product(ctx, own.id)
        case CodeKind.PLACE:
            return _place(ctx, own.id)
        case CodeKind.DOCUMENT:
            return _document(ctx, own.id)
        case CodeKind.BADGE:
            return _person(ctx, own.payload)
        case CodeKind.COMMAND:
            return _UNKNOWN


def _product(ctx: Ctx, product_id: int) -> CodeAnswer:
    row = ctx.sql.one(_PRODUCT, {"id": product_id}) if ctx.actor.can(Permission.PRODUCT_VIEW) else None
    if row is None:
        return _UNKNOWN
    rows = _stock(ctx, "b.product_id = %(id)s", "w.kind, w.name", product_id)
    unit = unit_title(row["unit"])
    facts = [(title, f"{plain(sum((r[name] for r in rows if r['stored']), Decimal(0)))} {unit}") for title, name in (
        ("На складах", "on_hand"), ("Резерв", "reserved"), ("Свободно", "free"))]
    subtitle = _joined(f"арт. {row['sku']}" if row["sku"] else "", "в архиве" if row["archived"] else "")
    return CodeAnswer(meaning=CodeMeaning.PRODUCT, id=row["id"], title=row["name"], product_kind=row["kind"],
                      subtitle=subtitle, facts=facts, stock=_told(rows))


def _place(ctx: Ctx, place_id: int) -> CodeAnswer:
    row = ctx.sql.one(_place_sql(ctx.actor), {"id": place_id})
    if row is None:
        return _UNKNOWN
    rows = _stock(ctx, "b.place_id = %(id)s", "p.sort, b.product_id", place_id)
    return CodeAnswer(meaning=CodeMeaning.PLACE, id=row["id"], title=row["name"], kind=row["kind"],
                      subtitle=_joined(row["code"], row["parent"]), stock=_told(rows),
                      facts=[("Наименований", str(len(rows)))])


def _document(ctx: Ctx, document_id: int) -> CodeAnswer:
    row = ctx.sql.one(_document_sql(ctx.actor), {"id": document_id})
    if row is None:
        return _UNKNOWN
    kind = kind_of(row["kind"])
    day: date = row["date"]
    facts = [("Состояние", kind.workflow.state(row["state"]).title), ("Строк", str(row["lines"]))]
    facts += [(title, row[name]) for title, name in (("Склад", "place"),) if row[name]]
    return CodeAnswer(meaning=CodeMeaning.DOCUMENT, id=row["id"], kind=kind.code,
                      title=f"{kind.named(row['number'])} от {day:%d.%m.%Y}", subtitle=row["party"], facts=facts)


def _person(ctx: Ctx, badge: str) -> CodeAnswer:
    row = ctx.sql.one(_PERSON, (badge,))
    if row is None:
        return _UNKNOWN
    return CodeAnswer(meaning=CodeMeaning.EMPLOYEE, id=row["id"], title=row["name"], subtitle=row["position"])


_TELL: Mapping[str, Any] = {"product": _product, "place": _place, "document": _document}


def _stock(ctx: Ctx, of: str, order: str, row_id: int) -> list[dict[str, Any]]:
    """What lies on the places that the actor sees; not `stored` is what a person holds and what is on its way."""
    query = sql.SQL(_STOCK).format(of=trusted(of), order=trusted(order), places=places_seen(ctx.actor))
    return ctx.sql.all(query, {"id": row_id})


def _told(rows: list[dict[str, Any]]) -> list[StockAt]:
    return [StockAt.model_validate(row) for row in rows]


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
