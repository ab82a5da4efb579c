"""The queue's part of the warehouse."""

import structlog

from crm_server.kit.context import Ctx
from crm_server.kit.jobs import periodic, task
from crm_server.stock import reservations, serving, waiting

log = structlog.get_logger("stock")


@periodic("7 * * * *", "stock.expire_reservations")
def expire_reservations(ctx: Ctx) -> None:
    """Every hour, so that the goods are free soon after midnight of any place."""
    if count := reservations.expire(ctx):
        log.info("reservations expired", count=count)
    waiting.wake_all(ctx)


@task(waiting.SERVE)
def serve_waiting(ctx: Ctx, place_id: int) -> None:
    """Goods have come to a warehouse or are free there again."""
    if count := serving.serve(ctx, place_id):
        log.info("waiting orders served", lines=count)


@periodic("41 1 * * *", "stock.make_marks")
def make_marks(ctx: Ctx) -> None:
    """Every night, for the month that is over: postings wait while its moves are added up."""
    if count := ctx.sql.value("SELECT stock_make_marks()"):
        log.info("marks made", count=count)
