"""Lists of documents: one source per kind and the journal of all."""

from psycopg import sql

from crm_contract.document_lists import JOURNAL, list_spec
from crm_contract.documents import KINDS
from crm_contract.kinds import DocumentKind
from crm_contract.lists import ListSpec
from crm_server.documents.scope import kind_condition, visible_condition
from crm_server.kit.actor import Actor
from crm_server.kit.edge import Guard
from crm_server.kit.listing import Expr, ListSource

_PAYMENT = ("CASE WHEN d.paid >= d.gross AND d.gross > 0 THEN 'paid'"
            " WHEN d.accounting = 'posted' AND d.due_date < current_date THEN 'overdue'"
            " WHEN d.paid > 0 THEN 'part' ELSE 'none' END")
_RECEIVING = ("CASE WHEN d.state <> 'confirmed' THEN '' WHEN d.received >= 1 THEN 'done'"
              " WHEN d.due_date < current_date THEN 'overdue' WHEN d.received > 0 THEN 'part' ELSE 'none' END")
# Of the goods given out by the paper: what is still held (a table of the warehouse, kept by the ledger).
_CUSTODY = (
    "CASE WHEN d.accounting <> 'posted' THEN 'none' ELSE (SELECT CASE WHEN coalesce(sum(i.rest), 0) = 0 THEN 'closed'"
    " WHEN d.due_date < current_date THEN 'overdue' WHEN sum(i.rest) < sum(i.quantity) THEN 'part' ELSE 'held' END"
    " FROM custody_item i WHERE i.document_id = d.id) END")
_JOINS = {
    "party": "LEFT JOIN party p ON p.id = d.party_id",
    "responsible": "LEFT JOIN employee e ON e.id = d.responsible_id",
    "branch": "LEFT JOIN branch b ON b.id = d.branch_id",
    "place": "LEFT JOIN place w ON w.id = d.place_id",
    "place_to": "LEFT JOIN place t ON t.id = d.place_to_id",
    "employee": "LEFT JOIN employee holder ON holder.id = d.employee_id",
    "employee_to": "LEFT JOIN employee taker ON taker.id = d.employee_to_id",
    "contract": "LEFT JOIN document k ON k.id = d.contract_id",
}
_EXPRS = {
    "number": Expr("d.number"), "date": Expr("d.date"), "kind": Expr("d.kind"), "state": Expr("d.state"),
    "accounting": Expr("d.accounting"), "party": Expr("d.party_id", "p.name", ("party",)),
    "responsible": Expr("d.responsible_id", "e.name", ("responsible",)),
    "branch": Expr("d.branch_id", "b.title", ("branch",)), "place": Expr("d.place_id", "w.name", ("place",)),
    "place_to": Expr("d.place_to_id", "t.name", ("place_to",)),
    "employee": Expr("d.employee_id", "holder.name", ("employee",)),
    "employee_to": Expr("d.employee_to_id", "taker.name", ("employee_to",)), "custody": Expr(_CUSTODY),
    "contract": Expr("d.contract_id", "k.number", ("contract",)), "gross": Expr("d.gross"), "net": Expr("d.net"),
    "vat": Expr("d.vat"), "paid": Expr("d.paid"), "payment": Expr(_PAYMENT), "shipped": Expr("d.shipped * 100"),
    "reserved": Expr("d.reserved * 100"), "received": Expr("d.received * 100"), "receiving": Expr(_RECEIVING),
    "due_date": Expr("d.due_date", nullable=True),
    "valid_until": Expr("d.valid_until", nullable=True),
    "title": Expr("d.title"), "comment": Expr("d.comment"), "marked": Expr("d.marked"),
    "created_at": Expr("d.created_at"),
}


def _source(spec: ListSpec, kind: DocumentKind | None) -> ListSource:
    exprs = {c.name: _EXPRS[c.name] for c in spec.columns}
    if kind is None:
        exprs["state"] = Expr("d.kind || '.' || d.state")
        return ListSource(spec, Guard.BY_KIND, "document d", "d.id", exprs, visible_condition, ("d.search",), _JOINS,
                          always=("kind",))

    def scope(actor: Actor) -> sql.Composable:
        return sql.SQL("d.kind = {} AND {}").format(kind.code, kind_condition(actor, kind))

    return ListSource(spec, kind.permission("view"), "document d", "d.id", exprs, scope, ("d.search",), _JOINS)


SOURCES = (*(_source(list_spec(kind.code), kind) for kind in KINDS.values()), _source(JOURNAL, None))
