"""Branches, departments, employees, users, roles and sessions."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from crm_server.db.schema import id_column, metadata, moment, ref, text_column, version_column

branch = Table(
    "branch", metadata, id_column(), Column("title", Text, nullable=False, unique=True), text_column("code"),
    # the own organisation that sells by default; a party, so no foreign key upwards in the order of domains
    Column("organization_id", BigInteger), version_column(),
)

department = Table(
    "department", metadata, id_column(), Column("title", Text, nullable=False),
    ref("branch_id", "branch", nullable=False), version_column(), UniqueConstraint("branch_id", "title"),
)

employee = Table(
    "employee", metadata, id_column(), Column("name", Text, nullable=False), text_column("position"),
    text_column("phone"), text_column("email"), ref("branch_id", "branch", nullable=False),
    ref("department_id", "department"), Column("active", Boolean, nullable=False, server_default=text("true")),
    # What the employee may hold: roubles at cost, days; 0 follows the settings of the company.
    Column("custody_limit", Integer, nullable=False, server_default="0"),
    Column("custody_days", Integer, nullable=False, server_default="0"),
    version_column(),
    Column("badge", Text, unique=True),  # random letters of a printed badge (crm_contract/codes.py)
)

app_user = Table(
    "app_user", metadata, id_column(), Column("login", Text, nullable=False),
    Column("login_key", Text, nullable=False, unique=True),  # lower case
    Column("password_hash", Text, nullable=False), ref("employee_id", "employee", nullable=False),
    UniqueConstraint("employee_id"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("must_change_password", Boolean, nullable=False, server_default=text("false")),
    Column("failures", Integer, nullable=False, server_default="0"),
    moment("blocked_until", nullable=True), moment("last_login_at", nullable=True), version_column(),
    text_column("pin_hash"),  # of the log-in by badge; empty closes it
)

role = Table(
    "role", metadata, id_column(), Column("title", Text, nullable=False, unique=True), version_column(),
)

role_grant = Table(
    "role_grant", metadata,
    Column("role_id", BigInteger, ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
    Column("permission", Text, primary_key=True),
    Column("scope", SmallInteger, nullable=False),
    CheckConstraint("scope BETWEEN 1 AND 4", name="scope"),
)

user_role = Table(
    "user_role", metadata,
    Column("user_id", BigInteger, ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", BigInteger, ForeignKey("role.id"), primary_key=True),
)

user_session = Table(
    "user_session", metadata, id_column(), ref("user_id", "app_user", nullable=False, index=True, ondelete="CASCADE"),
    Column("token_hash", LargeBinary, nullable=False, unique=True), text_column("client"), text_column("address"),
    moment("started_at", now=True), moment("seen_at", now=True), moment("expires_at"),
    moment("ended_at", nullable=True),
)

# Failed log-ins by address; rows are few because they are pruned with every success and by a daily job.
login_failure = Table(
    "login_failure", metadata, Column("address", Text, primary_key=True),
    Column("failures", Integer, nullable=False), moment("blocked_until", nullable=True), moment("last_at", now=True),
)
