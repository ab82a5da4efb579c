"""Counts of a stocktaking as they come: from terminals, scanners and the desk, many at once.

A count is exact because the balance is read under its lock: each move of the goods is wholly before the count, and in
the balance that it is compared with, or wholly after it, and stays in force when the difference is posted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb
from pydantic_core import to_json

from crm_contract.base import Created
from crm_contract.errors import ErrorCode
from crm_contract.stocktaking import CountBody, CountLine, CountsBody, PricesBody
from crm_contract.totals import plain
from crm_server.documents.scope import reaches
from crm_server.documents.service import lock_document
from crm_server.kit.actor import forbidden
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid, not_found, stale
from crm_server.kit.failpoints import failpoint
from crm_server.stock.stocktaking_queries import INSIDE, count_lines, counted_place

Key = tuple[int, int, int]

# Counters of one document do not wait for each other here, an action of its workflow waits for all of them.
_DOCUMENT = "SELECT * FROM document d WHERE d.id = %s AND d.kind = 'stocktaking' FOR SHARE OF d"

_WRONG = """
WITH {inside}
SELECT k.n, k.place_id NOT IN (SELECT id FROM inside) AS place,
       p.id IS NULL AS product, (p.tracking = 'none') <> (k.lot_id = 0) OR k.lot_id <> 0 AND t.id IS NULL AS lot
FROM unnest(%(places)s::int8[], %(products)s::int8[], %(lots)s::int8[]) WITH ORDINALITY
    AS k(place_id, product_id, lot_id, n)
LEFT JOIN product p ON p.id = k.product_id AND p.kind IN ('goods', 'kit')
LEFT JOIN lot t ON (t.id, t.product_id) = (k.lot_id, k.product_id)
WHERE k.place_id NOT IN (SELECT id FROM inside) OR p.id IS NULL
   OR (p.tracking = 'none') <> (k.lot_id = 0) OR k.lot_id <> 0 AND t.id IS NULL
ORDER BY k.n
""".replace("{inside}", INSIDE)
_LOCK = "SELECT * FROM stock_lock_keys(%s::int8[], %s::int8[], %s::int8[])"
_LINES = """
SELECT l.*, (SELECT array_agg(DISTINCT c.employee_id) FROM stocktaking_count c
             WHERE c.line_id = l.id AND c.pass = 1 AND l.another AND l.wanted = 2) AS first_counters
FROM stocktaking_line l
JOIN unnest(%s::int8[], %s::int8[], %s::int8[]) AS k(place_id, product_id, lot_id) USING (place_id, product_id, lot_id)
WHERE l.document_id = %s
"""
_WRITE = """
WITH sent AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s) AS t (place_id int8, product_id int8, lot_id int8, pass int2,
        counted numeric, first_counted numeric, booked numeric, disturbed bool, adds bool, quantity numeric)),
kept AS (
    INSERT INTO stocktaking_line AS l (document_id, place_id, product_id, lot_id, listed, pass, wanted, counted,
        first_counted, booked, disturbed, counted_at, employee_id)
    SELECT %(id)s, place_id, product_id, lot_id, false, pass, pass, counted, first_counted, booked, disturbed, %(now)s,
        %(employee)s
    FROM sent ORDER BY place_id, product_id, lot_id
    ON CONFLICT (document_id, place_id, product_id, lot_id) DO UPDATE SET
        (pass, wanted, counted, first_counted, booked, disturbed, counted_at, employee_id) = (
            excluded.pass, greatest(l.wanted, excluded.pass), excluded.counted, excluded.first_counted,
            excluded.booked, excluded.disturbed, excluded.counted_at, excluded.employee_id)
    RETURNING l.id, l.place_id, l.product_id, l.lot_id)
