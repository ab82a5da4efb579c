"""How the numbers of a branch look, and which is the next. The digits themselves come from `draw_number`."""

import re
from typing import Any

from crm_contract.base import Created
from crm_contract.documents import KINDS
from crm_contract.numbering import NumberFormatBody, NumberFormatRead
from crm_server.documents.service import known_kind
from crm_server.kit.context import Ctx
from crm_server.kit.days import today
from crm_server.kit.errors import CONSTRAINTS, invalid, stale

CONSTRAINTS["fk_number_format_branch_id"] = invalid({"branch_id": "Такого филиала нет"})
CONSTRAINTS["ck_number_format_prefix"] = invalid({"prefix": "Перед номером не ставят цифру"})

# Gapless series keep their last number; others are known by the newest document of the year.
_FORMATS = """
SELECT k.kind, jsonb_build_object('id', b.id, 'title', b.title) AS branch, f.prefix, f.width,
       coalesce(f.version, 0) AS version, s.last AS drawn, newest.number AS newest
FROM branch b CROSS JOIN unnest(%(kinds)s::text[], %(series)s::text[]) WITH ORDINALITY AS k (kind, series, n)
LEFT JOIN number_format f ON f.kind = k.kind AND f.branch_id = b.id
LEFT JOIN number_series s ON s.series = k.series AND s.branch_id = b.id AND s.year = %(year)s
LEFT JOIN LATERAL (SELECT d.number FROM document d WHERE d.kind = k.kind AND d.branch_id = b.id AND d.year = %(year)s
                   ORDER BY d.id DESC LIMIT 1) newest ON true
ORDER BY sort_key(b.title), b.id, k.n
"""
_SAVE = """
INSERT INTO number_format AS f (kind, branch_id, prefix, width, version)
VALUES (%(kind)s, %(branch)s, %(prefix)s, %(width)s, %(version)s + 1)
ON CONFLICT (kind, branch_id) DO UPDATE SET prefix = excluded.prefix, width = excluded.width, version = f.version + 1
WHERE f.version = %(version)s RETURNING version
"""


def list_formats(ctx: Ctx) -> list[NumberFormatRead]:
    """Every kind of every branch, with the next number of this year."""
    rows = ctx.sql.all(_FORMATS, {
        "kinds": list(KINDS), "series": [kind.numbering.series for kind in KINDS.values()], "year": today().year})
    return [_read(row) for row in rows]


def save_format(ctx: Ctx, kind_code: str, branch_id: int, body: NumberFormatBody) -> Created:
    """Holds for the numbers to come; those given out stay as they are."""
    kind = known_kind(kind_code)
    before = ctx.sql.one("SELECT prefix, width FROM number_format WHERE kind = %s AND branch_id = %s",
                         (kind.code, branch_id)) or {
        "prefix": kind.numbering.prefix, "width": kind.numbering.width}
    version = ctx.sql.value(_SAVE, {"kind": kind.code, "branch": branch_id, "prefix": body.prefix,
                                    "width": body.width, "version": body.version})
    if version is None or (body.version == 0) != (version == 1):
        raise stale()
    ctx.audit("update", "number_format", branch_id, kind.title, before=before,
              after={"prefix": body.prefix, "width": body.width}, branch_id=branch_id)
    ctx.changed("number_format", [branch_id])
    return Created(id=branch_id, version=version)


def _read(row: dict[str, Any]) -> NumberFormatRead:
    declared = KINDS[row["kind"]].numbering
    prefix = declared.prefix if row["prefix"] is None else row["prefix"]
    width = row["width"] or declared.width
    last = row["drawn"] or 0 if declared.gapless else _digits_of(row["newest"])
    return NumberFormatRead(
        kind=row["kind"], branch=row["branch"], prefix=prefix, width=width, version=row["version"],
        gapless=declared.gapless, last=row["newest"] or "", next=f"{prefix}{last + 1:0{width}}")


def _digits_of(number: str | None) -> int:
    found = re.search(r"[0-9]{1,18}$", number or "")
    return int(found[0]) if found else 0
