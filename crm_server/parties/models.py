"""Parties with contacts, sites and bank accounts; the company's contact roles; the timeline's own notes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from crm_server.db.schema import MONEY, id_column, metadata, moment, ref, text_column, version_column

NOT = text("false")

contact_role = Table(
    "contact_role", metadata, id_column(), Column("code", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False), Column("tone", Text, nullable=False, server_default="neutral"),
    Column("position", Integer, nullable=False, server_default="0"), version_column(),
)

party = Table(
    "party", metadata, id_column(), version_column(),
    Column("kind", Text, nullable=False), Column("name", Text, nullable=False), text_column("full_name"),
    text_column("inn"), text_column("kpp"), text_column("ogrn"), text_column("legal_address"),
    text_column("actual_address"), text_column("phone"), text_column("email"),
    Column("is_customer", Boolean, nullable=False, server_default=text("true")),
    Column("is_supplier", Boolean, nullable=False, server_default=NOT),
    Column("is_own", Boolean, nullable=False, server_default=NOT),
    Column("tax_mode", Text), text_column("director_title"), text_column("director_name"),
    text_column("director_basis"), text_column("accountant_name"),
    ref("manager_id", "employee"), ref("branch_id", "branch"), ref("price_kind_id", "price_kind"),
    text_column("segment"), Column("payment_days", Integer, nullable=False, server_default="0"),
    Column("debt_limit", MONEY), text_column("note"),
    # names, ИНН, phones and mails (contacts included) as one search key, see crm_server/parties/keys.py
    text_column("search"), text_column("name_key"), Column("sort", Text, Computed("sort_key(name)", persisted=True)),
    Column("archived", Boolean, nullable=False, server_default=NOT),
    ref("merged_into_id", "party"), Column("import_batch_id", BigInteger),
    moment("created_at", now=True), moment("updated_at", now=True), ref("updated_by_id", "employee"),
    CheckConstraint("kind IN ('legal', 'sole', 'person')", name="kind"),
    CheckConstraint("inn = '' OR inn ~ '^[0-9]{10}([0-9]{2})?$'", name="inn"),
    CheckConstraint("tax_mode IS NOT NULL OR NOT is_own", name="own_has_tax_mode"),
    # One live party per ИНН and КПП: the branches of one legal entity differ by КПП.
    Index("uq_party_inn_kpp", "inn", "kpp", unique=True, postgresql_where=text("inn <> '' AND NOT archived")),
    Index("ix_party_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    # The list in its order with what it is filtered by: any place of a million is read from the index alone.
    Index("ix_party_sort", "sort", "id",
          postgresql_include=["archived", "is_customer", "is_supplier", "branch_id", "manager_id"]),
    # equality for duplicates, prefixes for pick lists whatever the locale of the database
    # The few merged ones: without it every deleted party would be looked for in all others.
    Index("ix_party_merged_into_id", "merged_into_id", postgresql_where=text("merged_into_id IS NOT NULL")),
    Index("ix_party_name_key", "name_key", postgresql_ops={"name_key": "text_pattern_ops"}),
)

contact = Table(
    "contact", metadata, id_column(), ref("party_id", "party", nullable=False, index=True),
    Column("name", Text, nullable=False), text_column("position"),
    Column("roles", ARRAY(Text), nullable=False, server_default="{}"),
    Column("phones", ARRAY(Text), nullable=False, server_default="{}"),
    Column("emails", ARRAY(Text), nullable=False, server_default="{}"),
    Column("mail_consent", Boolean, nullable=False, server_default=NOT),
    text_column("note"), Column("sequence", Integer, nullable=False, server_default="0"),
    text_column("search"), Column("archived", Boolean, nullable=False, server_default=NOT),
    Index("ix_contact_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
)

site = Table(
    "site", metadata, id_column(), ref("party_id", "party", nullable=False, index=True),
    Column("name", Text, nullable=False), text_column("address"), text_column("note"),
    Column("sequence", Integer, nullable=False, server_default="0"),
    Column("archived", Boolean, nullable=False, server_default=NOT),
)

bank_account = Table(
    "bank_account", metadata, id_column(), ref("party_id", "party", nullable=False, index=True),
    Column("bic", Text, nullable=False), Column("account", Text, nullable=False), text_column("bank"),
    text_column("corr_account"), Column("main", Boolean, nullable=False, server_default=NOT),
    Column("sequence", Integer, nullable=False, server_default="0"),
    Column("archived", Boolean, nullable=False, server_default=NOT),
)

party_note = Table(
    "party_note", metadata, id_column(), ref("party_id", "party", nullable=False, index=True),
    Column("text", Text, nullable=False), ref("author_id", "employee"), moment("at", now=True),
)

# Signing persons and the like change; what was printed is kept as the file itself. The tax mode is dated.
tax_mode_period = Table(
    "tax_mode_period", metadata, id_column(), ref("party_id", "party", nullable=False),
    Column("tax_mode", Text, nullable=False), Column("valid_from", Date, nullable=False),
    UniqueConstraint("party_id", "valid_from"),
)
