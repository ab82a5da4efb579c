"""Remembered mappings: the headings of a sender's files and the fields they go to."""

from collections.abc import Mapping, Sequence

from psycopg.types.json import Jsonb

from crm_contract.exchange import ImportTarget, SavedMapping
from crm_server.exchange.excel.headings import normalize
from crm_server.kit.context import Ctx
from crm_server.kit.errors import not_found

_SAVE = """
INSERT INTO import_mapping (target, name, headings, author_id) VALUES (%s, %s, %s, %s)
ON CONFLICT (target, name) DO UPDATE SET headings = excluded.headings, author_id = excluded.author_id, at = now()
RETURNING id
"""


def list_mappings(ctx: Ctx, target: ImportTarget) -> list[SavedMapping]:
    ctx.actor.demand(target.permission)
    rows = ctx.sql.all("SELECT id, name, target, headings FROM import_mapping WHERE target = %s"
                       " ORDER BY sort_key(name)", (target,))
    return [SavedMapping.model_validate(row) for row in rows]


def save_mapping(ctx: Ctx, target: ImportTarget, name: str, headings: Mapping[str, str]) -> None:
    """Remembers a mapping; the one of the same name is replaced."""
    mapping_id = ctx.sql.value(_SAVE, (target, name, Jsonb(dict(headings)), ctx.actor.employee_id))
    ctx.audit("update", "import_mapping", mapping_id, name, after={"target": target, "headings": dict(headings)})


def delete_mapping(ctx: Ctx, mapping_id: int) -> None:
    row = ctx.sql.one("DELETE FROM import_mapping WHERE id = %s RETURNING target, name", (mapping_id,))
    if row is None:
        raise not_found("Сопоставление столбцов")
    ctx.actor.demand(ImportTarget(row["target"]).permission)
    ctx.audit("archive", "import_mapping", mapping_id, row["name"])


def fitting(mappings: Sequence[SavedMapping], lines: Sequence[Sequence[str]]) -> SavedMapping | None:
    """The mapping all of whose headings stand in one line of the file, the one that explains the most of them."""
    known = [{normalize(text) for text in line} for line in lines]
    fits = [mapping for mapping in mappings if any(mapping.headings.values())
            and any(mapping.headings.keys() <= texts for texts in known)]
    return max(fits, key=lambda mapping: len(mapping.headings), default=None)
