"""What a customer owes. Sales, which knows invoices, is above parties and puts its own joins here."""

_NO_DEBT = ("LEFT JOIN (SELECT 0::bigint AS party_id, 0::numeric AS total, 0::numeric AS overdue, 0 AS overdue_days"
            " WHERE false) debt ON debt.party_id = p.id")

#: Joins one row `debt (total, overdue, overdue_days)` to the party `p`; without rows the debt is zero. Lists sort and
#: filter all parties by the first one; cards and the rows of a page look the second one up.
JOINS = {"debt": _NO_DEBT}
ROW_JOINS = {"debt": _NO_DEBT}

TOTAL = "coalesce(debt.total, 0)"
OVERDUE = "coalesce(debt.overdue, 0)"
OVERDUE_DAYS = "coalesce(debt.overdue_days, 0)"


def register_debt(join: str, row_join: str) -> None:
    """Trusted SQL: `LEFT JOIN (… GROUP BY party_id) debt ON debt.party_id = p.id`, and `LEFT JOIN LATERAL (… WHERE
    party_id = p.id) debt ON true`."""
    JOINS["debt"], ROW_JOINS["debt"] = join, row_join
