"""Letters about documents with their recipients and attachments; the rules that choose recipients."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from crm_server.db.schema import id_column, metadata, moment, ref, text_column

_STATES = "state IN ('queued', 'sending', 'sent', 'failed')"

letter = Table(
    "letter", metadata, id_column(), ref("document_id", "document", nullable=False, index=True),
    Column("subject", Text, nullable=False), text_column("text"), ref("author_id", "employee"),
    # What the recipients add up to, kept for lists (queries.REFRESH).
    Column("state", Text, nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"), text_column("error"),
    moment("queued_at", now=True), moment("sent_at", nullable=True),
    text_column("search"),
    CheckConstraint(_STATES, name="state"),
    Index("ix_letter_queued_at", "queued_at", "id"),
    Index("ix_letter_unsent", "id", postgresql_where=text("state <> 'sent'")),
    Index("ix_letter_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
)

# Each recipient gets a message of their own. Its Message-ID is fixed here, so that a repeat after a lost answer of
# the mail server is one message to the recipient's programs.
letter_recipient = Table(
    "letter_recipient", metadata, id_column(),
    Column("letter_id", BigInteger, ForeignKey("letter.id", ondelete="CASCADE"), nullable=False, index=True),
    ref("contact_id", "contact", ondelete="SET NULL"), text_column("name"), Column("email", Text, nullable=False),
    text_column("why"), Column("message_id", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("attempts", Integer, nullable=False, server_default="0"), text_column("error"),
    moment("sent_at", nullable=True),
    CheckConstraint(_STATES, name="state"),
    UniqueConstraint("letter_id", "email"),
    Index("ix_letter_recipient_contact_id", "contact_id", postgresql_where=text("contact_id IS NOT NULL")),
)

letter_file = Table(
    "letter_file", metadata,
    Column("letter_id", BigInteger, ForeignKey("letter.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False), ref("file_id", "stored_file", nullable=False),
    PrimaryKeyConstraint("letter_id", "position"),
)

# «document kind × event × contact role → receives it». A kind of a future program may stand here before its documents
# do.
routing_rule = Table(
    "routing_rule", metadata, id_column(), Column("kind", Text, nullable=False),
    Column("event", Text, nullable=False, server_default="document"),
    Column("role", Text, ForeignKey("contact_role.code"), nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    UniqueConstraint("kind", "event", "role"),
)
