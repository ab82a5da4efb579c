"""What a batch wrote, kept so that it can be undone: added records by id, changed ones with their rows before."""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import sql

from crm_server.kit.context import Ctx


@dataclass(frozen=True, slots=True)
class Part:
    """A table whose rows belong to a record: `owner` points to it, `key` names the row."""

    table: str
    owner: str
    key: str


#: The tables of a record besides its own.
PARTS: Mapping[str, tuple[Part, ...]] = {
    "party": (Part("contact", "party_id", "id"), Part("site", "party_id", "id"),
              Part("bank_account", "party_id", "id")),
    "product": (Part("barcode", "product_id", "code"), Part("price", "product_id", "id")),
    "product_group": (),
}

_ADDED = """
INSERT INTO import_record (batch_id, entity, entity_id, number)
SELECT %s, %s, id, number FROM unnest(%s::int8[], %s::int4[]) AS r (id, number)
"""
# The version is the one that the save which follows will leave. A record that the batch touches again keeps its first
# image; one that the batch added keeps none.
_CHANGED = """
INSERT INTO import_record (batch_id, entity, entity_id, number, version, before)
SELECT %(batch)s, %(entity)s, x.id, r.number, x.version + 1, jsonb_build_object({parts})
FROM {table} x JOIN unnest(%(ids)s::int8[], %(numbers)s::int4[]) AS r (id, number) ON r.id = x.id
ON CONFLICT (batch_id, entity, entity_id) DO UPDATE SET version = excluded.version
"""
_PART = """{name}, coalesce((SELECT jsonb_agg(to_jsonb(t)) FROM {table} t WHERE t.{owner} = x.id), '[]')"""


def note_added(ctx: Ctx, batch_id: int, entity: str, rows: Mapping[int, int]) -> None:
    """`rows`: id of a new record → the row of the sheet it came from."""
    if rows:
        ctx.sql.run(_ADDED, (batch_id, entity, list(rows), list(rows.values())))


def note_changed(ctx: Ctx, batch_id: int, entity: str, rows: Mapping[int, int]) -> None:
    """Called before the records are saved; `rows` as in `note_added`."""
    if not rows:
        return
    parts = [sql.SQL("{}, to_jsonb(x)").format(entity)]
    parts += [sql.SQL(_PART).format(name=part.table, table=sql.Identifier(part.table), owner=sql.Identifier(part.owner))
              for part in PARTS[entity]]
    query = sql.SQL(_CHANGED).format(parts=sql.SQL(", ").join(parts), table=sql.Identifier(entity))
    ctx.sql.run(query, {"batch": batch_id, "entity": entity, "ids": list(rows), "numbers": list(rows.values())})