INSERT INTO stocktaking_count (line_id, pass, adds, quantity, counted, booked, at, employee_id)
SELECT k.id, s.pass, s.adds, s.quantity, s.counted, s.booked, %(now)s, %(employee)s
FROM kept k JOIN sent s USING (place_id, product_id, lot_id) ORDER BY k.id RETURNING line_id
"""


@dataclass
class _Asked:
    """The counts of one product on one place that came together: what is there, or what is there beside the rest."""

    quantity: Decimal
    adds: bool
    n: int  # of the first of them, for errors

    def take(self, count: CountBody) -> None:
        if count.adds:
            self.quantity += count.quantity
        else:
            self.quantity, self.adds = count.quantity, False


def record(ctx: Ctx, body: CountsBody) -> list[CountLine]:
    """Takes counts of a stocktaking that is under way; answers their lines.

    Raises INVALID for a wrong place or product, NOT_ALLOWED_NOW when it is not being counted or when a second count
    is another person's.
    """
    document = _document(ctx, body.document_id)
    asked: dict[Key, _Asked] = {}
    for n, count in enumerate(body.counts):
        key = (count.place_id, count.product_id, count.lot_id)
        if key in asked:
            asked[key].take(count)
        else:
            asked[key] = _Asked(count.quantity, count.adds, n)
    _demand_known(ctx, document, body.counts)
    lines = _write(ctx, document, asked)
    ctx.audit("action", "stocktaking", document["id"], f"{document['number']}: посчитано", after={"lines": len(asked)},
              branch_id=document["branch_id"])
    ctx.changed("stocktaking", [document["id"]], document["branch_id"])
    return count_lines(ctx, document, line_ids=lines)


def count_missing(ctx: Ctx, document: Mapping[str, Any]) -> None:
    """Counts what nobody has found as none."""
    rows = ctx.sql.all("SELECT place_id, product_id, lot_id FROM stocktaking_line WHERE document_id = %s AND pass = 0",
                       (document["id"],))
    if rows:
        _write(ctx, document, {(r["place_id"], r["product_id"], r["lot_id"]): _Asked(Decimal(0), adds=False, n=0)
                               for r in rows})


def set_prices(ctx: Ctx, document_id: int, body: PricesBody) -> Created:
    """The prices at which surpluses come, of a stocktaking that is not posted yet."""
    row = lock_document(ctx, document_id, "view")
    if row["kind"] != "stocktaking":
        raise not_found("Инвентаризация")
    if not reaches(ctx.actor, "stocktaking.approve", row):
        raise forbidden("stocktaking.approve")
    if row["version"] != body.version:
        raise stale()
    if row["accounting"] != "draft":
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{row['number']} уже проведена или аннулирована",
                      "Цены излишков меняют до проведения.")
    changed = ctx.sql.run(
        "UPDATE stocktaking_line l SET price = t.price FROM jsonb_to_recordset(%s) AS t (line_id int8, price numeric)"
        " WHERE l.id = t.line_id AND l.document_id = %s",
        (Jsonb([p.model_dump(mode="json") for p in body.prices], dumps=to_json), document_id))
    if changed != len({price.line_id for price in body.prices}):
        raise not_found("Строка")
    version = ctx.sql.update("document", document_id, {"updated_at": ctx.now}, version=body.version)
    ctx.audit("update", "stocktaking", document_id, f"{row['number']}: цены излишков",
              after={str(p.line_id): p.price for p in body.prices})
    ctx.changed("stocktaking", [document_id], row["branch_id"])
    return Created(id=document_id, version=version)


def _document(ctx: Ctx, document_id: int) -> Mapping[str, Any]:
    row = ctx.sql.get(_DOCUMENT, (document_id,), what="Инвентаризация")
    if not reaches(ctx.actor, "stocktaking.view", row):
        raise not_found("Инвентаризация")
    if not reaches(ctx.actor, "stocktaking.edit", row):
        raise forbidden("stocktaking.edit")
    if row["state"] not in ("counting", "checking"):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"По {row['number']} сейчас не считают",
                      "Начните подсчёт или верните документ к подсчёту.")
    return row


def _demand_known(ctx: Ctx, document: Mapping[str, Any], counts: Sequence[CountBody]) -> None:
    wrong = ctx.sql.all(_WRONG, {"place": counted_place(ctx, document), "places": [c.place_id for c in counts],
                                 "products": [c.product_id for c in counts], "lots": [c.lot_id for c in counts]})
    errors = {f"counts.{w['n'] - 1}.place_id": "Это место не входит в инвентаризацию" for w in wrong if w["place"]}
    errors |= {f"counts.{w['n'] - 1}.product_id": "Такого товара нет" for w in wrong if w["product"]}
    errors |= {f"counts.{w['n'] - 1}.lot_id": "Товар считают по номерам: сканируйте серийный номер или партию"
               for w in wrong if w["lot"]}
    if errors:
        raise invalid(errors, f"Посчитать нельзя: {next(iter(errors.values())).lower()}")


def _write(ctx: Ctx, document: Mapping[str, Any], asked: Mapping[Key, _Asked]) -> list[int]:
    """Locks the balances in key order, then the lines are nobody else's: a line belongs to one balance."""
    keys = [list(part) for part in zip(*sorted(asked), strict=True)]
    booked = {_key(row): row["on_hand"] for row in ctx.sql.all(_LOCK, keys)}
    failpoint("counting.after_lock")
    lines = {_key(row): row for row in ctx.sql.all(_LINES, [*keys, document["id"]])}
    rows = [_counted(ctx, document, key, one, lines.get(key), booked[key]) for key, one in sorted(asked.items())]
    written = ctx.sql.all(_WRITE, {
        "rows": Jsonb(rows, dumps=to_json), "id": document["id"], "now": ctx.now,
        "employee": ctx.actor.employee_id or None})
    failpoint("counting.after_rows")
    return [row["line_id"] for row in written]


def _counted(ctx: Ctx, document: Mapping[str, Any], key: Key, asked: _Asked, line: Mapping[str, Any] | None,
             booked: Decimal) -> dict[str, Any]:
    """What the line becomes. A pass begins at nothing; within it a scan adds and a typed quantity replaces."""
    number = max(line["wanted"], line["pass"]) if line else 1
    goes_on = line is not None and line["pass"] == number
    if document["state"] == "checking" and (line is None or (goes_on and number < 2)):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"Подсчёт по {document['number']} закончен, повторный здесь не нужен",
                      "Верните документ к подсчёту действием «Пересчитать расхождения».")
    if line and number == 2 and line["another"] and ctx.actor.employee_id in (line["first_counters"] or ()):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "Расхождение велико: второй раз должен посчитать другой человек",
                      "Позовите второго счётчика: он входит под своим именем.")
    before = line["counted"] if line and goes_on else Decimal(0)
    counted = before + asked.quantity if asked.adds else asked.quantity
    if counted < 0:
        raise invalid({f"counts.{asked.n}.quantity": f"Посчитано {plain(before)}: меньше нуля не бывает"})
    moved = bool(line and goes_on and (line["disturbed"] or line["booked"] != booked))
    first = line["counted"] if line and not goes_on and number > 1 else line["first_counted"] if line else None
    return {"place_id": key[0], "product_id": key[1], "lot_id": key[2], "pass": number, "counted": counted,
            "first_counted": first, "booked": booked, "disturbed": asked.adds and moved, "adds": asked.adds,
            "quantity": asked.quantity}


def _key(row: Mapping[str, Any]) -> Key:
    return row["place_id"], row["product_id"], row["lot_id"]
