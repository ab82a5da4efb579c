"""Products, groups, barcodes, price kinds and dated prices."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Index,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from crm_server.db.schema import PRICE, QUANTITY, id_column, metadata, moment, ref, text_column, version_column

NOT = text("false")

product_group = Table(
    "product_group", metadata, id_column(), Column("title", Text, nullable=False), ref("parent_id", "product_group"),
    version_column(), UniqueConstraint("parent_id", "title", postgresql_nulls_not_distinct=True),
)

price_kind = Table(
    "price_kind", metadata, id_column(), Column("title", Text, nullable=False, unique=True),
    Column("vat_included", Boolean, nullable=False, server_default=text("true")),
    Column("main", Boolean, nullable=False, server_default=NOT), version_column(),
    Index("uq_price_kind_main", "main", unique=True, postgresql_where=text("main")),
)

product = Table(
    "product", metadata, id_column(), version_column(),
    Column("kind", Text, nullable=False, server_default="goods"), text_column("sku"),
    Column("name", Text, nullable=False), text_column("full_name"), ref("group_id", "product_group", index=True),
    Column("unit", Text, nullable=False, server_default="796"),
    Column("vat_kind", Text, nullable=False, server_default="standard"),
    Column("min_stock", QUANTITY), text_column("country"), text_column("note"),
    Column("weight", QUANTITY),  # kilograms of one unit
    Column("tracking", Text, nullable=False, server_default="none"),  # by serial numbers, by lots
    text_column("search"),  # article, name and barcodes as one search key, see crm_server/catalog/keys.py
    Column("sort", Text, Computed("sort_key(name)", persisted=True)),
    Column("archived", Boolean, nullable=False, server_default=NOT), Column("import_batch_id", BigInteger),
    moment("created_at", now=True), moment("updated_at", now=True), ref("updated_by_id", "employee"),
    CheckConstraint("kind IN ('goods', 'service', 'work', 'kit')", name="kind"),
    CheckConstraint("tracking = 'none' OR tracking IN ('lot', 'serial') AND kind IN ('goods', 'kit')", name="tracking"),
    CheckConstraint("vat_kind IN ('standard', 'reduced', 'zero', 'exempt')", name="vat_kind"),
    CheckConstraint("weight > 0", name="weight"),
    Index("uq_product_sku", "sku", unique=True, postgresql_where=text("sku <> '' AND NOT archived")),
    Index("ix_product_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    Index("ix_product_sort", "sort", "id", postgresql_include=["archived", "kind", "group_id"]),
)

barcode = Table(
    "barcode", metadata, Column("code", Text, primary_key=True),
    ref("product_id", "product", nullable=False, index=True, ondelete="CASCADE"),
)

price = Table(
    "price", metadata, id_column(), ref("product_id", "product", nullable=False, ondelete="CASCADE"),
    ref("price_kind_id", "price_kind", nullable=False), Column("price", PRICE, nullable=False),
    Column("valid_from", Date, nullable=False), Column("import_batch_id", BigInteger),
    UniqueConstraint("product_id", "price_kind_id", "valid_from"),
    CheckConstraint("price >= 0", name="price"),
)
