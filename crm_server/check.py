"""`crm-server check`: everything that the database keeps twice must agree, and history must be what was sealed.

Each rule is one set-based statement that answers the first row that differs, in words.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql as pgsql

from crm_contract.documents import KINDS
from crm_contract.kinds import Totals
from crm_server.audit.sealing import Head
from crm_server.audit.verifying import count_unsealed, verify
from crm_server.kit.sql import Sql


@dataclass(frozen=True, slots=True)
class Difference:
    """The first row that breaks a rule: where it is, in words, and what is wrong with it."""

    rule: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}: {self.what}"


#: How a balance `q` and a document `d` are called in a message.
_BALANCE = pgsql.SQL(
    "format('%s, %s', (SELECT concat_ws(' ', nullif(sku, ''), name) FROM product WHERE id = q.product_id),"
    " (SELECT name FROM place WHERE id = q.place_id))")
_DOCUMENT = pgsql.SQL(
    "format('%s %s от %s (id %s)', {}::jsonb ->> d.kind, d.number, to_char(d.date, 'DD.MM.YYYY'), d.id)")

_LEDGER = """
SELECT {balance} AS at,
       format('по движениям %s на %s ₽, в остатках %s на %s ₽', moved, cost, on_hand, value) AS what
FROM (
    SELECT place_id, product_id, sum(moved) AS moved, sum(cost) AS cost, sum(on_hand) AS on_hand, sum(value) AS value
    FROM (
        SELECT m.to_place_id AS place_id, product_id, quantity AS moved, cost, 0 AS on_hand, 0 AS value
        FROM stock_move m
        UNION ALL SELECT from_place_id, product_id, -quantity, -cost, 0, 0 FROM stock_move
        UNION ALL SELECT place_id, product_id, 0, 0, on_hand, value FROM stock_balance) u
    WHERE place_id IN (SELECT id FROM place WHERE "inner")
    GROUP BY place_id, product_id
    HAVING sum(moved) <> sum(on_hand) OR sum(cost) <> sum(value)) q
ORDER BY place_id, product_id LIMIT 1
"""

_LOTS = """
SELECT {balance} || format(', № %s', (SELECT code FROM lot WHERE id = q.lot_id)) AS at,
       format('по движениям %s, в остатках %s', moved, on_hand) AS what
FROM (
    SELECT place_id, product_id, lot_id, sum(moved) AS moved, sum(on_hand) AS on_hand FROM (
        SELECT to_place_id AS place_id, product_id, lot_id, quantity AS moved, 0 AS on_hand FROM stock_move
        WHERE lot_id <> 0
        UNION ALL SELECT from_place_id, product_id, lot_id, -quantity, 0 FROM stock_move WHERE lot_id <> 0
        UNION ALL SELECT place_id, product_id, lot_id, 0, on_hand FROM lot_balance) u
    WHERE place_id IN (SELECT id FROM place WHERE "inner")
    GROUP BY place_id, product_id, lot_id HAVING sum(moved) <> sum(on_hand)) q
ORDER BY place_id, lot_id LIMIT 1
"""

_UNNAMED = """
SELECT {balance} AS at, format('в остатке %s, по номерам и партиям %s', on_hand, named) AS what
FROM (
    SELECT b.place_id, b.product_id, b.on_hand, coalesce(sum(l.on_hand), 0) AS named FROM stock_balance b
    JOIN product p ON p.id = b.product_id AND p.tracking <> 'none' LEFT JOIN lot_balance l USING (place_id, product_id)
    GROUP BY b.place_id, b.product_id, b.on_hand HAVING b.on_hand <> coalesce(sum(l.on_hand), 0)) q
ORDER BY place_id, product_id LIMIT 1
"""

# What lies in zones and bins, by the moves that name them; what the balances of their warehouses say of it.
_BINS = """
SELECT {balance} AS at, format('по движениям %s, в ячейке %s', moved, on_hand) AS what
FROM (
    SELECT place_id, product_id, sum(moved) AS moved, sum(on_hand) AS on_hand FROM (
        SELECT to_bin_id AS place_id, product_id, lot_id, quantity AS moved, 0 AS on_hand FROM stock_move
        WHERE to_bin_id IS NOT NULL
        UNION ALL SELECT from_bin_id, product_id, lot_id, -quantity, 0 FROM stock_move WHERE from_bin_id IS NOT NULL
        UNION ALL SELECT place_id, product_id, lot_id, 0, on_hand FROM bin_balance) u
    GROUP BY place_id, product_id, lot_id HAVING sum(moved) <> sum(on_hand)) q
