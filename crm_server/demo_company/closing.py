"""The accountant closes the months that are over, as far as nothing is left in draft."""

from collections.abc import Iterable
from datetime import date, timedelta

from crm_contract.stock_periods import CloseBody
from crm_server.demo_company.office import Office
from crm_server.kit.actor import Actor
from crm_server.stock import periods

#: Papers of a month come in for some weeks after it.
GRACE = timedelta(days=20)


def close_months(office: Office, closer: Actor, warehouses: Iterable[int], start: date) -> None:
    """Every warehouse up to the end of each month since `start`, to the first one with unposted papers."""
    for place_id in warehouses:
        closed: date | None = None
        for until in _months(start, office.day - GRACE):
            with office.desk(closer) as ctx:
                if periods.drafts_inside(ctx, place_id, until):
                    break
                periods.close(ctx, place_id, CloseBody(until=until, closed_until=closed))
            closed = until


def _months(start: date, end: date) -> Iterable[date]:
    """The last days of the months in between."""
    day = start.replace(day=1)
    while (day := (day + timedelta(days=32)).replace(day=1)) - timedelta(days=1) <= end:
        yield day - timedelta(days=1)
