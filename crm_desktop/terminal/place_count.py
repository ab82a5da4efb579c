"""What is sent of the goods that were counted on one place."""

from collections.abc import Sequence
from decimal import Decimal

from crm_contract.terminal import PlaceCount
from crm_desktop.terminal.answers import Line


def place_counts(lines: Sequence[Line]) -> list[PlaceCount]:
    """A scan adds to what is counted there already, a typed quantity is all there is."""
    found: list[PlaceCount] = []
    for line in lines:
        if line.lots:
            found += [PlaceCount(product_id=line.product_id, lot=lot.code, quantity=lot.quantity, adds=not line.typed)
                      for lot in line.lots]
        elif line.typed or line.scanned > Decimal(0):
            found.append(PlaceCount(product_id=line.product_id, quantity=line.scanned, adds=not line.typed))
    return found
