"""What was reserved for one document and given to another."""

from sqlalchemy import CheckConstraint, Column, Index, Table, Text

from crm_server.db.schema import QUANTITY, id_column, metadata, moment, ref

# Append-only (rights: crm_server/db/migrate.py). A reserve by hand has no document.
reservation_move = Table(
    "reservation_move", metadata, id_column(), moment("at", now=True),
    ref("reservation_id", "reservation", nullable=False), ref("product_id", "product", nullable=False),
    ref("from_document_id", "document"), ref("to_document_id", "document", nullable=False),
    Column("quantity", QUANTITY, nullable=False), ref("employee_id", "employee"),
    Column("reason", Text, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("from_document_id <> to_document_id", name="other"),
    CheckConstraint("reason <> ''", name="reason"),
    Index("ix_reservation_move_from", "from_document_id", "at"),
    Index("ix_reservation_move_to", "to_document_id"),
)
