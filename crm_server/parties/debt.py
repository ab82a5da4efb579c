"""What a customer owes. Sales, which knows invoices, is above parties and puts its own join here."""

#: Joins one row `debt (total, overdue, overdue_days)` to the party `p`; without rows the debt is zero.
JOINS = {"debt": "LEFT JOIN (SELECT 0::bigint AS party_id, 0::numeric AS total, 0::numeric AS overdue,"
                 " 0 AS overdue_days WHERE false) debt ON debt.party_id = p.id"}

TOTAL = "coalesce(debt.total, 0)"
OVERDUE = "coalesce(debt.overdue, 0)"
OVERDUE_DAYS = "coalesce(debt.overdue_days, 0)"


def register_debt(join: str) -> None:
    """`join` is trusted SQL: `LEFT JOIN … debt ON debt.party_id = p.id` with total, overdue and overdue_days.

    Lists sort and filter by it over all parties, so a table kept up to date serves better than a sum over invoices.
    """
    JOINS["debt"] = join
