"""The queue's part of the warehouse."""

import structlog

from crm_server.kit.context import Ctx
from crm_server.kit.jobs import periodic
from crm_server.stock import reservations

log = structlog.get_logger("stock")


@periodic("7 * * * *", "stock.expire_reservations")
def expire_reservations(ctx: Ctx) -> None:
    """Every hour, so that the goods are free soon after midnight of any place."""
    if count := reservations.expire(ctx):
        log.info("reservations expired", count=count)
