"""What a customer owes. Sales, which knows invoices, is above parties and puts its own joins here."""

from collections.abc import Callable

from psycopg import sql

from crm_server.kit.actor import Actor
from crm_server.kit.listing import Join, trusted


def _no_debt(actor: Actor) -> sql.Composable:
    return sql.SQL("LEFT JOIN (SELECT 0::bigint AS party_id, 0::numeric AS total, 0::numeric AS overdue,"
                   " 0 AS overdue_days WHERE false) debt ON debt.party_id = p.id")


#: They join one row `debt (total, overdue, overdue_days)` to the party `p`, of what the actor may see; without a row
#: the debt is zero. Lists sort and filter all parties by the first one; the rows of a page look the second one up.
JOINS: dict[str, Join] = {"debt": _no_debt}
ROW_JOINS: dict[str, Join] = {"debt": _no_debt}

TOTAL = "coalesce(debt.total, 0)"
OVERDUE = "coalesce(debt.overdue, 0)"
OVERDUE_DAYS = "coalesce(debt.overdue_days, 0)"


def register_debt(join: Callable[[Actor], sql.Composable], row_join: Callable[[Actor], sql.Composable]) -> None:
    """`LEFT JOIN (… GROUP BY party_id) debt ON debt.party_id = p.id`, and `LEFT JOIN LATERAL (… WHERE party_id = p.id)
    debt ON true`."""
    JOINS["debt"], ROW_JOINS["debt"] = join, row_join


def row_join(actor: Actor) -> sql.Composable:
    join = ROW_JOINS["debt"]
    return trusted(join) if isinstance(join, str) else join(actor)
