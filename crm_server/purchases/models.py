"""What suppliers call our products and what they asked for them last."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, Table, UniqueConstraint

from crm_server.db.schema import PRICE, id_column, metadata, ref, text_column

# The price is without VAT, in roubles, by the newest posted receipt. Codes and names are learnt from papers of the
# supplier and stay when a receipt is taken back, and so does `lead_days`: from the last order to its receipt.
supplier_item = Table(
    "supplier_item", metadata, id_column(), ref("party_id", "party", nullable=False),
    ref("product_id", "product", nullable=False, index=True, ondelete="CASCADE"),
    text_column("code"), text_column("name"), Column("price", PRICE), Column("date", Date),
    ref("document_id", "document", ondelete="SET NULL"), Column("lead_days", Integer),
    UniqueConstraint("party_id", "product_id"),
    CheckConstraint("price >= 0", name="price"),
    CheckConstraint("lead_days >= 0", name="lead_days"),
    CheckConstraint("(price IS NULL) = (date IS NULL)", name="dated"),
    Index("ix_supplier_item_code", "party_id", "code"),
    Index("ix_supplier_item_name", "party_id", "name"),
)
