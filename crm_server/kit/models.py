"""Tables of the edge: idempotency keys and the change feed."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY

from crm_server.db.schema import id_column, metadata, moment

idempotency_key = Table(
    "idempotency_key", metadata,
    Column("user_id", BigInteger, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    moment("created_at", now=True),
    Index("ix_idempotency_key_created_at", "created_at"),
)

change_log = Table(
    "change_log", metadata,
    id_column(),
    # The order of the feed: rows below the oldest running transaction are complete and never join later.
    Column("xid", BigInteger, nullable=False,
           server_default=text("((pg_current_xact_id())::text)::bigint")),
    Column("entity", Text, nullable=False),
    Column("ids", ARRAY(BigInteger), nullable=False),
    Column("branch_id", BigInteger),
    Column("user_id", BigInteger),
    moment("at", now=True),
    Index("ix_change_log_xid_id", "xid", "id"),
)