ORDER BY place_id, product_id LIMIT 1
"""

_PLACED = """
SELECT {balance} AS at, format('в ячейках %s, в остатках %s', lies, placed) AS what
FROM (
    SELECT place_id, product_id, sum(lies) AS lies, sum(placed) AS placed FROM (
        SELECT p.keeper_id AS place_id, b.product_id, b.lot_id, b.on_hand AS lies, 0 AS placed
        FROM bin_balance b JOIN place p ON p.id = b.place_id
        UNION ALL SELECT b.place_id, b.product_id, 0, 0, b.placed FROM stock_balance b
        UNION ALL SELECT place_id, product_id, lot_id, 0, placed FROM lot_balance
        UNION ALL SELECT keeper_id, product_id, 0, on_hand, 0 FROM bin_balance WHERE lot_id <> 0) u
    GROUP BY place_id, product_id, lot_id HAVING sum(lies) <> sum(placed)) q
ORDER BY place_id, product_id LIMIT 1
"""

_RESERVED = """
SELECT {balance} AS at, format('по резервам %s, в остатках %s', held, reserved) AS what
FROM (
    SELECT place_id, product_id, sum(held) AS held, sum(reserved) AS reserved FROM (
        SELECT place_id, product_id, quantity - used AS held, 0 AS reserved FROM reservation WHERE state = 'active'
        UNION ALL SELECT place_id, product_id, 0, reserved FROM stock_balance) u
    GROUP BY place_id, product_id HAVING sum(held) <> sum(reserved)) q
ORDER BY place_id, product_id LIMIT 1
"""

_NEGATIVE = """
SELECT {balance} AS at, format('остаток %s, резерв %s', on_hand, reserved) AS what
FROM stock_balance q WHERE on_hand < 0 OR reserved < 0 OR reserved > on_hand
ORDER BY place_id, product_id LIMIT 1
"""

_WORTHLESS = """
SELECT {balance} AS at, format('остаток %s на %s ₽', on_hand, value) AS what
FROM stock_balance q WHERE value < 0 OR on_hand = 0 AND value <> 0
ORDER BY place_id, product_id LIMIT 1
"""

# Money that was found out later goes the way of its move, and back with it.
_ADJUSTED = """
SELECT {balance} AS at, format('движение %s от %s: %s', id, to_char(at_day, 'DD.MM.YYYY'), what) AS what
FROM (
    SELECT o.id, o.product_id, o.to_place_id AS place_id, o.at AS at_day,
           CASE WHEN astray THEN 'корректировка идёт другим путём'
                ELSE format('отменено, а корректировки на %s ₽ остались', rest) END AS what
    FROM (
        SELECT a.adjusts_id, bool_or((a.product_id, a.lot_id) <> (o.product_id, o.lot_id) OR NOT (
                   (a.from_place_id, a.to_place_id) = (o.from_place_id, o.to_place_id)
                   OR (a.to_place_id, a.from_place_id) = (o.from_place_id, o.to_place_id))) AS astray,
               sum(CASE WHEN a.from_place_id = o.from_place_id THEN a.cost ELSE -a.cost END) AS rest
        FROM stock_move a JOIN stock_move o ON o.id = a.adjusts_id GROUP BY a.adjusts_id) k
    JOIN stock_move o ON o.id = k.adjusts_id
    WHERE astray OR rest <> 0 AND EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = o.id)) q
ORDER BY id LIMIT 1
"""

# The day of the latest move, by which a document is dated back. What is put elsewhere inside of a place is none.
_LATEST = """
SELECT {balance} AS at, format('по движениям %s, в остатке %s', coalesce(to_char(moved, 'DD.MM.YYYY'), '—'),
       coalesce(to_char(last_at, 'DD.MM.YYYY'), '—')) AS what
