"""Closed periods of the warehouses: what was there at the end of each, counted once.

Only the functions of migrations/sql/stock_periods.sql write these tables (rights: crm_server/db/migrate.py).
"""

from sqlalchemy import BigInteger, Column, Date, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, text

from crm_server.db.schema import MONEY, QUANTITY, metadata, moment, ref

# `until` is the last closed day. A place that came into a closed warehouse later has no `closed_by_id` of its own.
stock_period = Table(
    "stock_period", metadata, ref("place_id", "place", nullable=False), Column("until", Date, nullable=False),
    moment("closed_at", now=True), ref("closed_by_id", "employee"),
    PrimaryKeyConstraint("place_id", "until"),
)

# The goods of a place at the end of `until`; what is not named was not there.
stock_snapshot = Table(
    "stock_snapshot", metadata,
    Column("place_id", BigInteger, nullable=False), Column("until", Date, nullable=False),
    ref("product_id", "product", nullable=False),
    Column("lot_id", BigInteger, nullable=False, server_default=text("0")),
    Column("on_hand", QUANTITY, nullable=False), Column("value", MONEY, nullable=False),
    PrimaryKeyConstraint("place_id", "until", "product_id", "lot_id"),
    ForeignKeyConstraint(["place_id", "until"], ["stock_period.place_id", "stock_period.until"], ondelete="CASCADE"),
    Index("ix_stock_snapshot_product", "product_id"),
)
