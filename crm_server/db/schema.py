"""The one metadata that all domains declare their tables on.

SQLAlchemy describes the schema and drives the migrations; what runs at request time is SQL through psycopg
(see docs/decisions/0002-sql-at-run-time.md).
"""

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Integer, MetaData, Numeric, Text, func

metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
})

MONEY = Numeric(15, 2)
PRICE = Numeric(19, 4)
QUANTITY = Numeric(15, 3)


def id_column() -> Column[int]:
    return Column("id", BigInteger, Identity(always=False), primary_key=True)


def ref(name: str, target: str, *, nullable: bool = True, index: bool = False,
        ondelete: str | None = None) -> Column[int]:
    """A foreign key to `target`'s id, e.g. `ref("party_id", "party")`."""
    return Column(name, BigInteger, ForeignKey(f"{target}.id", ondelete=ondelete), nullable=nullable, index=index)


def text_column(name: str, *, nullable: bool = False) -> Column[str]:
    """A text that is empty rather than null."""
    return Column(name, Text, nullable=nullable, server_default=None if nullable else "")


def version_column() -> Column[int]:
    return Column("version", Integer, nullable=False, server_default="1")


def moment(name: str, *, nullable: bool = False, now: bool = False) -> Column[object]:
    """A UTC moment; `now` takes the transaction's time by default."""
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if now else None)