FROM (
    SELECT place_id, product_id, max(moved) AS moved, max(last_at) AS last_at FROM (
        SELECT to_place_id AS place_id, product_id, at AS moved, NULL::date AS last_at, false AS kept FROM stock_move
        WHERE reverses_id IS NULL AND adjusts_id IS NULL AND from_place_id <> to_place_id
        UNION ALL SELECT from_place_id, product_id, at, NULL, false FROM stock_move
        WHERE reverses_id IS NULL AND adjusts_id IS NULL AND from_place_id <> to_place_id
        UNION ALL SELECT place_id, product_id, NULL, last_at, true FROM stock_balance) u
    GROUP BY place_id, product_id HAVING bool_or(kept) AND max(moved) IS DISTINCT FROM max(last_at)) q
ORDER BY place_id, product_id LIMIT 1
"""

# From one closed period of a place to the next its snapshot changes by the moves between.
_SNAPSHOTS = """
WITH period AS (
    SELECT place_id, until, lag(until, 1, '-infinity'::date) OVER (PARTITION BY place_id ORDER BY until) AS after
    FROM stock_period),
wrong AS (
    SELECT place_id, product_id, lot_id, until, sum(on_hand) AS on_hand, sum(value) AS value,
           sum(moved) AS moved, sum(cost) AS cost
    FROM (
        SELECT s.place_id, product_id, lot_id, until, on_hand, value, 0 AS moved, 0 AS cost FROM stock_snapshot s
        UNION ALL
        SELECT p.place_id, s.product_id, s.lot_id, p.until, 0, 0, s.on_hand, s.value
        FROM period p JOIN stock_snapshot s ON s.place_id = p.place_id AND s.until = p.after
        UNION ALL
        SELECT p.place_id, m.product_id, m.lot_id, p.until, 0, 0, m.quantity, m.cost
        FROM period p JOIN stock_move m ON m.to_place_id = p.place_id AND m.at > p.after AND m.at <= p.until
        UNION ALL
        SELECT p.place_id, m.product_id, m.lot_id, p.until, 0, 0, -m.quantity, -m.cost
        FROM period p JOIN stock_move m ON m.from_place_id = p.place_id AND m.at > p.after AND m.at <= p.until) u
    GROUP BY place_id, product_id, lot_id, until HAVING sum(on_hand) <> sum(moved) OR sum(value) <> sum(cost))
SELECT {balance} AS at, format('на %s по движениям %s на %s ₽, в закрытом периоде %s на %s ₽',
       to_char(until, 'DD.MM.YYYY'), moved, cost, on_hand, value) AS what
FROM wrong q ORDER BY until, place_id, product_id, lot_id LIMIT 1
"""

_CLOSED = """
SELECT (SELECT name FROM place p WHERE p.id = place_id) AS at, format('закрыто по %s, последний закрытый период по %s',
       coalesce(to_char(closed_until, 'DD.MM.YYYY'), '—'), coalesce(to_char(until, 'DD.MM.YYYY'), '—')) AS what
FROM (SELECT place_id, max(until) AS until FROM stock_period GROUP BY place_id) q
FULL JOIN stock_period_lock l USING (place_id) WHERE until IS DISTINCT FROM closed_until ORDER BY place_id LIMIT 1
"""

_CUSTODY = """
SELECT {balance} AS at, format('за сотрудником по документам %s, в остатках %s; ушло по документам на %s больше или'
       ' меньше, чем отмечено', held, on_hand, loose) AS what
FROM (
    SELECT place_id, product_id, sum(held) AS held, sum(on_hand) AS on_hand, sum(loose) AS loose FROM (
        SELECT i.place_id, i.product_id, i.rest AS held, 0 AS on_hand, i.quantity - i.rest
               - coalesce((SELECT sum(u.quantity) FROM custody_use u WHERE u.item_id = i.id), 0) AS loose
        FROM custody_item i
        UNION ALL SELECT b.place_id, b.product_id, 0, b.on_hand, 0
        FROM stock_balance b JOIN place p ON p.id = b.place_id AND p.kind = 'employee') u
    GROUP BY place_id, product_id HAVING sum(held) <> sum(on_hand) OR bool_or(loose <> 0)) q
ORDER BY place_id, product_id LIMIT 1
"""

# From one mark to the next come and gone grow by the moves between.
_MARKS = """
WITH day AS (SELECT day, lag(day, 1, '-infinity'::date) OVER (ORDER BY day) AS after FROM stock_mark_day)
SELECT {balance} AS at, format('на %s по движениям пришло %s, ушло %s на %s ₽, в итогах %s, %s на %s ₽',
       to_char(day, 'DD.MM.YYYY'), came, went, value, marked_came, marked_went, marked_value) AS what
