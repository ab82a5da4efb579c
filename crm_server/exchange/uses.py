"""What stands in the way of an undo: records of a batch that somebody changed or used since."""

from collections.abc import Mapping
from dataclasses import dataclass

from psycopg import sql
from psycopg.rows import DictRow

from crm_contract.documents import KINDS
from crm_server.documents.scope import reaches
from crm_server.exchange.history import PARTS
from crm_server.kit.context import Ctx

_CHANGED = """
SELECT x.name, coalesce(e.name, '') AS person
FROM import_record r JOIN {table} x ON x.id = r.entity_id LEFT JOIN employee e ON e.id = x.updated_by_id
WHERE r.batch_id = %(batch)s AND r.entity = %(entity)s AND x.version <> r.version ORDER BY r.number LIMIT %(limit)s
"""
# Keys that the undo would delete, each with the record it belongs to.
_GONE = """
SELECT r.entity_id AS key, r.entity_id AS record FROM import_record r
WHERE r.batch_id = %(batch)s AND r.entity = %(entity)s AND r.before IS NULL
"""
_GONE_PART = """
SELECT t.{key} AS key, t.{owner} AS record FROM import_record r JOIN {part} t ON t.{owner} = r.entity_id
WHERE r.batch_id = %(batch)s AND r.entity = %(entity)s AND (r.before IS NULL OR NOT EXISTS (
    SELECT FROM jsonb_populate_recordset(NULL::{part}, r.before->{name}) b WHERE b.{key} = t.{key}))
"""
_REFERENCES = """
SELECT t.relname AS "table", a.attname AS "column",
       EXISTS (SELECT FROM pg_attribute d WHERE d.attrelid = t.oid AND d.attname = 'document_id' AND NOT d.attisdropped)
           AS in_document
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.confrelid = %s::regclass AND cardinality(c.conkey) = 1 AND c.conparentid = 0 ORDER BY 1, 2
"""
_USED = """
WITH gone AS ({gone})
SELECT x.name, d.kind, d.number, d.branch_id, d.department_id, d.responsible_id, coalesce(e.name, '') AS person
FROM gone g JOIN {table} t ON t.{column} = g.key JOIN {entity} x ON x.id = g.record
LEFT JOIN document d ON d.id = {document} LEFT JOIN employee e ON e.id = d.responsible_id
ORDER BY g.record LIMIT %(limit)s
"""
#: Uses that are no documents.
_WORDS = {
    "party_note": "есть заметка", "party": "с ним объединён другой контрагент", "letter_recipient": "ему писали",
    "reservation": "есть резерв", "stock_move": "есть движения по складу", "stock_balance": "есть остаток",
}


@dataclass(frozen=True, slots=True)
class _Reference:
    table: str
    column: str
    in_document: bool

    @property
    def document(self) -> sql.SQL:
        """The document that a row of the table stands in."""
        if self.table == "document":
            return sql.SQL("t.id")
        return sql.SQL("t.document_id") if self.in_document else sql.SQL("NULL::int8")


def changed_since(ctx: Ctx, batch_id: int, limit: int) -> list[str]:
    """Records of the batch that are in another version than it left them, in words."""
    found: list[str] = []
    for entity in ("party", "product"):
        rows = ctx.sql.all(sql.SQL(_CHANGED).format(table=sql.Identifier(entity)), {
            "batch": batch_id, "entity": entity, "limit": limit})
        found += [f"«{row['name']}»: изменили после загрузки" + (f" ({row['person']})" if row["person"] else "")
                  for row in rows]
    return found[:limit]


def used_since(ctx: Ctx, batch_id: int, limit: int) -> list[str]:
    """Documents, notes and the like that point to what the undo would delete, in words."""
    found: dict[str, None] = {}
    for entity, parts in PARTS.items():
        if entity == "product_group":
            continue  # a group that is used stays, see `history.delete_groups`
        own = {(part.table, part.owner) for part in parts}
        gone = {entity: sql.SQL(_GONE).format()}
        gone |= {part.table: sql.SQL(_GONE_PART).format(
            part=sql.Identifier(part.table), owner=sql.Identifier(part.owner), key=sql.Identifier(part.key),
            name=part.table) for part in parts}
        for target, keys in gone.items():
            for reference in (_Reference(**row) for row in ctx.sql.all(_REFERENCES, (target,))):
                if (reference.table, reference.column) not in own and len(found) < limit:
                    rows = _rows(ctx, reference, entity, keys, {"batch": batch_id, "entity": entity, "limit": limit})
                    found |= dict.fromkeys(_words(ctx, reference, row) for row in rows)
    return list(found)[:limit]


def _rows(ctx: Ctx, reference: _Reference, entity: str, gone: sql.Composed,
          params: Mapping[str, object]) -> list[DictRow]:
    return ctx.sql.all(sql.SQL(_USED).format(
        gone=gone, table=sql.Identifier(reference.table), column=sql.Identifier(reference.column),
        entity=sql.Identifier(entity), document=reference.document), params)


def _words(ctx: Ctx, reference: _Reference, row: DictRow) -> str:
    """A document that the actor may not see is told of without its number."""
    if row["kind"] and reaches(ctx.actor, f"{row['kind']}.view", row):
        who = f" ({row['person']})" if row["person"] else ""
        return f"«{row['name']}»: {KINDS[row['kind']].title} {row['number']}{who}"
    if row["kind"]:
        return f"«{row['name']}»: документ, которого вам не видно"
    return f"«{row['name']}»: {_WORDS.get(reference.table, 'уже используется')}"
