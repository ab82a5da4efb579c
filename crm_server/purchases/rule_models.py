"""How much of a product a warehouse should have."""

from sqlalchemy import CheckConstraint, Column, Integer, Table, UniqueConstraint

from crm_server.db.schema import QUANTITY, id_column, metadata, ref, version_column

# `place_id` and `donor_id` are warehouses; what lies in their zones and bins counts with them. `lead_days` NULL: as the
# supplier delivers.
stock_rule = Table(
    "stock_rule", metadata, id_column(), version_column(),
    ref("product_id", "product", nullable=False, ondelete="CASCADE"),
    ref("place_id", "place", nullable=False, index=True, ondelete="CASCADE"),
    Column("minimum", QUANTITY, nullable=False), Column("target", QUANTITY, nullable=False),
    Column("maximum", QUANTITY), Column("pack", QUANTITY, nullable=False, server_default="1"),
    Column("lead_days", Integer), ref("supplier_id", "party", index=True), ref("donor_id", "place", index=True),
    UniqueConstraint("product_id", "place_id"),
    CheckConstraint("minimum >= 0", name="minimum"),
    CheckConstraint("target > 0 AND target >= minimum", name="target"),
    CheckConstraint("maximum >= target", name="maximum"),
    CheckConstraint("pack > 0", name="pack"),
    CheckConstraint("lead_days >= 0", name="lead_days"),
    CheckConstraint("donor_id <> place_id", name="donor"),
)
