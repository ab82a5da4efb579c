"""Drafts: create, change, copy, make on a basis, comment. A handful of statements, whatever the number of lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb
from pydantic_core import to_json

from crm_contract.base import Created
from crm_contract.documents import DocumentBody, DocumentUpdate, kind_of
from crm_contract.errors import ErrorCode
from crm_contract.kinds import DocumentKind, Totals
from crm_contract.permissions import Scope
from crm_contract.totals import ZERO, Sums, document_sums, line_sums
from crm_server.documents.checking import basis_lines_of, check_bases, default_rate, resolve
from crm_server.documents.scope import reaches
from crm_server.kit.actor import forbidden
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid, not_found, stale
from crm_server.kit.failpoints import failpoint
from crm_server.kit.search import fold

_HEADER = ("organization_id", "party_id", "contact_id", "consignee_id", "site_id", "contract_id", "place_id",
           "place_to_id", "employee_id", "employee_to_id", "responsible_id", "price_kind_id", "vat_mode", "due_date",
           "valid_until", "title", "comment")

#: Lines travel as one JSON: measured, it costs a third of fourteen arrays.
_LINES = """jsonb_to_recordset(%(lines)s) AS t (id int8, position int4, product_id int8, name text, quantity numeric,
    paper_quantity numeric, unit text, price numeric, discount numeric, vat_rate text, net numeric, vat numeric,
    gross numeric, basis_line_id int8, condition text, note text, lots jsonb,
    bin_id int8, bin_to_id int8)"""
#: What a line keeps of what was sent.
_COLUMNS = ("position", "product_id", "name", "quantity", "paper_quantity", "unit", "price", "discount", "vat_rate",
            "net", "vat", "gross", "basis_line_id", "condition", "note", "lots", "bin_id", "bin_to_id")
_ALL, _SENT = ", ".join(_COLUMNS), ", ".join(f"t.{name}" for name in _COLUMNS)

_CREATE = """
WITH drawn AS (SELECT nextval(pg_get_serial_sequence('document', 'id')) AS id,
                      draw_number(%(series)s, %(branch_id)s, %(year)s, %(gapless)s) AS n),
numbered AS (
    SELECT id, coalesce(f.prefix, %(prefix)s)
        || lpad(n::text, greatest(coalesce(f.width, %(width)s), length(n::text)), '0') AS number
    FROM drawn LEFT JOIN number_format f ON f.kind = %(kind)s AND f.branch_id = %(branch_id)s),
made AS (
    INSERT INTO document (id, kind, number, year, date, state, branch_id, branch_to_id, department_id, organization_id,
        party_id, contact_id, consignee_id, site_id, contract_id, place_id, place_to_id, employee_id, employee_to_id,
        responsible_id, price_kind_id, vat_mode, due_date, valid_until, title, comment, extra, net, vat, gross,
        chain_id, author_id, search)
    SELECT id, %(kind)s, number, %(year)s, %(date)s,
        %(state)s, %(branch_id)s, %(branch_to_id)s, %(department_id)s, %(organization_id)s, %(party_id)s,
        %(contact_id)s, %(consignee_id)s, %(site_id)s, %(contract_id)s, %(place_id)s, %(place_to_id)s, %(employee_id)s,
        %(employee_to_id)s, %(responsible_id)s, %(price_kind_id)s, %(vat_mode)s,
        %(due_date)s, %(valid_until)s, %(title)s, %(comment)s, %(extra)s, %(net)s,
        %(vat)s, %(gross)s, coalesce(%(chain_id)s, id), %(author_id)s,
        search_key(number) || %(search)s
    FROM numbered RETURNING id, number),
lines AS (
    INSERT INTO document_line (document_id, {columns}) SELECT made.id, {sent}
    FROM made, {lines}),
links AS (
    INSERT INTO document_link (basis_id, document_id) SELECT b, made.id FROM made, unnest(%(basis_ids)s::int8[]) AS b)
SELECT id, number FROM made
""".replace("{lines}", _LINES).replace("{columns}", _ALL).replace("{sent}", _SENT)

#: A line that names one of this document changes it; whatever else is sent is new, so that none is lost.
_REPLACE_LINES = """
WITH sent AS (
    SELECT t.*, row_number() OVER (PARTITION BY t.id ORDER BY t.position) AS nth FROM {lines}),
t AS (
    SELECT s.*, l.id AS own FROM sent s
    LEFT JOIN document_line l ON l.id = s.id AND l.document_id = %(id)s AND s.nth = 1),
gone AS (DELETE FROM document_line l WHERE l.document_id = %(id)s AND NOT EXISTS (SELECT 1 FROM t WHERE t.own = l.id)),
kept AS (
    UPDATE document_line l SET ({columns}) = ROW({sent}) FROM t WHERE l.id = t.own)
