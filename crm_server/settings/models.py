"""Company settings that differ from their defaults, and the saved views of lists."""

from sqlalchemy import Boolean, Column, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crm_server.db.schema import id_column, metadata, ref, version_column

setting = Table(
    "setting", metadata, Column("key", Text, primary_key=True), Column("value", JSONB, nullable=False),
    version_column(),
)

saved_view = Table(
    "saved_view", metadata, id_column(), ref("user_id", "app_user", nullable=False, ondelete="CASCADE"),
    Column("list_code", Text, nullable=False), Column("title", Text, nullable=False),
    Column("shared", Boolean, nullable=False, server_default=text("false")),
    Column("query", JSONB, nullable=False), Column("columns", ARRAY(Text), nullable=False, server_default="{}"),
    UniqueConstraint("user_id", "list_code", "title"),
)
