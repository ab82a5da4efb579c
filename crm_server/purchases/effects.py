"""Effects of orders to suppliers and of receipts."""

from collections.abc import Mapping
from typing import Any

from crm_contract.documents import FactRead
from crm_contract.lists import Tone
from crm_server.documents.registry import DocumentParts, Row
from crm_server.documents.remainder import lock_bases, take_from_bases
from crm_server.documents.shares import refresh_share
from crm_server.kit.context import Ctx
from crm_server.purchases.basis_price import BASIS_PRICE
from crm_server.purchases.discrepancy import annul_acts, make_act
from crm_server.purchases.drafts import fill_act, fill_order, fill_receipt
from crm_server.purchases.prices import forget_prices, note_prices
from crm_server.stock import ledger
from crm_server.stock.effects import demand_no_follower, require_lines
from crm_server.stock.reversal import reverse

_HAS_GOODS = """
SELECT EXISTS (SELECT FROM document_line l JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
               WHERE l.document_id = %s)
"""


def confirm_order(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of services alone nothing is to come to a warehouse."""
    require_lines(row)
    return {"received": 0 if ctx.sql.value(_HAS_GOODS, (row["id"],)) else 1}


def blocks_confirming(row: Row) -> str:
    return "" if row["party_id"] else "не указан поставщик"


def blocks_closing(row: Row) -> str:
    return "всё уже принято" if row["received"] >= 1 else ""


def blocks_annulling(row: Row) -> str:
    """What has come came by this order."""
    came = 0 < row["received"] < 1
    return "часть товара принята: отмените приёмку или закройте заказ не полностью" if came else ""


def annul_order(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Also of one of services, of which nothing is to come and whose receipts tell what has been done."""
    demand_no_follower(ctx, row)


def received_fact(row: Row) -> FactRead:
    share = row["received"]
    tone = Tone.OK if share >= 1 else Tone.WARN if share > 0 else Tone.NEUTRAL
    return FactRead(code="received", title="Принято", share=share, text=f"{share * 100:.0f} %", tone=tone)


def post_receipt(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Takes goods to the warehouse, from the order where there is one; what the paper says otherwise makes an act."""
    require_lines(row)
    bases = take_from_bases(ctx, row, "принято", "Сверх заказа примите отдельным ордером без основания.")
    ledger.post_in(ctx, row)
    refresh_share(ctx, row, bases, "received", posted=True)
    note_prices(ctx, row)
    make_act(ctx, row)


def unpost_receipt(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    annul_acts(ctx, row)
    demand_no_follower(ctx, row)
    bases = lock_bases(ctx, row)
    reverse(ctx, row)
    refresh_share(ctx, row, bases, "received", posted=False)
    forget_prices(ctx, row)


DOCUMENTS = DocumentParts(
    effects={
        ("purchase_order", "confirm"): confirm_order, ("purchase_order", "annul"): annul_order,
        ("receipt", "post"): post_receipt, ("receipt", "unpost"): unpost_receipt,
    },
    guards={
        ("purchase_order", "confirm"): blocks_confirming, ("purchase_order", "close_short"): blocks_closing,
        ("purchase_order", "annul"): blocks_annulling,
    },
    facts={"received": received_fact},
    print_sql={"basis_price": BASIS_PRICE},
    fillers={"purchase_order": fill_order, "receipt": fill_receipt, "discrepancy": fill_act},
)
