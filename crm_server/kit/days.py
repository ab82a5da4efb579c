"""The calendar that the company lives by: its days begin at its own midnight, not at the one of Greenwich."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from crm_server.config import get_settings


def zone() -> ZoneInfo:
    """Where the company's midnight is."""
    return ZoneInfo(get_settings().timezone)


def day_of(moment: datetime) -> date:
    """The company's day at `moment` (aware). `current_date` in SQL says the same: sessions have the company's zone."""
    return moment.astimezone(zone()).date()


def today() -> date:
    """The company's day now."""
    return day_of(datetime.now(UTC))
