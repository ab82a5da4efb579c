"""Uploaded files, batches with what each row did, remembered mappings."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from crm_server.db.schema import id_column, metadata, moment, ref, text_column

_TARGET = "target IN ('parties', 'products')"

# Files that never became a batch are removed after a while, see loading.py.
import_file = Table(
    "import_file", metadata, id_column(), Column("name", Text, nullable=False),
    Column("sha256", LargeBinary, nullable=False), Column("content", LargeBinary, nullable=False),
    ref("author_id", "employee", nullable=False), moment("at", now=True),
)

import_mapping = Table(
    "import_mapping", metadata, id_column(), Column("target", Text, nullable=False),
    Column("name", Text, nullable=False), Column("headings", JSONB, nullable=False),
    ref("author_id", "employee"), moment("at", now=True),
    UniqueConstraint("target", "name"), CheckConstraint(_TARGET, name="target"),
)

import_batch = Table(
    "import_batch", metadata, id_column(), ref("file_id", "import_file", nullable=False, index=True),
    Column("target", Text, nullable=False), Column("file_name", Text, nullable=False),
    Column("sheet", Text, nullable=False), Column("options", JSONB, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    # The last row of the sheet that a committed portion dealt with: a load goes on behind it.
    Column("position", Integer, nullable=False, server_default="0"),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("counts", JSONB, nullable=False),
    Column("cancelling", Boolean, nullable=False, server_default=text("false")), text_column("message"),
    ref("author_id", "employee", nullable=False), Column("user_id", BigInteger, nullable=False),
    ref("branch_id", "branch", nullable=False), ref("department_id", "department"),
    moment("created_at", now=True), moment("finished_at", nullable=True), text_column("search"),
    CheckConstraint(_TARGET, name="target"),
    CheckConstraint("state IN ('queued', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone')", name="state"),
    Index("ix_import_batch_created_at", "created_at", "id"),
)

# One record that a batch added (`before` is null) or changed; `version` is what the batch left.
import_record = Table(
    "import_record", metadata,
    Column("batch_id", BigInteger, ForeignKey("import_batch.id", ondelete="CASCADE"), nullable=False),
    Column("entity", Text, nullable=False), Column("entity_id", BigInteger, nullable=False),
    Column("number", Integer, nullable=False), Column("version", Integer, nullable=False, server_default="1"),
    Column("before", JSONB),
    PrimaryKeyConstraint("batch_id", "entity", "entity_id"),
)

# A row that could not be written, with the reason in words.
import_failure = Table(
    "import_failure", metadata,
    Column("batch_id", BigInteger, ForeignKey("import_batch.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False), Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("batch_id", "number"),
)
