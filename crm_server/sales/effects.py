"""Effects of the sales documents."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb
from pydantic_core import to_json

from crm_contract.errors import ErrorCode
from crm_contract.sales import ISSUE, UPD
from crm_contract.totals import plain
from crm_server.documents.registry import DocumentParts, Row
from crm_server.documents.remainder import lock_bases, take_from_bases
from crm_server.documents.shares import refresh_share
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid
from crm_server.sales.closing import find_unshipped
from crm_server.sales.stages import build_stages, paid_fact, reserved_fact, shipped_fact
from crm_server.stock import ledger, reservations
from crm_server.stock.effects import demand_no_follower, require_lines
from crm_server.stock.reversal import reverse

_COVERED = ("coalesce((SELECT sum(c.quantity) FROM document_line c JOIN document x ON x.id = c.document_id WHERE"
            " c.basis_line_id = l.id AND x.kind = 'issue' AND x.accounting = 'posted'), 0)::text")


def issue_invoice(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    require_lines(row)


def confirm_order(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> Mapping[str, Any]:
    require_lines(row)
    return reservations.reserve_document(ctx, row, row["due_date"], partly=True)


def wait_for_goods(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Confirms an order of goods that may not be there yet: it is served when some come."""
    require_lines(row)
    return reservations.reserve_document(ctx, row, row["due_date"], partly=True, waits=True)


def reserve_invoice(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        until = date.fromisoformat(params["until"]) if params.get("until") else None
    except (TypeError, ValueError):
        raise invalid({"until": "Дата записана неверно"}) from None
    return reservations.reserve_document(ctx, row, until, partly=True)


def release(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    reservations.release_document(ctx, row)


def blocks_annulling(row: Row) -> str:
    """What is paid or shipped cannot be annulled."""
    return "есть оплата или отгрузка: сначала отмените их" if row["paid"] > 0 or row["shipped"] > 0 else ""


def blocks_reserving(row: Row) -> str:
    if row["place_id"] is None:
        return "не указан склад"
    return "всё уже в резерве" if row["reserved"] >= 1 else ""


def blocks_release(row: Row) -> str:
    return "" if row["reserved"] > 0 else "в резерве ничего нет"


def post_issue(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    require_lines(row)
    bases = take_from_bases(ctx, row, "отгружено", "Сверх основания отгружайте отдельной накладной без основания.")
    ledger.post_out(ctx, row)
    refresh_share(ctx, row, bases, "shipped", posted=True)


def unpost_issue(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    demand_no_follower(ctx, row)
    bases = lock_bases(ctx, row)
    if unshipped := find_unshipped(ctx, row):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "; ".join(
            f"«{u['name']}»: без {ISSUE.named(row['number'])} отгружено {plain(u['shipped'])}, а в УПД —"
            f" {plain(u['closed'])}" for u in unshipped), "Сначала аннулируйте УПД, затем отменяйте отгрузку.")
    reverse(ctx, row)
    refresh_share(ctx, row, bases, "shipped", posted=False)


def post_upd(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Closes what was shipped: goods that are still on the warehouse cannot be passed over by a paper."""
    close_basis(ctx, row, params)
    if unshipped := find_unshipped(ctx, row):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "; ".join(
            f"«{u['name']}»: отгружено {plain(u['shipped'])}, а в УПД вместе с {UPD.named(row['number'])} —"
            f" {plain(u['closed'])}" for u in unshipped),
            "Сначала проведите расходную накладную или уменьшите количество до отгруженного.")


def close_basis(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """A УПД or an act closes a line of its basis once."""
    require_lines(row)
    take_from_bases(ctx, row, "закрыто", "Сверх основания оформляйте отдельный документ без основания.")


def revise_offer(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Keeps the superseded version whole; the number stays."""
    lines = ctx.sql.all("SELECT * FROM document_line WHERE document_id = %s ORDER BY position", (row["id"],))
    ctx.sql.insert("document_revision", {
        "document_id": row["id"], "revision": row["revision"], "author_id": ctx.actor.employee_id,
        "snapshot": Jsonb({"header": {k: v for k, v in row.items() if k != "has_lines"}, "lines": lines},
                          dumps=to_json)})
    ctx.sql.run("UPDATE document SET revision = revision + 1 WHERE id = %s", (row["id"],))


DOCUMENTS = DocumentParts(
    effects={
        ("offer", "revise"): revise_offer,
        ("invoice", "issue"): issue_invoice, ("invoice", "reserve"): reserve_invoice, ("invoice", "release"): release,
        ("invoice", "annul"): release,
        ("sales_order", "confirm"): confirm_order, ("sales_order", "wait"): wait_for_goods,
        ("sales_order", "release"): release, ("sales_order", "annul"): release, ("sales_order", "close_short"): release,
        ("issue", "post"): post_issue, ("issue", "unpost"): unpost_issue,
        ("upd", "post"): post_upd, ("act", "post"): close_basis,
    },
    guards={
        ("invoice", "annul"): blocks_annulling, ("sales_order", "annul"): blocks_annulling,
        ("invoice", "reserve"): blocks_reserving, ("invoice", "release"): blocks_release,
        ("sales_order", "release"): blocks_release,
    },
    facts={"paid": paid_fact, "reserved": reserved_fact, "shipped": shipped_fact},
    line_sql={"covered": _COVERED},
    stages=build_stages,
)