FROM (
    SELECT day, place_id, product_id, sum(came) AS came, sum(went) AS went, sum(value) AS value,
           sum(k_came) AS marked_came, sum(k_went) AS marked_went, sum(k_value) AS marked_value
    FROM (
        SELECT k.day, place_id, product_id, 0 AS came, 0 AS went, 0 AS value, 0 AS issued, k.came AS k_came,
               k.went AS k_went, came_value - went_value AS k_value, k.issued AS k_issued FROM stock_mark k
        UNION ALL
        SELECT d.day, place_id, product_id, 0, 0, 0, 0, -k.came, -k.went, went_value - came_value, -k.issued
        FROM day d JOIN stock_mark k ON k.day = d.after
        UNION ALL
        SELECT d.day, s.place_id, s.product_id, s.came, s.went, s.came_value - s.went_value, s.issued, 0, 0, 0, 0
        FROM day d CROSS JOIN LATERAL (SELECT * FROM stock_side s WHERE s.at > d.after AND s.at <= d.day) s) u
    GROUP BY day, place_id, product_id
    HAVING (sum(came), sum(went), sum(value), sum(issued)) <> (sum(k_came), sum(k_went), sum(k_value), sum(k_issued))) q
ORDER BY day, place_id, product_id LIMIT 1
"""

# A posted stocktaking has moved what its lines differ by, another has moved nothing.
_COUNTED = """
SELECT {document} AS at, format('%s: расхождение %s, движений на %s', p.name, q.difference, q.moved) AS what
FROM (
    SELECT id, place_id, product_id, lot_id, sum(difference) AS difference, sum(moved) AS moved FROM (
        SELECT d.id, l.place_id, l.product_id, l.lot_id, coalesce(l.difference, 0) AS difference, 0 AS moved
        FROM stocktaking_line l JOIN document d ON d.id = l.document_id AND d.accounting = 'posted'
        UNION ALL
        SELECT d.id, w.id, m.product_id, m.lot_id, 0,
               CASE WHEN m.to_place_id = w.id THEN m.quantity ELSE -m.quantity END
        FROM document d JOIN stock_move m ON m.document_id = d.id
        JOIN place w ON w.id IN (m.from_place_id, m.to_place_id) AND w."inner"
        WHERE d.kind = 'stocktaking') u
    GROUP BY id, place_id, product_id, lot_id HAVING sum(difference) <> sum(moved)) q
JOIN document d ON d.id = q.id JOIN product p ON p.id = q.product_id
ORDER BY d.id, p.id LIMIT 1
"""

_TOTALS = """
SELECT {document} AS at, format('в документе %s + НДС %s = %s, по строкам %s + НДС %s = %s', d.net, d.vat,
       d.gross, coalesce(l.net, 0), coalesce(l.vat, 0), coalesce(l.gross, 0)) AS what
FROM document d
LEFT JOIN (SELECT document_id, sum(net) AS net, sum(vat) AS vat, sum(gross) AS gross FROM document_line GROUP BY 1) l
    ON l.document_id = d.id
WHERE d.kind = ANY({summed}::text[])
  AND (d.net, d.vat, d.gross) <> (coalesce(l.net, 0), coalesce(l.vat, 0), coalesce(l.gross, 0))
ORDER BY d.id LIMIT 1
"""

_PAID = """
SELECT {document} AS at, format('в документе %s, по разнесению %s', d.paid, coalesce(a.amount, 0)) AS what
FROM document d
LEFT JOIN (
    SELECT id, sum(amount) AS amount FROM (
        SELECT invoice_id AS id, amount FROM payment_allocation
        UNION ALL SELECT payment_id, amount FROM payment_allocation) u GROUP BY id) a ON a.id = d.id
