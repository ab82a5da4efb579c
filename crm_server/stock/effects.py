"""Effects of the warehouse's documents, and what the line table shows of stock."""

from collections.abc import Mapping
from typing import Any

from crm_contract.documents import kind_of
from crm_contract.errors import ErrorCode
from crm_contract.stock import PlaceKind
from crm_server.documents.registry import DocumentParts, Row
from crm_server.documents.remainder import take_from_bases
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.stock import bins, ledger
from crm_server.stock.coming import coming_to
from crm_server.stock.reversal import reverse


def require_lines(row: Row) -> None:
    if not row["has_lines"]:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"В документе {row['number']} нет строк",
                      "Добавьте строки и проведите.")


_FOLLOWER = """
SELECT x.kind, x.number FROM document_link k JOIN document x ON x.id = k.document_id
WHERE k.basis_id = %s AND x.accounting = 'posted' ORDER BY x.id LIMIT 1
"""


def unpost(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Takes the moves of a document back, unless a posted one stands on it."""
    demand_no_follower(ctx, row)
    reverse(ctx, row)


def demand_no_follower(ctx: Ctx, row: Row) -> None:
    """What a posted document was made from stays; that one locks its basis before it is posted."""
    follower = ctx.sql.one(_FOLLOWER, (row["id"],))
    if follower is None:
        return
    kind = kind_of(follower["kind"])
    undo = "отмените его проведение" if any(a.code == "unpost" for a in kind.workflow.actions) else "аннулируйте его"
    raise Refusal(ErrorCode.NOT_ALLOWED_NOW,
                  f"По документу {row['number']} проведён {kind.named(follower['number'])}", f"Сначала {undo}.")


def post_supplier_return(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    require_lines(row)
    take_from_bases(ctx, row, "возвращено", "Сверх принятого возвращайте отдельным документом без основания.")
    ledger.post_out(ctx, row, PlaceKind.SUPPLIER)


def post_scrap(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    require_lines(row)
    ledger.post_out(ctx, row, PlaceKind.LOSS)


# Goods on their way are moved twice at one cost; what was taken back was not moved.
_COST = """(
SELECT sum(stock_cost(m)) FROM stock_move m JOIN place w ON w.id = m.from_place_id AND w.kind <> 'transit'
WHERE m.document_id = d.id AND m.line_id = l.id AND m.reverses_id IS NULL AND m.adjusts_id IS NULL
AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses_id = m.id))"""
DOCUMENTS = DocumentParts(
    effects={
        ("supplier_return", "post"): post_supplier_return, ("supplier_return", "unpost"): unpost,
        ("scrap", "post"): post_scrap, ("scrap", "unpost"): unpost,
    },
    line_sql={
        "free": "(CASE WHEN p.kind IN ('goods', 'kit') AND d.place_id IS NOT NULL THEN coalesce((SELECT b.on_hand -"
                " b.reserved FROM stock_balance b WHERE b.place_id = d.place_id AND b.product_id = l.product_id),"
                " 0) END)::text",
        "reserved": "coalesce((SELECT sum(r.quantity - r.used) FROM reservation r WHERE r.line_id = l.id AND"
                    " r.state = 'active'), 0)::text",
    },
    print_sql={"cost": _COST, "bins": bins.OF_LINE},
    coming=coming_to,
)
