"""Routes of norms of stock and of filling up."""

from psycopg import sql

from crm_contract.permissions import Permission
from crm_contract.stock_rules import AdoptBody, Replenished, RuleIds, RuleRead, RulesBody, RulesSaved, StockNow
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router
from crm_server.purchases import consumption, ordering, position, rules

router = Router("/api/stock", "purchases")


@router.get("/rules", permission=Permission.STOCK_VIEW)
def list_rules(ctx: Ctx, product_id: int) -> list[RuleRead]:
    """The norms of a product in the warehouses that one sees."""
    return rules.read_rules(ctx, sql.SQL("r.product_id = {}").format(product_id))


@router.post("/rules", permission=Permission.STOCK_RULES)
def save_rules(ctx: Ctx, body: RulesBody) -> RulesSaved:
    """Set norms, one or many: those that are not there are made."""
    return rules.save_rules(ctx, body)


@router.post("/rules/remove", permission=Permission.STOCK_RULES)
def remove_rules(ctx: Ctx, body: RuleIds) -> None:
    """Take norms away."""
    rules.remove_rules(ctx, body)


@router.post("/rules/adopt", permission=Permission.STOCK_RULES)
def adopt_consumption(ctx: Ctx, body: AdoptBody) -> RulesSaved:
    """Set the norms that follow from what was shipped in a period."""
    return consumption.adopt(ctx, body)


@router.get("/replenishment/{rule_id}", permission=Permission.STOCK_VIEW)
def get_stock_now(ctx: Ctx, rule_id: int) -> StockNow:
    """What the stock of a norm is made of."""
    return position.stock_now(ctx, rule_id)


@router.post("/replenishment", permission=Permission.STOCK_VIEW)
def make_drafts(ctx: Ctx, body: RuleIds) -> Replenished:
    """Draft orders and transfers for rows of the replenishment."""
    return ordering.make_drafts(ctx, body)
