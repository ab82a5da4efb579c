"""Places, the ledger of moves, balances and reservations.

Balances are kept by triggers (migrations/sql/ledger.sql) that run as the owner: the server's role may only insert
moves and write reservations, so that no statement of ours can make ledger and balances differ.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from crm_server.db.schema import MONEY, QUANTITY, id_column, metadata, moment, ref, text_column, version_column

place = Table(
    "place", metadata, id_column(), Column("kind", Text, nullable=False), Column("name", Text, nullable=False),
    text_column("code"), ref("parent_id", "place"), ref("branch_id", "branch"), ref("employee_id", "employee"),
    Column("archived", Boolean, nullable=False, server_default=text("false")),
    # Inner places keep balances; the outer ones are where goods come from and go to.
    Column("inner", Boolean, nullable=False), version_column(),
    # A zone whose goods are not those of its warehouse: they are not free (repair, quarantine).
    Column("apart", Boolean, nullable=False, server_default=text("false")),
    # The turn of a zone in its warehouse and of a bin in its zone when somebody walks along them.
    Column("pick_order", Integer, nullable=False, server_default="0"),
    # Both kept by a trigger (migrations/sql/bins.sql): the place whose balance counts what lies here, itself but for
    # zones and bins, and the place in the walk through a warehouse.
    ref("keeper_id", "place", nullable=False, index=True), text_column("route"),
    CheckConstraint("kind IN ('warehouse', 'zone', 'bin', 'employee', 'transit', 'customer', 'supplier', 'loss')",
                    name="kind"),
    CheckConstraint("\"inner\" = (kind IN ('warehouse', 'zone', 'bin', 'employee', 'transit'))", name="inner"),
    CheckConstraint("(kind = 'employee') = (employee_id IS NOT NULL)", name="employee"),
    CheckConstraint("NOT apart OR kind = 'zone'", name="apart"),
    CheckConstraint("pick_order BETWEEN 0 AND 999999", name="pick_order"),
    Index("uq_place_employee", "employee_id", unique=True, postgresql_where=text("kind = 'employee'")),
    Index("uq_place_repair", "parent_id", unique=True, postgresql_where=text("kind = 'zone' AND code = 'РЕМОНТ'")),
    Index("uq_place_outer", "kind", unique=True, postgresql_where=text("NOT \"inner\"")),
    Index("uq_place_transit", "parent_id", unique=True, postgresql_where=text("kind = 'transit'")),
)

stock_move = Table(
    "stock_move", metadata, id_column(), Column("at", Date, nullable=False), moment("made_at", now=True),
    ref("product_id", "product", nullable=False),
    Column("lot_id", BigInteger, nullable=False, server_default="0"),  # 0 where the product is not counted by lots
    ref("from_place_id", "place", nullable=False), ref("to_place_id", "place", nullable=False),
    Column("quantity", QUANTITY, nullable=False), Column("cost", MONEY, nullable=False, server_default="0"),
    ref("document_id", "document"), Column("line_id", BigInteger),
    ref("reverses_id", "stock_move"), ref("employee_id", "employee"),
    # What the goods of an earlier move turned out to be worth: money without goods, between the places of that move.
    ref("adjusts_id", "stock_move"),
    # Where inside of its place the goods lay and come to lie: a zone or bin, or nowhere in particular.
    ref("from_bin_id", "place"), ref("to_bin_id", "place"),
    CheckConstraint("CASE WHEN adjusts_id IS NULL THEN quantity > 0 ELSE quantity = 0 AND cost <> 0 END",
                    name="quantity"),
    CheckConstraint("from_place_id <> to_place_id OR from_bin_id IS DISTINCT FROM to_bin_id", name="balanced"),
    # What is only put elsewhere inside of its place keeps its cost.
    CheckConstraint("from_place_id <> to_place_id OR cost = 0", name="inside"),
    Index("ix_stock_move_from_bin", "from_bin_id", "product_id", "id",
          postgresql_where=text("from_bin_id IS NOT NULL")),
    Index("ix_stock_move_to_bin", "to_bin_id", "product_id", "id", postgresql_where=text("to_bin_id IS NOT NULL")),
    Index("ix_stock_move_document", "document_id"),
    Index("ix_stock_move_lot", "lot_id", "id", postgresql_where=text("lot_id <> 0")),
    Index("ix_stock_move_from", "from_place_id", "product_id", "id"),
    Index("ix_stock_move_to", "to_place_id", "product_id", "id"),
    # The moves of a period, and the newest ones; those of a place.
    Index("ix_stock_move_at", "at", "id"),
    Index("ix_stock_move_from_at", "from_place_id", "at"),
    Index("ix_stock_move_to_at", "to_place_id", "at"),
    Index("uq_stock_move_reverses", "reverses_id", unique=True, postgresql_where=text("reverses_id IS NOT NULL")),
    Index("ix_stock_move_adjusts", "adjusts_id", postgresql_where=text("adjusts_id IS NOT NULL")),
)

stock_balance = Table(
    "stock_balance", metadata,
    Column("place_id", BigInteger, ForeignKey("place.id"), nullable=False),
    Column("product_id", BigInteger, ForeignKey("product.id"), nullable=False),
    # Always 0: a balance is of the product, which is what is reserved and has a cost. Its lots lie in `lot_balance`.
    Column("lot_id", BigInteger, nullable=False, server_default="0"),
    Column("id", BigInteger, Identity(), nullable=False, unique=True),  # a row of the list keeps it
    Column("on_hand", QUANTITY, nullable=False, server_default="0"),
    Column("reserved", QUANTITY, nullable=False, server_default="0"),
    Column("value", MONEY, nullable=False, server_default="0"),
    Column("last_at", Date),  # the day of the latest move; what is dated earlier is dated back
    Column("placed", QUANTITY, nullable=False, server_default="0"),  # of it in zones and bins: `bin_balance`
    PrimaryKeyConstraint("place_id", "product_id", "lot_id"),
    CheckConstraint("lot_id = 0", name="lot"),
    CheckConstraint("on_hand >= 0", name="on_hand"),
    CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved"),
    CheckConstraint("placed >= 0 AND placed <= on_hand", name="placed"),
    CheckConstraint("value >= 0 AND (on_hand > 0 OR value = 0)", name="value"),
    Index("ix_stock_balance_product", "product_id"),
)

reservation = Table(
    "reservation", metadata, id_column(), version_column(),
    ref("document_id", "document", index=True), ref("line_id", "document_line", index=True, ondelete="SET NULL"),
    ref("product_id", "product", nullable=False, index=True), ref("place_id", "place", nullable=False),
    Column("lot_id", BigInteger, nullable=False, server_default="0"),
    Column("quantity", QUANTITY, nullable=False), Column("used", QUANTITY, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default="active"), Column("until", Date), text_column("note"),
    ref("branch_id", "branch", nullable=False), ref("employee_id", "employee"),
    moment("created_at", now=True), moment("closed_at", nullable=True),
    CheckConstraint("quantity > 0 AND used >= 0 AND used <= quantity", name="quantity"),
    CheckConstraint("state IN ('active', 'used', 'released', 'expired', 'moved')", name="state"),
    CheckConstraint("state <> 'used' OR used = quantity", name="used"),
    Index("ix_reservation_active", "place_id", "product_id", postgresql_where=text("state = 'active'")),
    Index("ix_reservation_until", "until", postgresql_where=text("state = 'active'")),
)

# What came to an employee by one move, and how much of it the employee still holds: `rest`. Kept by a trigger on the
# moves (migrations/sql/custody.sql), like balances; the moves that took of it are in `custody_use`.
custody_item = Table(
    "custody_item", metadata, id_column(), ref("move_id", "stock_move", nullable=False),
    ref("place_id", "place", nullable=False), ref("product_id", "product", nullable=False, index=True),
    Column("lot_id", BigInteger, nullable=False), ref("document_id", "document"), Column("line_id", BigInteger),
    Column("at", Date, nullable=False), Column("quantity", QUANTITY, nullable=False),
    Column("rest", QUANTITY, nullable=False),
    CheckConstraint("rest >= 0 AND rest <= quantity", name="rest"),
    Index("uq_custody_item_move_id", "move_id", unique=True),
    Index("ix_custody_item_document", "document_id", "line_id"),
    Index("ix_custody_item_held", "place_id", "product_id", "lot_id", postgresql_where=text("rest > 0")),
)

custody_use = Table(
    "custody_use", metadata,
    Column("item_id", BigInteger, ForeignKey("custody_item.id"), nullable=False),
    Column("move_id", BigInteger, ForeignKey("stock_move.id"), nullable=False, index=True),
    Column("quantity", QUANTITY, nullable=False),
    PrimaryKeyConstraint("item_id", "move_id"),
    CheckConstraint("quantity > 0", name="quantity"),
)

# A serial number or a lot of a product, as the maker or the company wrote it. `serial` is one piece.
lot = Table(
    "lot", metadata, id_column(), ref("product_id", "product", nullable=False), Column("code", Text, nullable=False),
    Column("serial", Boolean, nullable=False), Column("expires", Date), moment("made_at", now=True),
    UniqueConstraint("product_id", "code"), CheckConstraint("code <> ''", name="code"),
    Index("ix_lot_code", text("search_key(code)"), postgresql_using="gin",
          postgresql_ops={"search_key(code)": "gin_trgm_ops"}),
)

# How many of a lot lie on a place; kept by the ledger's triggers. A serial number is on one place at most.
lot_balance = Table(
    "lot_balance", metadata,
    Column("place_id", BigInteger, ForeignKey("place.id"), nullable=False),
    Column("lot_id", BigInteger, ForeignKey("lot.id"), nullable=False),
    ref("product_id", "product", nullable=False), Column("serial", Boolean, nullable=False),
    Column("on_hand", QUANTITY, nullable=False, server_default="0"),
    Column("placed", QUANTITY, nullable=False, server_default="0"),
    PrimaryKeyConstraint("place_id", "lot_id"),
    CheckConstraint("placed >= 0 AND placed <= on_hand", name="placed"),
    CheckConstraint("on_hand >= 0", name="on_hand"),
    CheckConstraint("NOT serial OR on_hand IN (0, 1)", name="serial"),
    Index("uq_lot_balance_serial", "lot_id", unique=True, postgresql_where=text("serial AND on_hand > 0")),
    Index("ix_lot_balance_product", "product_id", "place_id", postgresql_where=text("on_hand > 0")),
)

# How many of a product, and of its lot, lie in a zone or bin of the place `keeper_id`; kept by the ledger's triggers
# under the lock of the balance there. What is in none of them is not placed: `on_hand - placed` of the balance.
bin_balance = Table(
    "bin_balance", metadata,
    Column("place_id", BigInteger, ForeignKey("place.id"), nullable=False),
    Column("product_id", BigInteger, ForeignKey("product.id"), nullable=False),
    Column("lot_id", BigInteger, nullable=False, server_default="0"),
    ref("keeper_id", "place", nullable=False),
    Column("id", BigInteger, Identity(), nullable=False, unique=True),  # a row of the list keeps it
    Column("on_hand", QUANTITY, nullable=False, server_default="0"),
    PrimaryKeyConstraint("place_id", "product_id", "lot_id"),
    CheckConstraint("on_hand >= 0", name="on_hand"),
    Index("ix_bin_balance_keeper", "keeper_id", "product_id", postgresql_where=text("on_hand > 0")),
    Index("ix_bin_balance_product", "product_id"),
)

# Where a product belongs in a warehouse: put-away offers it first.
home_bin = Table(
    "home_bin", metadata, id_column(), version_column(), ref("product_id", "product", nullable=False),
    ref("place_id", "place", nullable=False, index=True), ref("keeper_id", "place", nullable=False),
    UniqueConstraint("product_id", "keeper_id"),
)

# Moves dated on or before `closed_until` are refused for the place, even for raw SQL.
stock_period_lock = Table(
    "stock_period_lock", metadata,
    Column("place_id", BigInteger, ForeignKey("place.id"), primary_key=True),
    Column("closed_until", Date, nullable=False),
)
