"""What a stock terminal keeps to work without the server: planned work with its lines, places, products."""

from collections.abc import Sequence

from psycopg import sql

from crm_contract.documents import kind_of
from crm_contract.permissions import Permission
from crm_contract.terminal import OPERATIONS, Task, TerminalDay, TerminalPerson, TerminalPlace, TerminalProduct
from crm_contract.units import UNITS, unit_title
from crm_server.documents.scope import visible_condition
from crm_server.kit.actor import Actor, per_actor
from crm_server.kit.context import Ctx
from crm_server.kit.listing import trusted
from crm_server.stock.bins import WALK
from crm_server.stock.listing import holder_condition, place_condition, product_stock

#: So many papers of one person's work are kept on a terminal, the most urgent of them.
MOST_TASKS = 200
PRODUCTS_PAGE = 5000

# Drafts plan all of their goods; a paper that holds reserves plans what is still reserved, unless a draft of its goods
# is at work already. A line tells the bins to take it from, as if it came alone.
_TASKS = """
WITH planned AS (
    SELECT CASE {operations} END AS operation, d.id, d.kind, d.version, d.number, d.state, d.party_id, d.place_id,
           d.place_to_id, d.due_date
    FROM document d WHERE (d.kind, d.state) IN ({states}) AND {seen} AND {branch}
    UNION ALL
    SELECT 'PICKING', d.id, d.kind, d.version, d.number, d.state, d.party_id, r.place_id, NULL, d.due_date
    FROM (SELECT DISTINCT document_id, place_id FROM reservation WHERE state = 'active' AND line_id IS NOT NULL) r
    JOIN document d ON d.id = r.document_id AND {seen} AND {branch}
    WHERE NOT EXISTS (SELECT FROM document_link k JOIN document x ON x.id = k.document_id
                      WHERE k.basis_id = d.id AND x.kind = 'issue' AND x.accounting = 'draft')
    UNION ALL
    SELECT 'SUPPLY', d.id, d.kind, d.version, d.number, d.state, d.party_id, d.place_id, NULL, d.due_date
    FROM document d WHERE d.kind = 'purchase_order' AND d.state = 'confirmed' AND d.received < 1 AND {seen} AND {branch}
    AND NOT EXISTS (SELECT FROM document_link k JOIN document x ON x.id = k.document_id
                    WHERE k.basis_id = d.id AND x.kind = 'receipt' AND x.accounting = 'draft')),
chosen AS MATERIALIZED (
    SELECT * FROM planned ORDER BY due_date NULLS LAST, id LIMIT {most}),
line AS (
    SELECT c.operation, c.id AS document_id, c.place_id, l.id, l.position, l.product_id, l.quantity, l.bin_id
    FROM chosen c JOIN document_line l ON l.document_id = c.id WHERE c.operation NOT IN ('PICKING', 'SUPPLY')
    UNION ALL
    SELECT c.operation, c.id, c.place_id, l.id, l.position, l.product_id, l.quantity - taken.quantity, NULL
    FROM chosen c JOIN document_line l ON l.document_id = c.id CROSS JOIN LATERAL (
        SELECT coalesce(sum(t.quantity), 0) AS quantity FROM document_line t JOIN document x ON x.id = t.document_id
        WHERE t.basis_line_id = l.id AND x.kind = 'receipt' AND x.accounting = 'posted') taken
    WHERE c.operation = 'SUPPLY' AND l.quantity > taken.quantity
    UNION ALL
    SELECT c.operation, c.id, c.place_id, l.id, 0, l.product_id, 0, l.place_id
    FROM chosen c JOIN stocktaking_line l ON l.document_id = c.id AND l.pass > 0 AND l.wanted > l.pass
    WHERE c.operation = 'COUNT'
    UNION ALL
    SELECT c.operation, c.id, c.place_id, l.id, l.position, l.product_id, sum(r.quantity - r.used), NULL
    FROM chosen c JOIN reservation r ON r.document_id = c.id AND r.place_id = c.place_id AND r.state = 'active'
    JOIN document_line l ON l.id = r.line_id
    WHERE c.operation = 'PICKING' GROUP BY c.operation, c.id, c.place_id, l.id),
told AS (
    SELECT n.operation, n.document_id, n.place_id, jsonb_agg(jsonb_build_object(
        'id', n.id, 'product_id', n.product_id, 'sku', p.sku, 'name', p.name, 'unit', p.unit,
        'quantity', n.quantity::text, 'tracking', p.tracking,
        'bin', coalesce(named.code, s.bins -> 0 ->> 'code', ''),
        'bins', CASE WHEN named.code IS NULL THEN coalesce(s.bins, '[]') ELSE jsonb_build_array(jsonb_build_object(
            'code', named.code, 'quantity', n.quantity::text)) END)
        ORDER BY coalesce(named.route, s.bins -> 0 ->> 'route') NULLS LAST, n.position, n.id) AS lines
    FROM line n JOIN product p ON p.id = n.product_id AND p.kind IN ('goods', 'kit')
    CROSS JOIN LATERAL (SELECT {walk} AS bins) s
    LEFT JOIN LATERAL (SELECT coalesce(nullif(w.code, ''), w.name) AS code, w.route FROM place w
                       WHERE w.id = n.bin_id) named ON true
    GROUP BY n.operation, n.document_id, n.place_id)
SELECT c.operation, c.id, c.kind, c.version, c.number, c.state, coalesce(p.name, '') AS party, c.due_date AS due,
       coalesce(t.lines, '[]') AS lines,
       CASE WHEN w.id IS NOT NULL THEN jsonb_build_object('id', w.id, 'title', w.name) END AS place,
       CASE WHEN o.id IS NOT NULL THEN jsonb_build_object('id', o.id, 'title', o.name) END AS place_to
FROM chosen c LEFT JOIN told t ON t.document_id = c.id AND t.operation = c.operation
    AND t.place_id IS NOT DISTINCT FROM c.place_id
LEFT JOIN party p ON p.id = c.party_id LEFT JOIN place w ON w.id = c.place_id LEFT JOIN place o ON o.id = c.place_to_id
WHERE t.lines IS NOT NULL OR c.operation = 'COUNT' AND c.place_id IS NOT NULL
ORDER BY c.due_date NULLS LAST, c.id
"""
_PLACES = """
SELECT w.id, w.name, w.code, w.kind, w.keeper_id AS warehouse_id, w.parent_id FROM place w
WHERE w.kind IN ('warehouse', 'zone', 'bin') AND NOT w.archived AND (w.branch_id = %s OR w.branch_id IS NULL)
ORDER BY w.kind = 'warehouse' DESC, w.route, w.id
"""
_PRODUCTS = """
SELECT p.id, p.sku, p.name, p.unit, ARRAY(SELECT b.code FROM barcode b WHERE b.product_id = p.id ORDER BY b.code)
       AS barcodes, coalesce(stock.on_hand - stock.reserved, 0) AS free, p.tracking,
       CASE WHEN p.tracking = 'none' THEN '{{}}' ELSE ARRAY(
           SELECT t.code FROM lot t WHERE t.product_id = p.id AND EXISTS (
               SELECT FROM lot_balance b JOIN place w ON w.id = b.place_id AND w.kind = 'warehouse' AND {seen}
               WHERE b.lot_id = t.id AND b.on_hand > 0) ORDER BY t.code) END AS lots
FROM product p {stock} WHERE p.id > %(after)s AND (%(ids)s::int8[] IS NULL OR p.id = ANY(%(ids)s::int8[]))
AND NOT p.archived AND p.kind IN ('goods', 'kit') ORDER BY p.id LIMIT {page}
"""
_WALK = WALK.format(quantity="n.quantity", upto="n.quantity", place="n.place_id", product="n.product_id", lots="true")
# Badges are told as marks alone: who has the memory of a terminal has no badge.
_PEOPLE = """
SELECT e.id, e.name, coalesce(encode(sha256(convert_to('OKE' || e.badge, 'UTF8')), 'hex'), '') AS mark,
       coalesce(h.held, '[]') AS held
FROM employee e LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
        'product_id', p.id, 'sku', p.sku, 'name', p.name, 'unit', p.unit, 'quantity', b.on_hand::text,
        'tracking', p.tracking) ORDER BY p.sort, p.id) AS held
    FROM place w JOIN stock_balance b ON b.place_id = w.id AND b.on_hand > 0 JOIN product p ON p.id = b.product_id
    WHERE w.kind = 'employee' AND w.employee_id = e.id) h ON true
WHERE e.active AND e.branch_id = {branch} AND {seen} ORDER BY e.name, e.id
"""
_WHOLE = {unit.code for unit in UNITS if unit.whole}


