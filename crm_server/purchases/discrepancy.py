"""The act of discrepancy: made with the posting of a receipt whose paper says something else, annulled with it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crm_contract.documents import DocumentBody, LineBody
from crm_contract.errors import ErrorCode
from crm_contract.purchases import DISCREPANCY
from crm_server.documents.checking import resolve
from crm_server.documents.service import insert_document
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal

_DIFFERING = """
SELECT l.id, l.product_id, l.name, l.unit, l.quantity, l.paper_quantity, l.note FROM document_line l
WHERE l.document_id = %s AND l.paper_quantity <> l.quantity ORDER BY l.position
"""
# Acts made of the receipt. One that the supplier has got already keeps the receipt as it is.
_ACTS = """
SELECT x.id, x.number, x.state, x.accounting, x.branch_id FROM document_link k JOIN document x ON x.id = k.document_id
WHERE k.basis_id = %s AND x.kind = 'discrepancy' AND x.accounting <> 'annulled' ORDER BY x.id FOR UPDATE OF x
"""
_ANNUL = """
UPDATE document SET state = 'annulled', accounting = 'annulled', version = version + 1, updated_at = now() WHERE id = %s
"""


def make_act(ctx: Ctx, row: Mapping[str, Any]) -> None:
    """Draws up an act of the lines of a receipt or an acceptance in which more or less has come than the paper says."""
    lines = [_line(line) for line in ctx.sql.all(_DIFFERING, (row["id"],))]
    if not lines:
        return
    paper = row["extra"].get("supplier_number", "")
    body = DocumentBody(
        date=row["date"], party_id=row["party_id"], organization_id=row["organization_id"], place_id=row["place_id"],
        responsible_id=row["responsible_id"], lines=lines, basis_ids=[row["id"]],
        comment=f"По документу поставщика № {paper}" if paper else "")
    found = resolve(ctx, DISCREPANCY, body, row["branch_id"])
    insert_document(ctx, DISCREPANCY, body, row["branch_id"], found)


def _line(line: Mapping[str, Any]) -> LineBody:
    return LineBody(product_id=line["product_id"], name=line["name"], unit=line["unit"], quantity=line["quantity"],
                    paper_quantity=line["paper_quantity"], basis_line_id=line["id"],
                    note=line["note"] or cause(line["paper_quantity"], line["quantity"]))


def cause(paper: Decimal, came: Decimal) -> str:
    """What a difference is called before somebody has said more about it."""
    return "Излишек" if came > paper else "Недостача" if came else "Не поставлен"


def annul_acts(ctx: Ctx, row: Mapping[str, Any]) -> None:
    """Unfinished acts go with their receipt; raises NOT_ALLOWED_NOW for one that was handed over."""
    for act in ctx.sql.all(_ACTS, (row["id"],)):
        if act["accounting"] == "posted":
            raise Refusal(ErrorCode.NOT_ALLOWED_NOW,
                          f"По документу {row['number']} есть акт о расхождениях {act['number']}, он уже передан"
                          " другой стороне", "Сначала аннулируйте акт, затем отменяйте приёмку.")
        ctx.sql.run(_ANNUL, (act["id"],))
        ctx.audit("action", DISCREPANCY.code, act["id"], f"{act['number']}: Аннулировать",
                  reason=f"Отменено проведение {row['number']}", before={"state": act["state"]},
                  after={"state": "annulled"}, branch_id=act["branch_id"])
        ctx.changed(DISCREPANCY.code, [act["id"]], act["branch_id"])
