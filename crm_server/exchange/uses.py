"""What stands in the way of an undo: records of a batch that somebody changed or used since."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql
from psycopg.rows import DictRow

from crm_contract.documents import KINDS
from crm_server.documents.scope import reaches
from crm_server.exchange.history import PARTS, Part
from crm_server.kit.context import Ctx

_CHANGED = """
SELECT x.name, coalesce(e.name, '') AS person
FROM import_record r JOIN {table} x ON x.id = r.entity_id LEFT JOIN employee e ON e.id = x.updated_by_id
WHERE r.batch_id = %(batch)s AND r.entity = %(entity)s AND x.version <> r.version ORDER BY r.number LIMIT %(limit)s
"""
_RECORDS = """
SELECT entity_id, before FROM import_record WHERE batch_id = %s AND entity = %s
"""
_ROWS_OF = """
SELECT {key} AS key, {owner} AS record FROM {part} WHERE {owner} = ANY(%s::int8[])
"""
_REFERENCES = """
SELECT t.relname AS "table", a.attname AS "column",
       EXISTS (SELECT FROM pg_attribute d WHERE d.attrelid = t.oid AND d.attname = 'document_id' AND NOT d.attisdropped)
           AS in_document
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.confrelid = %s::regclass AND cardinality(c.conkey) = 1 AND c.conparentid = 0
AND t.relname <> ALL(%s) ORDER BY 1, 2
"""
_USED = """
SELECT t.{column} AS key, d.kind, d.number, d.branch_id, d.department_id, d.responsible_id, d.author_id,
       d.employee_id, d.employee_to_id,
       coalesce(e.name, '') AS person
FROM {table} t LEFT JOIN document d ON d.id = {document} LEFT JOIN employee e ON e.id = d.responsible_id
WHERE t.{column} = ANY(%(keys)s::int8[]) ORDER BY 1 LIMIT %(limit)s
"""
_NAME = """
SELECT name FROM {} WHERE id = %s
"""
#: Uses that are no documents.
_WORDS = {
    "party_note": "есть заметка", "party": "с ним объединён другой контрагент", "letter_recipient": "ему писали",
    "supplier_item": "есть цена поставщика", "reservation": "есть резерв", "stock_balance": "есть движения по складу",
}
#: Not looked through, for another use tells of them: goods that moved have a balance, be it 0, and moves are many.
_IMPLIED = ("stock_move",)


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
    """Documents, notes and the like that point to what the undo would delete, in words.

    Keys travel as arrays: a join over tables that have just been filled may be planned as rows times rows.
    """
    found: dict[str, None] = {}
    for entity, parts in PARTS.items():
        if entity == "product_group":
            continue  # a group that is used stays, see `history.delete_groups`
        own = {(part.table, part.owner) for part in parts}
        for target, keys in _gone(ctx, batch_id, entity, parts).items():
            for reference in (_Reference(**row) for row in ctx.sql.all(_REFERENCES, (target, [*_IMPLIED]))):
                if keys and (reference.table, reference.column) not in own and len(found) < limit:
                    rows = _rows(ctx, reference, list(keys), limit)
                    found |= dict.fromkeys(_words(ctx, reference, row, _name(ctx, entity, keys[row["key"]]))
                                           for row in rows)
    return list(found)[:limit]


def _gone(ctx: Ctx, batch_id: int, entity: str, parts: Sequence[Part]) -> dict[str, dict[int, int]]:
    """Table → keys that the undo would delete, each with the record it belongs to."""
    before = {row["entity_id"]: row["before"] for row in ctx.sql.all(_RECORDS, (batch_id, entity))}
    gone = {entity: {record: record for record, image in before.items() if image is None}}
    for part in parts:
        if part.key != "id":
            continue  # a barcode: nothing points to it
        kept = {row["id"] for image in before.values() if image for row in image[part.table]}
        rows = ctx.sql.all(sql.SQL(_ROWS_OF).format(
            key=sql.Identifier(part.key), owner=sql.Identifier(part.owner), part=sql.Identifier(part.table)),
            (list(before),))
        gone[part.table] = {row["key"]: row["record"] for row in rows if row["key"] not in kept}
    return gone


def _rows(ctx: Ctx, reference: _Reference, keys: Sequence[int], limit: int) -> list[DictRow]:
    return ctx.sql.all(sql.SQL(_USED).format(
        table=sql.Identifier(reference.table), column=sql.Identifier(reference.column), document=reference.document),
        {"keys": keys, "limit": limit})


def _name(ctx: Ctx, entity: str, record: int) -> str:
    return ctx.sql.value(sql.SQL(_NAME).format(sql.Identifier(entity)), (record,))


def _words(ctx: Ctx, reference: _Reference, row: DictRow, name: str) -> str:
    """A document that the actor may not see is told of without its number."""
    if row["kind"] and reaches(ctx.actor, f"{row['kind']}.view", row):
        who = f" ({row['person']})" if row["person"] else ""
        return f"«{name}»: {KINDS[row['kind']].title} {row['number']}{who}"
    if row["kind"]:
        return f"«{name}»: документ, которого вам не видно"
    return f"«{name}»: {_WORDS.get(reference.table, 'уже используется')}"
