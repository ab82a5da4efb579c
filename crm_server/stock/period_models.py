"""Closed periods of the warehouses and marks: what was there at the end of each, counted once.

Only the functions of migrations/sql/stock_periods.sql and stock_marks.sql write these tables (rights:
crm_server/db/migrate.py).
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    text,
)

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

# What had come to and gone from a place up to the end of a month, moves dated back included: a shortcut of reports,
# kept by a trigger and by a nightly job (migrations/sql/stock_marks.sql). What never came has no row.
stock_mark_day = Table("stock_mark_day", metadata, Column("day", Date, primary_key=True))

# `issued`: what left our own places, less what of it was taken back. Places and products have no keys here: the moves
# have them.
stock_mark = Table(
    "stock_mark", metadata,
    Column("day", Date, ForeignKey("stock_mark_day.day", ondelete="CASCADE"), nullable=False),
    Column("place_id", BigInteger, nullable=False), Column("product_id", BigInteger, nullable=False),
    Column("came", QUANTITY, nullable=False), Column("came_value", MONEY, nullable=False),
    Column("went", QUANTITY, nullable=False), Column("went_value", MONEY, nullable=False),
    Column("issued", QUANTITY, nullable=False), Column("first_in", Date), Column("last_issue", Date),
    PrimaryKeyConstraint("day", "place_id", "product_id"),
)
