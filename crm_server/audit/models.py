"""The journal and its seals."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from crm_server.db.schema import id_column, metadata, moment, text_column

audit_log = Table(
    "audit_log", metadata,
    id_column(),
    moment("at", now=True),
    Column("user_id", BigInteger),
    text_column("person"),
    Column("branch_id", BigInteger),
    Column("action", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("entity_id", BigInteger),
    text_column("title"),
    Column("before", JSONB),
    Column("after", JSONB),
    text_column("reason"),
    text_column("address"),
    text_column("request_id"),
    Index("ix_audit_log_entity_entity_id", "entity", "entity_id"),
    Index("ix_audit_log_at", "at"),
)

# One seal per sealed row of an append-only table: chain = sha256(previous chain || row hash).
audit_seal = Table(
    "audit_seal", metadata,
    id_column(),
    Column("source", Text, nullable=False),
    Column("row_id", BigInteger, nullable=False),
    Column("row_hash", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    moment("at", now=True),
    UniqueConstraint("source", "row_id"),
)
