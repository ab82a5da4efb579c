"""Which part of a payment pays which invoice."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, PrimaryKeyConstraint, Table

from crm_server.db.schema import MONEY, metadata, moment

payment_allocation = Table(
    "payment_allocation", metadata,
    Column("payment_id", BigInteger, ForeignKey("document.id"), nullable=False),
    Column("invoice_id", BigInteger, ForeignKey("document.id"), nullable=False, index=True),
    Column("amount", MONEY, nullable=False), moment("at", now=True),
    PrimaryKeyConstraint("payment_id", "invoice_id"),
    CheckConstraint("amount > 0", name="amount"),
)
