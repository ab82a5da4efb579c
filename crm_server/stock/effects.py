"""Effects of the warehouse's documents, and what the line table shows of stock."""

from collections.abc import Mapping
from typing import Any

from crm_contract.errors import ErrorCode
from crm_server.documents.registry import DocumentParts, Row
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.stock import ledger
from crm_server.stock.reversal import reverse


def require_lines(row: Row) -> None:
    if not row["has_lines"]:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"В документе {row['number']} нет строк",
                      "Добавьте строки и проведите.")


def post_receipt(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    require_lines(row)
    ledger.post_in(ctx, row)


def unpost_receipt(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    reverse(ctx, row)


DOCUMENTS = DocumentParts(
    effects={("receipt", "post"): post_receipt, ("receipt", "unpost"): unpost_receipt},
    line_sql={
        "free": "(CASE WHEN p.kind IN ('goods', 'kit') AND d.place_id IS NOT NULL THEN coalesce((SELECT b.on_hand -"
                " b.reserved FROM stock_balance b WHERE b.place_id = d.place_id AND b.product_id = l.product_id AND"
                " b.lot_id = 0), 0) END)::text",
        "reserved": "coalesce((SELECT sum(r.quantity - r.used) FROM reservation r WHERE r.line_id = l.id AND"
                    " r.state = 'active'), 0)::text",
    },
)
