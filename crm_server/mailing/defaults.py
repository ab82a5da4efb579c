"""The routing rules a new company starts with."""

from crm_contract.mailing import LetterEvent
from crm_server.kit.sql import Sql
from crm_server.parties.contact_roles import add_first_roles

#: (document kind, event, contact role)
DEFAULT_RULES: tuple[tuple[str, LetterEvent, str], ...] = (
    ("offer", LetterEvent.DOCUMENT, "head"),
    ("offer", LetterEvent.DOCUMENT, "buyer"),
    ("contract", LetterEvent.DOCUMENT, "head"),
    ("sales_order", LetterEvent.DOCUMENT, "buyer"),
    ("invoice", LetterEvent.DOCUMENT, "accountant"),
    ("invoice", LetterEvent.OVERDUE, "accountant"),
    ("invoice", LetterEvent.OVERDUE, "head"),
    ("issue", LetterEvent.DOCUMENT, "storekeeper"),
    ("upd", LetterEvent.DOCUMENT, "accountant"),
    ("act", LetterEvent.DOCUMENT, "accountant"),
    ("act", LetterEvent.DOCUMENT, "mechanic"),
)


def ensure_defaults(sql: Sql) -> None:
    """Fills an empty matrix; rules that the company has changed are left alone."""
    add_first_roles(sql)
    sql.run(
        "INSERT INTO routing_rule (kind, event, role)"
        " SELECT d.kind, d.event, d.role FROM unnest(%s::text[], %s::text[], %s::text[]) AS d (kind, event, role)"
        " JOIN contact_role c ON c.code = d.role WHERE NOT EXISTS (SELECT FROM routing_rule)",
        [list(column) for column in zip(*DEFAULT_RULES, strict=True)])
