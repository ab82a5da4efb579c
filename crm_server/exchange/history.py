"""What a batch wrote, kept so that it can be undone: added records by id, changed ones with their rows before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql
from psycopg.rows import DictRow

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
_WRITTEN = """
SELECT entity_id, before IS NULL AS added FROM import_record WHERE batch_id = %s AND entity = %s ORDER BY number
"""
_DELETE_PART = """
DELETE FROM {part} WHERE {owner} = ANY(%s::int8[])
"""
_DELETE = """
DELETE FROM {table} WHERE id = ANY(%s::int8[]) RETURNING id, name
"""
_RESTORE = """
UPDATE {table} x SET ({columns}) = ROW({values}), version = x.version + 1, updated_at = now(), updated_by_id = %(me)s
FROM import_record r, jsonb_populate_record(NULL::{table}, r.before->%(entity)s) b
WHERE r.batch_id = %(batch)s AND r.entity = %(entity)s AND r.entity_id = ANY(%(ids)s::int8[]) AND x.id = r.entity_id
RETURNING x.id, x.name
"""
_DELETE_NEW = """
DELETE FROM {part} t USING import_record r
WHERE r.batch_id = %(batch)s AND r.entity = %(entity)s AND r.entity_id = ANY(%(ids)s::int8[])
AND t.{owner} = r.entity_id
AND NOT EXISTS (SELECT FROM jsonb_populate_recordset(NULL::{part}, r.before->%(part)s) b WHERE b.{key} = t.{key})
"""
_RESTORE_PART = """
INSERT INTO {part} AS t ({columns}) SELECT {values}
FROM import_record r, jsonb_populate_recordset(NULL::{part}, r.before->%(part)s) b
WHERE r.batch_id = %(batch)s AND r.entity = %(entity)s AND r.entity_id = ANY(%(ids)s::int8[])
ON CONFLICT ({key}) DO UPDATE SET ({columns}) = ROW({excluded}) WHERE ROW({own}) IS DISTINCT FROM ROW({excluded})
"""
_DELETE_GROUPS = """
DELETE FROM product_group g USING import_record r
WHERE r.batch_id = %s AND r.entity = 'product_group' AND g.id = r.entity_id
AND NOT EXISTS (SELECT FROM product p WHERE p.group_id = g.id)
AND NOT EXISTS (SELECT FROM product_group c WHERE c.parent_id = g.id) RETURNING g.id, g.title AS name
"""
_COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
AND attgenerated = '' ORDER BY attnum
"""
#: What tells of the undo itself is not taken back: a client that holds an older version must notice.
_KEPT = frozenset({"id", "version", "updated_at", "updated_by_id"})


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


def written(ctx: Ctx, batch_id: int, entity: str) -> tuple[list[int], list[int]]:
    """The records that a batch changed and those that it added."""
    rows = ctx.sql.all(_WRITTEN, (batch_id, entity))
    return ([row["entity_id"] for row in rows if not row["added"]], [row["entity_id"] for row in rows if row["added"]])


def delete_added(ctx: Ctx, entity: str, ids: Sequence[int]) -> list[DictRow]:
    """Deletes records that a batch added; answers their ids and names."""
    ids = list(ids)
    for part in PARTS[entity]:
        ctx.sql.run(sql.SQL(_DELETE_PART).format(part=sql.Identifier(part.table), owner=sql.Identifier(part.owner)),
                    (ids,))
    return ctx.sql.all(sql.SQL(_DELETE).format(table=sql.Identifier(entity)), (ids,))


def restore_changed(ctx: Ctx, batch_id: int, entity: str, ids: Sequence[int]) -> list[DictRow]:
    """Makes records that a batch changed as they were; answers their ids and names."""
    values = {"batch": batch_id, "entity": entity, "ids": list(ids), "me": ctx.actor.employee_id or None}
    for part in PARTS[entity]:
        names = _columns(ctx, part.table)
        query = {"part": sql.Identifier(part.table), "owner": sql.Identifier(part.owner),
                 "key": sql.Identifier(part.key)}
        ctx.sql.run(sql.SQL(_DELETE_NEW).format(**query), values | {"part": part.table})
        ctx.sql.run(sql.SQL(_RESTORE_PART).format(
            columns=_list(names), values=_list(names, "b"), excluded=_list(names, "excluded"), own=_list(names, "t"),
            **query), values | {"part": part.table})
    names = [name for name in _columns(ctx, entity) if name not in _KEPT]
    return ctx.sql.all(sql.SQL(_RESTORE).format(
        table=sql.Identifier(entity), columns=_list(names), values=_list(names, "b")), values)


def delete_groups(ctx: Ctx, batch_id: int) -> list[DictRow]:
    """Deletes the groups that a batch made and nobody uses any more."""
    return ctx.sql.all(_DELETE_GROUPS, (batch_id,))


def _columns(ctx: Ctx, table: str) -> list[str]:
    return [row["attname"] for row in ctx.sql.all(_COLUMNS, (table,))]


def _list(names: Sequence[str], alias: str = "") -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(alias, name) if alias else sql.Identifier(name) for name in names)
