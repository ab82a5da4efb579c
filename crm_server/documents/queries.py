"""Reading a document whole, in one statement."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from psycopg import sql

from crm_contract.base import Ref
from crm_contract.documents import (
    AvailableAction,
    ChainNode,
    CommentRead,
    DocumentRead,
    LineRead,
    can_follow,
    kind_of,
)
from crm_contract.kinds import Accounting, DocumentKind, State, Totals
from crm_contract.lists import Tone
from crm_contract.units import unit_title
from crm_server.documents import registry
from crm_server.documents.scope import is_guest, lacking, reaches
from crm_server.kit.context import Ctx
from crm_server.kit.errors import not_found

_REFS = {
    "branch": "branch", "organization": "party", "party": "party", "contact": "contact", "consignee": "party",
    "site": "site", "place": "place", "place_to": "place", "responsible": "employee",
    "employee": "employee", "employee_to": "employee", "price_kind": "price_kind",
}
_BIN = ("(SELECT jsonb_build_object('id', b.id, 'title', coalesce(nullif(b.code, ''), b.name)) FROM place b"
        " WHERE b.id = {})")
_TITLES = {"branch": "title", "price_kind": "title"}


#: What a line says of the sender's stock.
_UNTOLD = {"free": None, "reserved": "0"}


def _refs_sql() -> str:
    # Names of tables and columns come from the constants above.
    template = ("(SELECT jsonb_build_object('id', r.id, 'title', r.{title}) FROM {table} r"
                " WHERE r.id = d.{name}_id) AS {name}")
    parts = [template.format(name=name, table=table, title=_TITLES.get(name, "name")) for name, table in _REFS.items()]
    parts.append("(SELECT jsonb_build_object('id', r.id, 'title', r.number || ' от ' || to_char(r.date, 'DD.MM.YYYY'))"
                 " FROM document r WHERE r.id = d.contract_id) AS contract")
    return ", ".join(parts)


def read_sql() -> sql.Composed:
    """The statement; composed when the domains have installed their line expressions."""
    line = ", ".join(f"'{name}', {text}" for name, text in registry.LINE_SQL.items())
    header = "".join(f" {text} AS {name}," for name, text in registry.HEADER_SQL.items())
    return sql.SQL(f"""
SELECT d.*, {_refs_sql()},{header}
  coalesce((SELECT e.name FROM employee e WHERE e.id = d.author_id), '') AS author,
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', l.id, 'position', l.position, 'product_id', l.product_id,
     'product_name', p.name, 'sku', coalesce(p.sku, ''), 'name', l.name, 'kind', p.kind, 'quantity', l.quantity::text,
     'paper_quantity', l.paper_quantity::text,
     'unit', l.unit, 'price', l.price::text, 'discount', l.discount::text, 'vat_rate', l.vat_rate, 'net', l.net::text,
     'vat', l.vat::text, 'gross', l.gross::text, 'basis_line_id', l.basis_line_id, 'condition', l.condition,
     'note', l.note, 'tracking', coalesce(p.tracking, 'none'), 'lots', l.lots, 'bin', {_BIN.format('l.bin_id')},
     'bin_to', {_BIN.format('l.bin_to_id')}, {line})
     ORDER BY l.position)
     FROM document_line l LEFT JOIN product p ON p.id = l.product_id WHERE l.document_id = d.id), '[]') AS lines,
  (SELECT jsonb_agg(jsonb_build_object('id', c.id, 'kind', c.kind, 'number', c.number, 'date', c.date, 'state', c.state,
     'accounting', c.accounting, 'gross', c.gross::text, 'paid', c.paid::text, 'shipped', c.shipped::text,
     'reserved', c.reserved::text, 'due_date', c.due_date, 'branch_id', c.branch_id, 'branch_to_id', c.branch_to_id,
     'department_id', c.department_id, 'responsible_id', c.responsible_id, 'author_id', c.author_id,
     'employee_id', c.employee_id, 'employee_to_id', c.employee_to_id, 'basis_ids', coalesce((
     SELECT jsonb_agg(k.basis_id) FROM document_link k
     WHERE k.document_id = c.id), '[]')) ORDER BY c.id) FROM document c WHERE c.chain_id = d.chain_id) AS chain,
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', m.id, 'text', m.text, 'at', m.at, 'author',
     coalesce(e.name, '')) ORDER BY m.id) FROM document_comment m LEFT JOIN employee e ON e.id = m.author_id
     WHERE m.document_id = d.id), '[]') AS comments,
  (SELECT count(*) FROM stored_file f WHERE f.entity = 'document' AND f.entity_id = d.id) AS file_count