INSERT INTO document_line (document_id, {columns}) SELECT %(id)s, {sent}
FROM t WHERE t.own IS NULL
""".replace("{lines}", _LINES).replace("{columns}", _ALL).replace("{sent}", _SENT)


def create_document(ctx: Ctx, kind_code: str, body: DocumentBody, *, basis_branch: int | None = None) -> Created:
    """Saves a new draft with its number. `basis_branch` is the branch of the first basis, where it is known already."""
    kind = known_kind(kind_code)
    ctx.actor.demand(kind.permission("edit"))
    branch_id = _branch_for(ctx, kind, body, basis_branch)
    found = resolve(ctx, kind, body, branch_id)
    check_bases(ctx, kind, body, found)
    return insert_document(ctx, kind, body, branch_id, found)


def insert_document(ctx: Ctx, kind: DocumentKind, body: DocumentBody, branch_id: int,
                    found: Mapping[str, Any]) -> Created:
    """Saves what is checked already: `found` is the answer of `resolve`. Asks for no right, as for a document that
    another one makes when it is posted."""
    bases = found["bases"] or []
    values = _header_values(ctx, kind, body, found, branch_id)
    lines, sums = _line_values(kind, body, found)
    own = bases and bases[0]["branch_id"] == branch_id
    department_id = (bases[0]["department_id"] if own else None) or ctx.actor.department_id
    row = ctx.sql.get(_CREATE, values | {
        "lines": Jsonb(lines, dumps=to_json),
        "kind": kind.code, "series": kind.numbering.series, "gapless": kind.numbering.gapless,
        "prefix": kind.numbering.prefix, "width": kind.numbering.width, "year": body.date.year, "date": body.date,
        "state": kind.workflow.initial.code, "branch_id": branch_id, "department_id": department_id,
        "net": sums.net, "vat": sums.vat, "gross": sums.gross, "author_id": ctx.actor.employee_id,
        "chain_id": bases[0]["chain_id"] if bases else None, "basis_ids": list(dict.fromkeys(body.basis_ids)),
    })
    _join_chains(ctx, bases)
    failpoint("document.after_rows")
    ctx.audit("create", kind.code, row["id"], row["number"],
              after={"number": row["number"], "gross": sums.gross, "lines": len(body.lines),
                     "party": (found["party"] or {}).get("name")})
    ctx.changed(kind.code, [row["id"]], branch_id)
    return Created(id=row["id"])


def _branch_for(ctx: Ctx, kind: DocumentKind, body: DocumentBody, basis_branch: int | None) -> int:
    """The basis's branch for a person whose right reaches all branches, such as the accountant of the company."""
    if body.basis_ids and ctx.actor.scope(kind.permission("edit")) is Scope.ALL:
        branch_id = basis_branch or ctx.sql.value(
            "SELECT CASE WHEN %s THEN coalesce(branch_to_id, branch_id) ELSE branch_id END FROM document WHERE id = %s",
            (any(basis.there for basis in kind.based_on), body.basis_ids[0]))
        return branch_id or ctx.actor.branch_id  # what does not exist is refused with the other references
    return ctx.actor.branch_id


def _join_chains(ctx: Ctx, bases: Sequence[Mapping[str, Any]]) -> None:
    """A document on two bases of different chains makes them one."""
    others = {b["chain_id"] for b in bases} - {bases[0]["chain_id"]} if bases else set()
    if others:
        ctx.sql.run("UPDATE document SET chain_id = %s WHERE chain_id = ANY(%s::int8[])",
                    (bases[0]["chain_id"], sorted(others)))


def update_document(ctx: Ctx, document_id: int, body: DocumentUpdate) -> Created:
    """Saves a changed draft; raises STALE_VERSION when somebody saved it meanwhile."""
    row = lock_document(ctx, document_id, "edit")
    kind = kind_of(row["kind"])
    if row["version"] != body.version:
        raise stale()
    if not kind.workflow.state(row["state"]).is_editable:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{kind.title} {row['number']} уже не черновик",
                      "Отмените проведение или создайте новую версию, затем изменяйте.")
    basis_ids = ctx.sql.value("SELECT coalesce(array_agg(basis_id), '{}') FROM document_link WHERE document_id = %s",
                              (document_id,))
    body = body.model_copy(update={"basis_ids": basis_ids})
    if body.date.year != row["year"]:
        raise invalid({"date": f"Номер {row['number']} выдан в {row['year']} году: год менять нельзя"})
    found = resolve(ctx, kind, body, row["branch_id"], document_id=document_id)
    values = _header_values(ctx, kind, body, found, row["branch_id"])
    lines, sums = _line_values(kind, body, found)
    search = fold(row["number"]) + values.pop("search")
    version = ctx.sql.update("document", document_id, values | {
        "date": body.date, "net": sums.net, "vat": sums.vat, "gross": sums.gross, "updated_at": ctx.now,
        "search": search}, version=body.version)
    if kind.lines:
        ctx.sql.run(_REPLACE_LINES, {"lines": Jsonb(lines, dumps=to_json), "id": document_id})
    failpoint("document.after_rows")
    ctx.audit("update", kind.code, document_id, row["number"],
              before={n: row[n] for n in (*_HEADER, "gross")},
              after={n: values.get(n) for n in _HEADER} | {"gross": sums.gross})
    ctx.changed(kind.code, [document_id], row["branch_id"])
    return Created(id=document_id, version=version)