WHERE d.paid <> coalesce(a.amount, 0)
ORDER BY d.id LIMIT 1
"""

# The differing rows stand apart: with LIMIT 1 beside the aggregates the planner walks the documents one by one.
# The shares that lists show: goods of posted issues, and goods held or used up by reservations, of the goods ordered.
_SHARES = """
WITH RECURSIVE goods AS (
    SELECT l.id, l.document_id, l.basis_line_id, l.quantity FROM document_line l
    JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')),
ordered AS (SELECT document_id AS id, sum(quantity) AS quantity FROM goods GROUP BY 1),
issued AS (
    SELECT g.basis_line_id AS line, g.quantity FROM goods g
    JOIN document x ON x.id = g.document_id AND x.kind = 'issue' AND x.accounting = 'posted'
    WHERE g.basis_line_id IS NOT NULL
    UNION ALL SELECT o.basis_line_id, i.quantity FROM issued i JOIN document_line o ON o.id = i.line
    WHERE o.basis_line_id IS NOT NULL),
shipped AS (
    SELECT o.document_id AS id, sum(i.quantity) AS quantity FROM issued i JOIN document_line o ON o.id = i.line
    JOIN document d ON d.id = o.document_id AND d.kind = ANY({shipped}::text[]) GROUP BY 1),
held AS (
    SELECT document_id AS id, sum(quantity) AS quantity FROM reservation
    WHERE document_id IS NOT NULL AND state IN ('active', 'used') GROUP BY 1),
facts AS (
    SELECT o.id, round(least(1, coalesce(s.quantity, 0) / o.quantity), 4) AS shipped,
           round(least(1, coalesce(h.quantity, 0) / o.quantity), 4) AS reserved
    FROM ordered o LEFT JOIN shipped s ON s.id = o.id LEFT JOIN held h ON h.id = o.id),
wrong AS MATERIALIZED (
    SELECT d.id, coalesce(f.shipped, 0) AS shipped, coalesce(f.reserved, 0) AS reserved
    FROM document d LEFT JOIN facts f ON f.id = d.id
    WHERE (d.shipped, d.reserved) <> (coalesce(f.shipped, 0), coalesce(f.reserved, 0)))
SELECT {document} AS at, format('в документе отгружено %s, в резерве %s; по накладным и резервам %s и %s', d.shipped,
       d.reserved, f.shipped, f.reserved) AS what
FROM wrong f JOIN document d ON d.id = f.id
ORDER BY d.id LIMIT 1
"""

# What posted receipts took of the goods that were ordered; an order of services alone has nothing to wait for.
_RECEIVED = """
WITH goods AS (
    SELECT l.id, l.document_id, l.quantity, d.accounting FROM document d JOIN document_line l ON l.document_id = d.id
    JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit') WHERE d.kind = 'purchase_order'),
facts AS (
    SELECT g.document_id AS id, round(least(1, sum(coalesce(c.quantity, 0)) / sum(g.quantity)), 4) AS received
    FROM goods g LEFT JOIN LATERAL (
        SELECT sum(c.quantity) AS quantity FROM document_line c JOIN document x ON x.id = c.document_id
        WHERE c.basis_line_id = g.id AND x.kind = 'receipt' AND x.accounting = 'posted') c ON true GROUP BY 1)
SELECT {document} AS at, format('в документе принято %s, по приходным ордерам %s', d.received, f.received) AS what
FROM document d LEFT JOIN facts f ON f.id = d.id
WHERE d.kind = 'purchase_order' AND d.received <> coalesce(f.received, d.received) OR
    d.kind <> 'purchase_order' AND d.received <> 0
ORDER BY d.id LIMIT 1
"""

# A gapless series counts from 1 without holes up to the last number that it gave out. Its place are the digits at the
# end: what stands before them is the branch's own and may change (number_format).
_NUMBERS = """
WITH kinds AS (SELECT * FROM unnest({kinds}::text[], {series}::text[]) AS k(kind, series)),
used AS (
    SELECT k.series, d.branch_id, d.year, d.number, substring(d.number from '[0-9]{{1,18}}$')::bigint AS n
    FROM document d JOIN kinds k ON k.kind = d.kind),
steps AS (
    SELECT series, branch_id, year, number, n,
           lag(n, 1, 0::bigint) OVER (PARTITION BY series, branch_id, year ORDER BY n) AS before FROM used),
holes AS (
    SELECT series, branch_id, year, CASE WHEN n IS NULL THEN format('номер %s не из нумератора', number)
           WHEN n = before THEN format('номер %s выдан дважды', number)
           ELSE format('после %s сразу %s', before, n) END AS what
    FROM steps WHERE n IS DISTINCT FROM before + 1
    UNION ALL
    SELECT s.series, s.branch_id, s.year, format('выдан номер %s, последний документ %s', s.last, coalesce(u.n, 0))
    FROM number_series s LEFT JOIN (SELECT series, branch_id, year, max(n) AS n FROM used GROUP BY 1, 2, 3) u
        USING (series, branch_id, year)
    WHERE s.last <> coalesce(u.n, 0))
SELECT format('%s, %s, %s год', {titles}::jsonb ->> h.series, (SELECT title FROM branch WHERE id = h.branch_id), h.year)
       AS at, h.what
FROM holes h ORDER BY h.series, h.branch_id, h.year LIMIT 1
"""


#: Rule and its statement, in the order of the report.
_RULES = (
    ("Остаток не равен сумме движений", _LEDGER),
    ("Остаток номера или партии не равен движениям", _LOTS),
    ("Товар с номерами лежит без номеров", _UNNAMED),
    ("Товар в ячейке не равен движениям", _BINS),
    ("Товар в ячейках склада не равен разложенному по остаткам", _PLACED),
    ("Резерв в остатках не равен действующим резервам", _RESERVED),
    ("Отрицательный остаток или резерв больше остатка", _NEGATIVE),
    ("Стоимость остатка без товара или отрицательная", _WORTHLESS),
    ("Корректировка себестоимости не у своего движения", _ADJUSTED),
    ("Последний день остатка не равен движениям", _LATEST),
    ("Остаток закрытого периода не равен сумме движений", _SNAPSHOTS),
    ("Склад закрыт не по свой последний закрытый период", _CLOSED),
    ("Итоги месяца не равны сумме движений", _MARKS),
    ("Подотчёт по документам не равен остатку сотрудника", _CUSTODY),
    ("Движения инвентаризации не равны её расхождениям", _COUNTED),
    ("Сумма документа не равна сумме строк", _TOTALS),
    ("Оплата документа не равна разнесённым суммам", _PAID),
    ("Доля отгрузки или резерва не равна накладным и резервам", _SHARES),
    ("Доля приёмки не равна приходным ордерам", _RECEIVED),
    ("Нумерация с пропуском", _NUMBERS),
)
_HISTORY = "История изменена"


def check(sql: Sql, head: Head | None = None) -> list[Difference]:
    """The first difference of each rule; an empty list when everything agrees.

    `head` is the end of the chain of seals that was noted outside of the database. Run it in a REPEATABLE READ
    transaction when others work: all rules then see one moment.
    """
    return [*_compare(sql), *(Difference(_HISTORY, where, what) for where, what in verify(sql, head))]


def _compare(sql: Sql) -> Iterator[Difference]:
    names = _names()
    for rule, statement in _RULES:
        row = sql.one(pgsql.SQL(statement).format(**names))  # type: ignore[arg-type]
        if row is not None:
            yield Difference(rule, row["at"], row["what"])


def _names() -> dict[str, pgsql.Composable]:
    """What the statements need to know of the kinds."""
    gapless = [kind for kind in KINDS.values() if kind.numbering.gapless]
    titles = {kind.code: kind.title for kind in KINDS.values()}
    titles |= {kind.numbering.series: kind.title_plural for kind in gapless if kind.numbering.series not in titles}
    titles_json = pgsql.Literal(json.dumps(titles, ensure_ascii=False))
    return {
        "titles": titles_json, "document": _DOCUMENT.format(titles_json), "balance": _BALANCE,
        "summed": pgsql.Literal([kind.code for kind in KINDS.values() if kind.totals is Totals.LINES]),
        "shipped": pgsql.Literal([kind.code for kind in KINDS.values() if "shipped" in kind.facts]),
        "kinds": pgsql.Literal([kind.code for kind in gapless]),
        "series": pgsql.Literal([kind.numbering.series for kind in gapless]),
    }


def summary(sql: Sql, head: Head | None) -> str:
    """What was compared, when everything agrees."""
    row = sql.get("SELECT (SELECT count(*) FROM stock_balance) AS balances, (SELECT count(*) FROM stock_move) AS moves,"
                  " (SELECT count(*) FROM document) AS documents, (SELECT count(*) FROM audit_seal) AS seals")
    noted = "конец цепочки не отмечен в папке данных: отрезанный конец журнала не был бы замечен" if head is None else (
        f"конец цепочки в папке данных: печать {head.seal}")
    return (f"Всё сходится. Остатков {row['balances']}, движений {row['moves']}, документов {row['documents']},"
            f" печатей {row['seals']} (ждут печати {count_unsealed(sql)}); {noted}.")