FROM document d WHERE d.id = %s""")  # type: ignore[arg-type]  # noqa: S608 - trusted parts only


def get_document(ctx: Ctx, document_id: int) -> DocumentRead:
    """The document as the actor sees it; NOT_FOUND outside of the scope."""
    row = ctx.sql.get(read_sql(), (document_id,), what="Документ")
    kind = kind_of(row["kind"])
    if not reaches(ctx.actor, kind.permission("view"), row):
        raise not_found("Документ")
    chain = [c for c in row["chain"] if reaches(ctx.actor, f"{c['kind']}.view", c)]
    seen = {c["id"] for c in chain}
    nodes = [_node(c) if c["id"] in seen else _hidden_node(c) for c in row["chain"]
             if c["id"] in seen or c["accounting"] != Accounting.ANNULLED]
    state = kind.workflow.state(row["state"])
    guest = is_guest(ctx.actor, kind, row)
    may_edit = reaches(ctx.actor, kind.permission("edit"), row)
    return DocumentRead.model_validate({
        **row,
        "amount": row["gross"] if kind.totals is Totals.AMOUNT else None,
        "editable": state.is_editable and may_edit,
        "late_fields": [f.name for f in kind.late_fields] if may_edit and _is_closed(state) else [],
        "lines": [_line(line | _UNTOLD if guest else line) for line in row["lines"]],
        "chain": nodes,
        "facts": [registry.FACTS[code](row) for code in kind.facts if code in registry.FACTS],
        "stages": [stage for build in registry.STAGES for stage in build(row, nodes, chain)],
        "actions": available_actions(ctx, kind, row),
        "based_on": followers(ctx, kind, row),
        "comments": [CommentRead.model_validate(c) for c in row["comments"]],
    })


def _is_closed(state: State) -> bool:
    return not state.is_editable and state.accounting is not Accounting.ANNULLED


def available_actions(ctx: Ctx, kind: DocumentKind, row: Mapping[str, Any]) -> list[AvailableAction]:
    """Whoever writes such papers is offered the step of the employee too, who takes it with his PIN."""
    writes = reaches(ctx.actor, kind.permission("edit"), row)
    found: list[AvailableAction] = []
    for action in kind.workflow.actions:
        lacks = lacking(ctx.actor, kind, action, row)
        if row["state"] in action.sources and (not lacks or (writes and action.pin)):
            found.append(AvailableAction(code=action.code, by_pin=bool(lacks), why_not=registry.why_not(
                kind.code, action.code, row).capitalize()))
    return found


def followers(ctx: Ctx, kind: DocumentKind, row: Mapping[str, Any]) -> list[str]:
    """The kinds that may be made from this document now by this actor."""
    return [k.code for k in can_follow(kind.code) if ctx.actor.can(k.permission("edit")) and any(
        b.source == kind.code and (not b.states or row["state"] in b.states) for b in k.based_on)]


def _line(line: Mapping[str, Any]) -> LineRead:
    product = Ref(id=line["product_id"], title=line["product_name"]) if line["product_id"] else None
    return LineRead.model_validate({
        **line, "product": product, "is_service": line["kind"] in ("service", "work"),
        "unit_title": unit_title(line["unit"])})


def _hidden_node(c: Mapping[str, Any]) -> ChainNode:
    return ChainNode(id=c["id"], kind=c["kind"], number="", date=None, state="", state_title="есть, нет доступа",
                     tone=Tone.NEUTRAL, gross=Decimal(0), basis_ids=c["basis_ids"], visible=False)


def _node(c: Mapping[str, Any]) -> ChainNode:
    state = kind_of(c["kind"]).workflow.state(c["state"])
    return ChainNode.model_validate({**c, "state_title": state.title, "tone": state.tone})