def _compose_tasks(actor: Actor) -> sql.Composable:
    kinds = [operation for operation in OPERATIONS.values() if operation.states]
    states = [sql.SQL("({}, {})").format(o.kind, state) for o in kinds for state in o.states]
    names = [sql.SQL("WHEN (d.kind, d.state) IN ({}) THEN {}").format(
        sql.SQL(", ").join(sql.SQL("({}, {})").format(o.kind, state) for state in o.states), o.code) for o in kinds]
    return sql.SQL(_TASKS).format(
        operations=sql.SQL(" ").join(names), states=sql.SQL(", ").join(states), seen=visible_condition(actor),
        branch=sql.SQL("(d.branch_id = {0} OR d.state = 'in_transit' AND d.place_to_id IN (SELECT id FROM place"
                       " WHERE branch_id = {0}))").format(actor.branch_id),
        walk=trusted(_WALK), most=sql.Literal(MOST_TASKS))


_tasks_sql = per_actor(_compose_tasks)
_people_sql = per_actor(lambda actor: sql.SQL(_PEOPLE).format(branch=actor.branch_id, seen=holder_condition(actor)))


def terminal_day(ctx: Ctx) -> TerminalDay:
    """The planned work of the actor's branch, the most urgent first, and its places."""
    tasks = [_task(row) for row in ctx.sql.all(_tasks_sql(ctx.actor))]
    places = [TerminalPlace.model_validate(row) for row in ctx.sql.all(_PLACES, (ctx.actor.branch_id,))]
    people = [_person(row) for row in ctx.sql.all(_people_sql(ctx.actor))] if ctx.actor.can(
        Permission.CUSTODY_VIEW) else []
    return TerminalDay(people=people, today=ctx.today, tasks=tasks, places=places)


