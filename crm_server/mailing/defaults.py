"""The routing rules a new company starts with."""

from crm_server.kit.sql import Sql
from crm_server.parties.contact_roles import add_first_roles

#: (document kind, contact role)
DEFAULT_RULES: tuple[tuple[str, str], ...] = (
    ("offer", "head"),
    ("offer", "buyer"),
    ("contract", "head"),
    ("sales_order", "buyer"),
    ("invoice", "accountant"),
    ("issue", "storekeeper"),
    ("upd", "accountant"),
    ("act", "accountant"),
    ("act", "mechanic"),
)


def ensure_defaults(sql: Sql) -> None:
    """Fills an empty matrix; rules that the company has changed are left alone."""
    add_first_roles(sql)
    sql.run(
        "INSERT INTO routing_rule (kind, role)"
        " SELECT d.kind, d.role FROM unnest(%s::text[], %s::text[]) AS d (kind, role)"
        " JOIN contact_role c ON c.code = d.role WHERE NOT EXISTS (SELECT FROM routing_rule)",
        [list(column) for column in zip(*DEFAULT_RULES, strict=True)])
