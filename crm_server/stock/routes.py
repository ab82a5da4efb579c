"""Routes of the warehouse: reservations by hand, where a balance comes from, the stock terminal."""

from typing import Annotated

from pydantic import Field

from crm_contract.base import Created, Ref
from crm_contract.custody import CustodyOrigin, HeldLine
from crm_contract.landed_cost import FullCost
from crm_contract.lots import LotTrace
from crm_contract.permissions import Permission
from crm_contract.placement import PutAwayBody
from crm_contract.reserves import MoveReserveBody, ReserveMoved, ReserveTarget
from crm_contract.stock import BalanceOrigin, ReleaseBody, ReservationBody
from crm_contract.terminal import CodeAnswer, OperationBody, OperationDone, TerminalDay, TerminalProduct
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Router
from crm_server.stock import (
    bins,
    codes,
    custody_list,
    landed_cost,
    lot_queries,
    operations,
    origin,
    placement,
    reservations,
    reserve_moves,
    tasks,
)

router = Router("/api/stock", "stock")

ScannedText = Annotated[str, Field(min_length=1, max_length=300)]
Ids = Annotated[str, Field(pattern=r"^([0-9]{1,18}(,[0-9]{1,18}){0,499})?$")]


@router.get("/origin", permission=Permission.STOCK_VIEW)
def get_origin(ctx: Ctx, product_id: int, place_id: int) -> BalanceOrigin:
    """The moves that make a balance, and who holds the reserve."""
    return origin.balance_origin(ctx, product_id, place_id)


@router.get("/custody/{employee_id}/lines", permission=Permission.CUSTODY_VIEW)
def get_held_lines(ctx: Ctx, employee_id: int) -> list[HeldLine]:
    """What an employee holds, as lines to return or to hand over."""
    return custody_list.held_lines(ctx, employee_id)


@router.get("/custody/{employee_id}/{product_id}", permission=Permission.CUSTODY_VIEW)
def get_custody_origin(ctx: Ctx, employee_id: int, product_id: int) -> CustodyOrigin:
    """The papers by which an employee holds a product, and its moves."""
    return custody_list.custody_origin(ctx, employee_id, product_id)


@router.get("/lots/{lot_id}", permission=Permission.STOCK_VIEW)
def get_lot(ctx: Ctx, lot_id: int) -> LotTrace:
    """The way of a serial number or lot."""
    return lot_queries.trace(ctx, lot_id)


@router.get("/full-cost/{document_id}", permission=Permission.PRODUCT_COST)
def get_full_cost(ctx: Ctx, document_id: int) -> FullCost:
    """What the goods of a receipt cost with all that was spent on their way."""
    return landed_cost.full_cost(ctx, document_id)


@router.post("/reservations", permission=Permission.STOCK_RESERVE)
def create_reservation(ctx: Ctx, body: ReservationBody) -> Created:
    """Reserve a product by hand."""
    return reservations.reserve(ctx, body)


@router.post("/reservations/{reservation_id}/release", permission=Permission.STOCK_RESERVE)
def release_reservation(ctx: Ctx, reservation_id: int, body: ReleaseBody) -> Created:
    """End a reservation."""
    return reservations.release(ctx, reservation_id, body)


@router.get("/bins", permission=Guard.LOGGED_IN)
def list_bins(ctx: Ctx, place_id: int) -> list[Ref]:
    """The zones and bins of a warehouse that lines may name, in the order of the walk."""
    return bins.of_place(ctx, place_id)


@router.post("/put-away", permission="placement.edit")
def put_away(ctx: Ctx, body: PutAwayBody) -> Created:
    """A draft that places all that lies in no bin of a warehouse."""
    return placement.put_away(ctx, body)


@router.get("/codes", permission=Permission.STOCK_VIEW)
def get_code(ctx: Ctx, code: ScannedText) -> CodeAnswer:
    """What a scanned code is: a product, a place, a document, a person."""
    return codes.what_is(ctx, code)


@router.get("/terminal/day", permission=Permission.STOCK_VIEW)
def get_terminal_day(ctx: Ctx) -> TerminalDay:
    """The planned work of the branch with its lines, and the places: what a terminal keeps to work without us."""
    return tasks.terminal_day(ctx)


@router.get("/terminal/products", permission=Permission.STOCK_VIEW)
def list_terminal_products(ctx: Ctx, after: int = 0, ids: Ids = "") -> list[TerminalProduct]:
    """Goods with their barcodes, a page by id; `ids` names some of them, by commas."""
    return tasks.products_after(ctx, after, [int(part) for part in ids.split(",")] if ids else None)


@router.post("/terminal/operations", permission=Permission.STOCK_VIEW)
def finish_operation(ctx: Ctx, body: OperationBody) -> OperationDone:
    """Post what was scanned; the engine checks the rights on the document's kind."""
    return operations.finish(ctx, body)


@router.get("/reservations/{reservation_id}/targets", permission=Permission.STOCK_MOVE_RESERVE)
def list_reserve_targets(ctx: Ctx, reservation_id: int) -> list[ReserveTarget]:
    """Who lacks the goods of a reservation."""
    return reserve_moves.list_targets(ctx, reservation_id)


@router.post("/reservations/{reservation_id}/move", permission=Permission.STOCK_MOVE_RESERVE)
def move_reservation(ctx: Ctx, reservation_id: int, body: MoveReserveBody) -> ReserveMoved:
    """Give what a document holds to another one."""
    return reserve_moves.move(ctx, reservation_id, body)