def _person(row: dict[str, object]) -> TerminalPerson:
    person = TerminalPerson.model_validate(row)
    for goods in person.held:
        goods.whole = goods.unit in _WHOLE
        goods.unit = unit_title(goods.unit)
    return person


def _task(row: dict[str, object]) -> Task:
    kind = kind_of(str(row["kind"]))
    task = Task.model_validate(row | {"number": kind.named(str(row["number"]))})
    for line in task.lines:
        line.whole = line.unit in _WHOLE
        line.unit = unit_title(line.unit)
    return task


def products_after(ctx: Ctx, after: int, ids: Sequence[int] | None = None) -> list[TerminalProduct]:
    """A page of the goods by id, of all or of some: ask again after the last one until nothing comes."""
    if not ctx.actor.can(Permission.PRODUCT_VIEW):
        return []
    query = sql.SQL(_PRODUCTS).format(stock=product_stock(ctx.actor, None), page=sql.Literal(PRODUCTS_PAGE),
                                   seen=place_condition(ctx.actor, "w.branch_id"))
    return [TerminalProduct.model_validate(row | {"unit": unit_title(row["unit"]), "whole": row["unit"] in _WHOLE})
            for row in ctx.sql.all(query, {"after": after, "ids": None if ids is None else list(ids)})]
