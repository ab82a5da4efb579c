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


@periodic("41 1 * * *", "stock.make_marks")
def make_marks(ctx: Ctx) -> None:
    """Every night, for the month that is over: postings wait while its moves are added up."""
    if count := ctx.sql.value("SELECT stock_make_marks()"):
        log.info("marks made", count=count)
