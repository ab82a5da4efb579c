"""A reserve goes to another document: with a right, for a reason, and both documents tell it.

The documents are locked in the order of their ids, then the reserve, then the balance: like a posting, which uses its
reserves under the lock of their documents.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from psycopg import sql

from crm_contract.documents import kind_of
from crm_contract.errors import ErrorCode
from crm_contract.permissions import Permission, Scope
from crm_contract.reserves import MoveReserveBody, ReserveMoved, ReserveTarget
from crm_contract.totals import plain
from crm_server.documents.scope import reaches, visible_condition
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid, not_found, stale
from crm_server.kit.failpoints import failpoint
from crm_server.stock.reservations import default_term, refresh_reserved

#: Documents `d` that may hold goods.
_HOLDS = ("(d.kind = 'sales_order' AND d.state = 'confirmed' OR d.kind = 'invoice' AND d.state IN ('issued', 'sent')"
          " AND NOT EXISTS (SELECT FROM document o WHERE o.chain_id = d.chain_id AND o.kind = 'sales_order'"
          " AND o.state = 'confirmed'))")
#: What a line `l` still lacks: neither held for it nor shipped by it.
WANTED = """(l.quantity - coalesce((SELECT sum(r.quantity - r.used) FROM reservation r
        WHERE r.line_id = l.id AND r.state = 'active'), 0)
    - coalesce((SELECT sum(c.quantity) FROM document_line c JOIN document x ON x.id = c.document_id
        WHERE c.basis_line_id = l.id AND x.kind = 'issue' AND x.accounting = 'posted'), 0))"""

_DOCUMENTS = """
SELECT d.*, {holds} AS holds, p.name AS party FROM document d LEFT JOIN party p ON p.id = d.party_id
WHERE d.id = ANY(%s::int8[]) ORDER BY d.id FOR UPDATE OF d
""".replace("{holds}", _HOLDS)
_RESERVE = """
SELECT r.*, g.name FROM reservation r JOIN product g ON g.id = r.product_id WHERE r.id = %s FOR UPDATE OF r
"""
_LACKS = """
SELECT l.id, {wanted} AS wanted FROM document_line l WHERE l.document_id = %s AND l.product_id = %s ORDER BY l.id
""".replace("{wanted}", WANTED)
# What is left of it: a reserve that was partly shipped ends as shipped, one that was not, as given away.
_TAKE = """
UPDATE reservation SET version = version + 1,
    quantity = CASE WHEN quantity = %(moved)s THEN quantity ELSE quantity - %(moved)s END,
    state = CASE WHEN quantity - used > %(moved)s THEN state WHEN used > 0 THEN 'used' ELSE 'moved' END,
    closed_at = CASE WHEN quantity - used > %(moved)s THEN closed_at ELSE now() END
WHERE id = %(id)s
"""
_GIVE = """
INSERT INTO reservation (document_id, line_id, product_id, place_id, quantity, until, note, branch_id, employee_id)
SELECT %(document)s, t.line, %(product)s, %(place)s, t.quantity, %(until)s, '', %(branch)s, %(person)s
FROM unnest(%(lines)s::int8[], %(quantities)s::numeric[]) AS t (line, quantity) RETURNING id
"""
_TARGETS = """
SELECT d.id AS document_id, d.number AS document, coalesce(p.name, '') AS party, coalesce(e.name, '') AS person,
       d.due_date AS due, coalesce(d.extra ->> 'priority' = 'high', false) AS high, n.wanted
FROM reservation s JOIN document d ON d.place_id = s.place_id AND d.id IS DISTINCT FROM s.document_id AND {holds}
    AND d.reserved < 1 AND d.shipped < 1 AND {seen}
CROSS JOIN LATERAL (SELECT sum({wanted}) AS wanted FROM document_line l
                    WHERE l.document_id = d.id AND l.product_id = s.product_id) n
