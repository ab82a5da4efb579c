"""New products made from lines of a paper."""

from collections.abc import Sequence

from crm_contract.catalog import ProductBody, ProductKind
from crm_contract.permissions import Permission
from crm_contract.requisites import check_barcode
from crm_contract.units import PIECE
from crm_contract.vat import VatKind
from crm_server.catalog.bulk import add_products
from crm_server.exchange.upd.paper import Paper, PaperLine
from crm_server.kit.context import Ctx

_TAKEN = """
SELECT 'sku' AS field, sku AS value FROM product WHERE sku = ANY(%(skus)s::text[]) AND sku <> '' AND NOT archived
UNION ALL SELECT 'barcode', code FROM barcode WHERE code = ANY(%(barcodes)s::text[])
"""
#: An exempt seller says nothing of the product itself.
_KINDS = {"10": VatKind.REDUCED, "0": VatKind.ZERO}


def add_new_products(ctx: Ctx, paper: Paper, lines: Sequence[PaperLine]) -> dict[int, int]:
    """Number of the line → its new product, in a handful of statements; articles and barcodes that are taken stay off.

    Raises FORBIDDEN without the right to change the catalogue.
    """
    if not lines:
        return {}
    ctx.actor.demand(Permission.PRODUCT_EDIT)
    barcodes = {line.number: _barcode(line) for line in lines}
    rows = ctx.sql.all(_TAKEN, {"skus": [line.article for line in lines], "barcodes": list(barcodes.values())})
    taken = {(row["field"], row["value"]) for row in rows}
    bodies: list[ProductBody] = []
    for line in lines:
        sku, barcode = line.article, barcodes[line.number]
        bodies.append(ProductBody(
            kind=ProductKind.SERVICE if line.is_service else ProductKind.GOODS, name=line.name[:300],
            sku="" if ("sku", sku) in taken else sku, unit=line.unit or PIECE,
            full_name=line.name if len(line.name) > 300 else "", vat_kind=_KINDS.get(line.rate, VatKind.STANDARD),
            barcodes=[barcode] if barcode and ("barcode", barcode) not in taken else []))
        taken |= {("sku", sku), ("barcode", barcode)}
    ids = add_products(ctx, bodies, None, f"Из {paper.title} № {paper.number}")
    return {line.number: product_id for line, product_id in zip(lines, ids, strict=True)}


def _barcode(line: PaperLine) -> str:
    """ГТИН without the zeros that make 14 digits of 13."""
    code = line.barcode[1:] if line.barcode.startswith("0") else line.barcode
    return code if code and not check_barcode(code) else ""