def add_comment(ctx: Ctx, document_id: int, text: str) -> Created:
    row = read_header(ctx, document_id)
    comment_id = ctx.sql.insert("document_comment", {
        "document_id": document_id, "text": text, "author_id": ctx.actor.employee_id})
    ctx.audit("create", "comment", comment_id, row["number"], after={"text": text})
    ctx.changed(row["kind"], [document_id], row["branch_id"])
    return Created(id=comment_id)


def known_kind(code: str) -> DocumentKind:
    try:
        return kind_of(code)
    except KeyError:
        raise not_found("Вид документа") from None


def read_header(ctx: Ctx, document_id: int) -> Mapping[str, Any]:
    """The header row as seen by the actor; NOT_FOUND outside of the scope."""
    row = ctx.sql.get("SELECT * FROM document WHERE id = %s", (document_id,), what="Документ")
    if not reaches(ctx.actor, f"{row['kind']}.view", row):
        raise not_found("Документ")
    return row


_LOCK = """
SELECT d.*, EXISTS (SELECT FROM document_line l WHERE l.document_id = d.id) AS has_lines,
       EXISTS (SELECT FROM document_line l JOIN product p ON p.id = l.product_id AND p.tracking <> 'none'
               WHERE l.document_id = d.id) AS has_lots
FROM document d WHERE d.id = %s FOR UPDATE OF d
"""


def lock_document(ctx: Ctx, document_id: int, verb: str) -> Mapping[str, Any]:
    """The locked header row, `has_lines` and `has_lots` (goods counted by numbers) beside it.

    Lines are changed under this lock. NOT_FOUND when it is not seen, FORBIDDEN when the verb does not reach it.
    """
    row = ctx.sql.get(_LOCK, (document_id,), what="Документ")
    if not reaches(ctx.actor, f"{row['kind']}.view", row):
        raise not_found("Документ")
    if not reaches(ctx.actor, f"{row['kind']}.{verb}", row):
        raise forbidden(f"{row['kind']}.{verb}")
    return row


def _other_branch(found: Mapping[str, Any], branch_id: int) -> int | None:
    """Where the goods go, or where they came from by the paper that this one answers."""
    sides = [found["place_to"] or {}, *(found["bases"] or ())]
    named = (side.get(name) for side in sides for name in ("branch_id", "branch_to_id"))
    return next((branch for branch in named if branch not in (None, branch_id)), None)


def _header_values(ctx: Ctx, kind: DocumentKind, body: DocumentBody, found: Mapping[str, Any],
                   branch_id: int) -> dict[str, Any]:
    values = {name: getattr(body, name) for name in _HEADER}
    values["branch_to_id"] = _other_branch(found, branch_id) if kind.crosses else None
    values["vat_mode"] = str(body.vat_mode)
    values["organization_id"] = found["organization"]["id"]
    basis = next(iter(found["bases"] or ()), {})
    values["responsible_id"] = body.responsible_id or basis.get("responsible_id") or ctx.actor.employee_id
    defaults = {f.name: f.default for f in kind.fields if not f.is_header and f.default}
    values["extra"] = Jsonb(defaults | {k: v for k, v in body.extra.items() if v})
    party = found["party"] or {}
    values["search"] = fold(f" {party.get('name', '')} {party.get('inn', '')} {body.title}")
    return values


def _line_values(kind: DocumentKind, body: DocumentBody, found: Mapping[str, Any]) -> tuple[list[dict[str, Any]], Sums]:
    """The rows of the lines, and the sums of the document."""
    if kind.totals is Totals.AMOUNT:
        amount = body.amount or ZERO.gross
        return [], Sums(amount, ZERO.vat, amount)
    products = found["products"] or {}
    basis_lines = basis_lines_of(body, found)
    usual = kind.conditions[0].code if kind.conditions else ""
    rows, all_sums = [], []
    for number, line in enumerate(body.lines, 1):
        rate = line.vat_rate or default_rate(kind, found, line.product_id, body)
        sums = line_sums(line.quantity, line.price, line.discount, rate, body.vat_mode)
        all_sums.append(sums)
        rows.append({
            "id": line.id, "position": number, "product_id": line.product_id,
            "name": line.name or products.get(str(line.product_id), {}).get("name", ""), "quantity": line.quantity,
            "paper_quantity": line.paper_quantity, "unit": line.unit,
            "price": line.price, "discount": line.discount, "vat_rate": rate, "net": sums.net,
            "vat": sums.vat, "gross": sums.gross, "basis_line_id": basis_lines[number - 1],
            "condition": line.condition or usual, "note": line.note,
            "lots": [lot.model_dump(mode="json") for lot in line.lots], "bin_id": line.bin_id,
            "bin_to_id": line.bin_to_id})
    return rows, document_sums(all_sums)