LEFT JOIN party p ON p.id = d.party_id LEFT JOIN employee e ON e.id = d.responsible_id
WHERE s.id = %s AND n.wanted > 0 ORDER BY high DESC, d.due_date NULLS LAST, d.id LIMIT 50
""".replace("{wanted}", WANTED).replace("{holds}", _HOLDS)
_TOLD = "INSERT INTO document_comment (document_id, text, author_id) VALUES (%s, %s, %s)"


def list_targets(ctx: Ctx, reservation_id: int) -> list[ReserveTarget]:
    """Who lacks the goods of a reserve, the most urgent first."""
    _demand(ctx, ctx.sql.get("SELECT branch_id FROM reservation WHERE id = %s", (reservation_id,), what="Резерв"))
    rows = ctx.sql.all(sql.SQL(_TARGETS).format(seen=visible_condition(ctx.actor)), (reservation_id,))
    return [ReserveTarget.model_validate(row) for row in rows]


def _demand(ctx: Ctx, row: Mapping[str, Any]) -> None:
    if row["branch_id"] != ctx.actor.branch_id and ctx.actor.scope(Permission.STOCK_MOVE_RESERVE) is not Scope.ALL:
        raise not_found("Резерв")


def move(ctx: Ctx, reservation_id: int, body: MoveReserveBody) -> ReserveMoved:
    """Gives the goods of a reserve to another document that lacks them; raises INVALID for more than either has."""
    peeked = ctx.sql.get("SELECT document_id, branch_id FROM reservation WHERE id = %s", (reservation_id,),
                         what="Резерв")
    _demand(ctx, peeked)
    papers = {row["id"]: row for row in ctx.sql.all(_DOCUMENTS, ([peeked["document_id"], body.document_id],))}
    reserve = ctx.sql.get(_RESERVE, (reservation_id,))
    target = papers.get(body.document_id)
    if target is None or not reaches(ctx.actor, f"{target['kind']}.view", target):
        raise not_found("Документ")
    _check(reserve, target, body)
    lines, quantities = _shared(ctx, reserve, target, body.quantity)
    moved = sum(quantities, Decimal(0))
    ctx.sql.run(_TAKE, {"id": reservation_id, "moved": moved})
    failpoint("reserving.after_taking")
    made = ctx.sql.value(_GIVE, {
        "document": target["id"], "product": reserve["product_id"], "place": reserve["place_id"], "lines": lines,
        "quantities": quantities, "branch": target["branch_id"],
        "person": target["responsible_id"] or ctx.actor.employee_id,
        "until": max(day for day in (target["due_date"], reserve["until"], default_term(ctx)) if day)})
    failpoint("reserving.after_rows")
    refresh_reserved(ctx, sorted(papers))
    _tell(ctx, reserve, papers.get(reserve["document_id"] or 0), target, moved, body.reason)
    return ReserveMoved(reservation_id=made, quantity=moved)


def _check(reserve: Mapping[str, Any], target: Mapping[str, Any], body: MoveReserveBody) -> None:
    if reserve["version"] != body.version:
        raise stale()
    if reserve["state"] != "active":
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "Резерв уже закрыт", "Обновите список резервов.")
    kind = kind_of(target["kind"])
    if reserve["document_id"] == target["id"]:
        raise invalid({"document_id": "Резерв и так за этим документом: выберите другой"})
    if not target["holds"]:
        raise invalid({"document_id": f"{kind.named(target['number'])}: "
                       f"«{kind.workflow.state(target['state']).title}», резерва такой документ не держит"})
    if target["place_id"] != reserve["place_id"]:
        raise invalid({"document_id": f"{kind.named(target['number'])} отгружается с другого склада"})


def _shared(ctx: Ctx, reserve: Mapping[str, Any], target: Mapping[str, Any],
            asked: Decimal | None) -> tuple[list[int], list[Decimal]]:
    """Which lines of the target get how much."""
    lacks = [row for row in ctx.sql.all(_LACKS, (target["id"], reserve["product_id"])) if row["wanted"] > 0]
    rest, wanted = reserve["quantity"] - reserve["used"], sum((row["wanted"] for row in lacks), Decimal(0))
    if not lacks:
        raise invalid({"document_id": f"{kind_of(target['kind']).named(target['number'])}: этот товар там не нужен"
                       " или уже весь в резерве"})
    if asked is not None and asked > rest:
        raise invalid({"quantity": f"Резерв держит только {plain(rest)}"})
    if asked is not None and asked > wanted:
        raise invalid({"quantity": f"Там не хватает только {plain(wanted)}"})
    left = min(rest, wanted) if asked is None else asked
    quantities: list[Decimal] = []
    for row in lacks:
        quantities.append(min(left, row["wanted"]))
        left -= quantities[-1]
    given = [(row["id"], quantity) for row, quantity in zip(lacks, quantities, strict=True) if quantity > 0]
    return [line for line, _ in given], [quantity for _, quantity in given]


def _tell(ctx: Ctx, reserve: Mapping[str, Any], source: Mapping[str, Any] | None, target: Mapping[str, Any],
          moved: Decimal, reason: str) -> None:
    """Both documents, the journal and whoever looks at them now."""
    goods = f"«{reserve['name']}» — {plain(moved)}"
    to = kind_of(target["kind"]).named(target["number"])
    giver = kind_of(source["kind"]).named(source["number"]) if source else reserve["note"] or "резерв без документа"
    ctx.sql.insert("reservation_move", {
        "reservation_id": reserve["id"], "product_id": reserve["product_id"],
        "from_document_id": reserve["document_id"], "to_document_id": target["id"], "quantity": moved,
        "employee_id": ctx.actor.employee_id or None, "reason": reason})
    said: Sequence[tuple[Mapping[str, Any] | None, str]] = (
        (source, f"Резерв передан, {to}: {goods}. Причина: {reason}"),
        (target, f"Получен резерв, {giver}: {goods}. Причина: {reason}"))
    for paper, text in said:
        if paper is not None:
            ctx.sql.run(_TOLD, (paper["id"], text, ctx.actor.employee_id or None))
            ctx.audit("action", paper["kind"], paper["id"], f"{paper['number']}: {text.partition(',')[0]}",
                      after={"product": reserve["name"], "quantity": moved, "from": giver, "to": to}, reason=reason,
                      branch_id=paper["branch_id"])
            ctx.changed(paper["kind"], [paper["id"]], paper["branch_id"])
    ctx.audit("action", "reservation", reserve["id"], "Передан резерв", reason=reason,
              after={"quantity": moved, "from": giver, "to": to}, branch_id=reserve["branch_id"])
    ctx.changed("stock", [reserve["product_id"]], reserve["branch_id"])
