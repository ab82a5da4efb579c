"""Which of our products the lines of a paper mean: by what was learnt of the supplier, barcode, article, name."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from crm_contract.base import Ref
from crm_contract.incoming_upd import Match, UpdCandidate, UpdLine
from crm_contract.units import unit_title
from crm_server.exchange.upd.paper import Paper, PaperLine
from crm_server.kit.context import Ctx

# Each way has its own index, but the last one: names without signs and spaces are compared as one hash join over the
# catalogue. A barcode of 14 digits (ГТИН) is one of 13, 12 or 8 with zeros before it.
_FIND = """
WITH t AS MATERIALIZED (
    SELECT *, regexp_replace(sort_key(name), '[^[:alnum:]]+', '', 'g') AS bare
    FROM jsonb_to_recordset(%(lines)s) AS t (n int4, code text, article text, barcode text, name text)),
found AS (
    SELECT t.n, s.product_id, 1 AS way FROM t JOIN supplier_item s ON s.party_id = %(party)s AND s.code = t.code
    WHERE t.code <> ''
    UNION ALL SELECT t.n, s.product_id, 2 FROM t JOIN supplier_item s ON s.party_id = %(party)s AND s.name = t.name
    WHERE t.name <> ''
    UNION ALL SELECT t.n, b.product_id, 3 FROM t JOIN barcode b
        ON b.code IN (t.barcode, substr(t.barcode, 2), substr(t.barcode, 3), substr(t.barcode, 7))
    WHERE length(t.barcode) = 14 AND ltrim(left(t.barcode, 14 - length(b.code)), '0') = ''
    UNION ALL SELECT t.n, p.id, 4 FROM t JOIN product p
        ON p.sku IN (t.article, t.code) AND p.sku <> '' AND NOT p.archived
    UNION ALL SELECT t.n, p.id, 5 FROM t JOIN product p ON p.sort = sort_key(t.name) WHERE t.name <> ''
    UNION ALL SELECT t.n, p.id, 6 FROM t JOIN product p
        ON regexp_replace(p.sort, '[^[:alnum:]]+', '', 'g') = t.bare WHERE t.bare <> '')
SELECT f.n, min(f.way) AS way, p.id, p.name, p.sku, p.unit FROM found f JOIN product p ON p.id = f.product_id
WHERE NOT p.archived GROUP BY f.n, p.id ORDER BY f.n, way, p.id
"""
_REASONS = {
    1: "Код поставщика, как в прошлый раз", 2: "Название у поставщика, как в прошлый раз", 3: "Штрихкод",
    4: "Артикул", 5: "Название", 6: "Название похоже, отличаются знаки",
}
_ARTICLE, _NAME, _ALIKE = 4, 5, 6
MOST_CANDIDATES = 5
_WORD = re.compile(r"[^\W\d_]{4,}")


def supplier_code(line: PaperLine) -> str:
    """What the supplier calls it: its code, or the article where there is none."""
    return line.code or line.article


def match_lines(ctx: Ctx, paper: Paper, party_id: int | None) -> list[UpdLine]:
    """All lines in one statement, in the order of the paper."""
    asked = [{"n": line.number, "code": supplier_code(line), "article": line.article, "barcode": line.barcode,
              "name": line.name} for line in paper.lines]
    rows: dict[int, list[Mapping[str, Any]]] = {}
    for row in ctx.sql.all(_FIND, {"lines": Jsonb(asked), "party": party_id}):
        rows.setdefault(row["n"], []).append(row)
    return [_line(line, rows.get(line.number, ())) for line in paper.lines]


def _line(line: PaperLine, rows: Sequence[Mapping[str, Any]]) -> UpdLine:
    match, reason = _judge(line, rows)
    return UpdLine(
        number=line.number, name=line.name, code=supplier_code(line), article=line.article, barcode=line.barcode,
        is_service=line.is_service, quantity=line.quantity, unit=line.unit, unit_title=line.unit_title,
        price=line.price.quantize(Decimal("0.0001")), vat_rate=line.rate, net=line.net, vat=line.vat,
        gross=line.gross, match=match, reason=reason,
        candidates=[UpdCandidate(product=Ref(id=row["id"], title=row["name"]), sku=row["sku"], unit=row["unit"],
                                 reason=_REASONS[row["way"]]) for row in rows[:MOST_CANDIDATES]])


def _judge(line: PaperLine, rows: Sequence[Mapping[str, Any]]) -> tuple[Match, str]:
    """Sure is what only one way of looking says of one product, in the same unit."""
    if not rows:
        return Match.NONE, "Такого товара у нас не нашлось"
    best = rows[0]
    reason = _REASONS[best["way"]]
    others = [row for row in rows[1:] if row["way"] <= _NAME]
    if any(row["way"] == best["way"] for row in others):
        return Match.DOUBT, f"{reason}: подходит несколько товаров"
    if others:
        other = others[0]
        return Match.DOUBT, f"{reason}: «{best['name']}», но {_REASONS[other['way']].lower()}: «{other['name']}»"
    if best["way"] == _ALIKE:
        return Match.DOUBT, reason
    if best["way"] == _ARTICLE and not _alike(line.name, best["name"]):
        return Match.DOUBT, f"{reason} совпал, а название другое"
    if line.unit and line.unit != best["unit"]:
        return Match.DOUBT, f"{reason}. Единица другая: в УПД {line.unit_title}, у нас {unit_title(best['unit'])}"
    return Match.SURE, reason


def _alike(one: str, other: str) -> bool:
    """They share a word of four letters; of two names without such words nothing can be said against."""
    words, own = ({word.lower()[:5] for word in _WORD.findall(text.replace("ё", "е"))} for text in (one, other))
    return bool(words & own) or not words or not own
