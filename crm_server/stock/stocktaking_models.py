"""Lines of a stocktaking, and every count that was taken of them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Index,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from crm_server.db.schema import MONEY, PRICE, QUANTITY, id_column, metadata, moment, ref

_NO, _YES = text("false"), text("true")

stocktaking_line = Table(
    "stocktaking_line", metadata, id_column(), ref("document_id", "document", nullable=False),
    ref("place_id", "place", nullable=False), ref("product_id", "product", nullable=False),
    Column("lot_id", BigInteger, nullable=False, server_default="0"),
    Column("listed", Boolean, nullable=False, server_default=_YES),       # no: found, was not on the list
    Column("pass", SmallInteger, nullable=False, server_default="0"),     # of the last count
    Column("wanted", SmallInteger, nullable=False, server_default="1"),   # the pass that is asked for
    Column("another", Boolean, nullable=False, server_default=_NO),       # the second pass is another person's
    Column("counted", QUANTITY), Column("first_counted", QUANTITY),
    Column("booked", QUANTITY),                                           # the balance at the moment of the last count
    Column("difference", QUANTITY, Computed("counted - booked", persisted=True)),
    Column("disturbed", Boolean, nullable=False, server_default=_NO),     # it moved while it was counted piece by piece
    moment("counted_at", nullable=True), ref("employee_id", "employee"),
    Column("price", PRICE), Column("cost", MONEY),                        # of a surplus; what the posting moved, signed
    Column("open", Boolean, nullable=False, server_default=_YES),
    UniqueConstraint("document_id", "place_id", "product_id", "lot_id"),
    # Two counts of the same goods would correct the same difference twice.
    Index("uq_stocktaking_line_open", "place_id", "product_id", "lot_id", unique=True, postgresql_where=text("open")),
    CheckConstraint("counted >= 0 AND price >= 0", name="counted"),
    CheckConstraint("(counted IS NULL) = (booked IS NULL) AND (counted IS NULL) = (pass = 0)", name="pass"),
)

stocktaking_count = Table(
    "stocktaking_count", metadata, id_column(), ref("line_id", "stocktaking_line", nullable=False, index=True),
    Column("pass", SmallInteger, nullable=False), Column("adds", Boolean, nullable=False),
    Column("quantity", QUANTITY, nullable=False), Column("counted", QUANTITY, nullable=False),
    Column("booked", QUANTITY, nullable=False), moment("at"), ref("employee_id", "employee"),
    CheckConstraint("counted >= 0", name="counted"),
)
