"""What a person decided of a paper is remembered for the next one of this supplier."""

from collections.abc import Mapping

from psycopg.types.json import Jsonb

from crm_server.exchange.upd.matching import supplier_code
from crm_server.exchange.upd.paper import Paper
from crm_server.kit.context import Ctx

_LINES = "jsonb_to_recordset(%(lines)s) AS t (n int4, product int8, code text, name text)"
# All rows that change, in the order in which receipts write them: two papers of one supplier wait for each other.
_LOCK = """
SELECT count(*) FROM (
    SELECT FROM supplier_item s WHERE s.party_id = %(party)s AND EXISTS (
        SELECT FROM {lines} WHERE s.product_id = t.product OR s.code = t.code AND t.code <> ''
        OR s.name = t.name AND t.name <> '')
    ORDER BY s.product_id FOR UPDATE) locked
""".replace("{lines}", _LINES)
# A code or a name that means another product now is taken from the one that it meant before.
_UNLEARN = """
UPDATE supplier_item s SET code = CASE WHEN s.code = t.code THEN '' ELSE s.code END,
    name = CASE WHEN s.name = t.name THEN '' ELSE s.name END
FROM {lines}
WHERE s.party_id = %(party)s AND s.product_id <> t.product
AND (s.code = t.code AND t.code <> '' OR s.name = t.name AND t.name <> '')
""".replace("{lines}", _LINES)
_LEARN = """
INSERT INTO supplier_item AS s (party_id, product_id, code, name)
SELECT DISTINCT ON (t.product) %(party)s, t.product, t.code, t.name FROM {lines} ORDER BY t.product, t.n DESC
ON CONFLICT (party_id, product_id) DO UPDATE SET
    code = coalesce(nullif(excluded.code, ''), s.code), name = excluded.name
WHERE (s.code, s.name) IS DISTINCT FROM (coalesce(nullif(excluded.code, ''), s.code), excluded.name)
""".replace("{lines}", _LINES)


def learn(ctx: Ctx, party_id: int, paper: Paper, products: Mapping[int, int]) -> None:
    """Keeps codes and names of the supplier at the products they mean."""
    lines = [{"n": line.number, "product": products[line.number], "code": supplier_code(line), "name": line.name}
             for line in paper.lines]
    params = {"party": party_id, "lines": Jsonb(lines)}
    ctx.sql.run(_LOCK, params)
    ctx.sql.run(_UNLEARN, params)
    ctx.sql.run(_LEARN, params)
