"""One header and one line table for all document kinds; links, revisions, comments, files, number series."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from crm_server.db.schema import MONEY, PRICE, QUANTITY, id_column, metadata, moment, ref, text_column, version_column

document = Table(
    "document", metadata, id_column(), version_column(),
    Column("kind", Text, nullable=False),
    Column("number", Text, nullable=False), Column("year", Integer, nullable=False),
    Column("date", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("accounting", Text, nullable=False, server_default="draft"),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("marked", Boolean, nullable=False, server_default=text("false")),
    ref("branch_id", "branch", nullable=False), ref("department_id", "department"),
    # The branch that its goods go to, where that is another one: it sees the document once that is posted.
    ref("branch_to_id", "branch"),
    ref("organization_id", "party", index=True), ref("party_id", "party"), ref("contact_id", "contact"),
    ref("consignee_id", "party"), ref("site_id", "site"), ref("contract_id", "document", index=True),
    ref("place_id", "place"), ref("place_to_id", "place"), ref("responsible_id", "employee"),
    # Who holds goods by this document, and who takes them over.
    ref("employee_id", "employee"), ref("employee_to_id", "employee"),
    ref("price_kind_id", "price_kind"),
    Column("vat_mode", Text, nullable=False, server_default="included"),
    Column("due_date", Date), Column("valid_until", Date), text_column("title"), text_column("comment"),
    Column("extra", JSONB, nullable=False, server_default="{}"),
    Column("net", MONEY, nullable=False, server_default="0"), Column("vat", MONEY, nullable=False, server_default="0"),
    Column("gross", MONEY, nullable=False, server_default="0"),
    # Facts kept for lists. Their truth is elsewhere: allocations, lines of posted issues, reservations;
    # `crm-server check` compares.
    Column("paid", MONEY, nullable=False, server_default="0"),
    Column("shipped", Numeric(5, 4), nullable=False, server_default="0"),
    Column("reserved", Numeric(5, 4), nullable=False, server_default="0"),
    Column("received", Numeric(5, 4), nullable=False, server_default="0"),
    # The root of the chain «на основании»; a chain is read whole by one index.
    Column("chain_id", BigInteger, nullable=False, index=True),
    text_column("search"),
    ref("author_id", "employee"), moment("created_at", now=True), moment("updated_at", now=True),
    moment("posted_at", nullable=True),
    CheckConstraint("accounting IN ('draft', 'posted', 'annulled')", name="accounting"),
    CheckConstraint("vat_mode IN ('included', 'on_top')", name="vat_mode"),
    CheckConstraint("gross = net + vat", name="sums"),
    CheckConstraint("gross >= 0 AND paid >= 0", name="not_negative"),
    UniqueConstraint("kind", "branch_id", "year", "number"),
    Index("ix_document_party", "party_id", "kind", "id"),
    Index("ix_document_kind_id", "kind", "id"),
    Index("ix_document_kind_date", "kind", "date", "id"),
    Index("ix_document_kind_state", "kind", "state", "date", "id"),
    Index("ix_document_kind_branch", "kind", "branch_id", "id"),
    # Most documents have none of these; merges and undone imports ask for them by the hundred.
    Index("ix_document_contact_id", "contact_id", postgresql_where=text("contact_id IS NOT NULL")),
    Index("ix_document_consignee_id", "consignee_id", postgresql_where=text("consignee_id IS NOT NULL")),
    Index("ix_document_employee_id", "employee_id", postgresql_where=text("employee_id IS NOT NULL")),
    Index("ix_document_employee_to_id", "employee_to_id", postgresql_where=text("employee_to_id IS NOT NULL")),
    Index("ix_document_branch_to_id", "branch_to_id", postgresql_where=text("branch_to_id IS NOT NULL")),
    Index("ix_document_site_id", "site_id", postgresql_where=text("site_id IS NOT NULL")),
    Index("ix_document_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    # What suppliers still have to bring: few rows of many.
    Index("ix_document_open_purchase", "place_id",
          postgresql_where=text("kind = 'purchase_order' AND state = 'confirmed' AND received < 1")),
    # What a customer owes: few rows of many.
    Index("ix_document_open_invoice", "party_id", "due_date",
          postgresql_where=text("kind = 'invoice' AND accounting = 'posted' AND paid < gross")),
)

document_line = Table(
    "document_line", metadata, id_column(),
    Column("document_id", BigInteger, ForeignKey("document.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False), ref("product_id", "product"),
    text_column("name"), Column("quantity", QUANTITY, nullable=False), Column("unit", Text, nullable=False),
    Column("paper_quantity", QUANTITY),
    Column("price", PRICE, nullable=False, server_default="0"),
    Column("discount", Numeric(5, 2), nullable=False, server_default="0"),
    Column("vat_rate", Text, nullable=False, server_default="none"),
    Column("net", MONEY, nullable=False), Column("vat", MONEY, nullable=False), Column("gross", MONEY, nullable=False),
    ref("basis_line_id", "document_line", index=True, ondelete="SET NULL"), text_column("condition"),
    text_column("note"),
    # Serial numbers or lots of the line as typed: [{code, quantity, expires}]. What they became is in the ledger.
    Column("lots", JSONB, nullable=False, server_default="[]"),
    # The zone or bin in the document's place, and in the place where goods go to; None: wherever.
    ref("bin_id", "place"), ref("bin_to_id", "place"),
    # Nothing has come of what a paper promises: only then is the quantity 0.
    CheckConstraint("quantity > 0 OR quantity = 0 AND paper_quantity > 0", name="quantity"),
    CheckConstraint("paper_quantity >= 0", name="paper_quantity"),
    CheckConstraint("gross = net + vat", name="sums"),
    Index("ix_document_line_document", "document_id", "position"),
    Index("ix_document_line_product", "product_id"),
)

document_link = Table(
    "document_link", metadata,
    Column("basis_id", BigInteger, ForeignKey("document.id"), nullable=False),
    Column("document_id", BigInteger, ForeignKey("document.id"), nullable=False, index=True),
    PrimaryKeyConstraint("basis_id", "document_id"),
)

# A superseded version of an offer (or any kind with the action «Новая версия»), whole as it was.
document_revision = Table(
    "document_revision", metadata, id_column(),
    Column("document_id", BigInteger, ForeignKey("document.id"), nullable=False),
    Column("revision", Integer, nullable=False), Column("snapshot", JSONB, nullable=False),
    ref("author_id", "employee"), moment("at", now=True),
    UniqueConstraint("document_id", "revision"),
)

document_comment = Table(
    "document_comment", metadata, id_column(),
    Column("document_id", BigInteger, ForeignKey("document.id"), nullable=False, index=True),
    Column("text", Text, nullable=False), ref("author_id", "employee"), moment("at", now=True),
)

number_series = Table(
    "number_series", metadata,
    Column("series", Text, primary_key=True), Column("branch_id", BigInteger, primary_key=True),
    Column("year", Integer, primary_key=True), Column("last", BigInteger, nullable=False),
)

# What a branch puts before the digits of its own numbers, where that differs from the declaration of the kind. A
# prefix never ends with a digit: the digits at the end of a number are its place in the series.
number_format = Table(
    "number_format", metadata,
    Column("kind", Text, primary_key=True), Column("branch_id", BigInteger, ForeignKey("branch.id"), primary_key=True),
    Column("prefix", Text, nullable=False), Column("width", Integer, nullable=False), version_column(),
    CheckConstraint("prefix !~ '[0-9]$' AND length(prefix) <= 12", name="prefix"),
    CheckConstraint("width BETWEEN 1 AND 9", name="width"),
)

file_content = Table(
    "file_content", metadata, Column("sha256", LargeBinary, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

stored_file = Table(
    "stored_file", metadata, id_column(), Column("name", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary, ForeignKey("file_content.sha256"), nullable=False),
    text_column("media_type"), Column("source", Text, nullable=False, server_default="upload"),
    Column("entity", Text, nullable=False), Column("entity_id", BigInteger, nullable=False),
    ref("author_id", "employee"), moment("at", now=True),
    CheckConstraint("source IN ('upload', 'print', 'send')", name="source"),
    Index("ix_stored_file_entity", "entity", "entity_id"),
    Index("ix_stored_file_sha256", "sha256"),
)
