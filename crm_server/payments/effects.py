"""A payment is executed and given to invoices."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter, ValidationError

from crm_contract.documents import FactRead, PaymentShare
from crm_contract.errors import ErrorCode
from crm_contract.lists import Tone
from crm_server.documents.registry import DocumentParts, Row
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid
from crm_server.kit.failpoints import failpoint

CONSTRAINTS["ck_document_not_overpaid"] = Refusal(
    ErrorCode.CONFLICT, "Разнесено больше, чем сумма счёта или платежа", "Обновите разнесение и уменьшите сумму.")

_SHARES = TypeAdapter(list[PaymentShare])

# Oldest debts first, the invoice that the payment is made on before all others.
_OPEN = """
SELECT d.id, d.gross - d.paid AS open FROM document d
LEFT JOIN document_link k ON k.basis_id = d.id AND k.document_id = %(payment)s
WHERE d.kind = 'invoice' AND d.accounting = 'posted' AND d.paid < d.gross AND d.party_id = %(party)s
AND d.branch_id = %(branch)s
ORDER BY k.basis_id IS NULL, d.due_date NULLS LAST, d.id FOR UPDATE OF d
"""
_ALLOCATE = """
INSERT INTO payment_allocation (payment_id, invoice_id, amount)
SELECT %s, i, a FROM unnest(%s::int8[], %s::numeric[]) AS t(i, a) ORDER BY i
"""


def post_payment(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Gives the sum to open invoices: its basis first, then the oldest. What is left stays an advance."""
    rest: Decimal = row["gross"]
    shares: dict[int, Decimal] = {}
    for invoice in ctx.sql.all(_OPEN, {"payment": row["id"], "party": row["party_id"], "branch": row["branch_id"]}):
        if rest <= 0:
            break
        shares[invoice["id"]] = min(rest, invoice["open"])
        rest -= shares[invoice["id"]]
    _write(ctx, row, shares)


def allocate(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Replaces the allocation by what the person typed."""
    try:
        typed = _SHARES.validate_python(params.get("shares", []))
    except ValidationError:
        raise invalid({"shares": "Разнесение записано неверно"}) from None
    shares = {s.invoice_id: s.amount for s in typed}
    if len(shares) != len(typed) or sum(shares.values()) > row["gross"]:
        raise invalid({"shares": "Разнесено больше суммы платежа"})
    known = ctx.sql.value(
        "SELECT count(*) FROM document WHERE id = ANY(%s::int8[]) AND kind = 'invoice' AND accounting = 'posted'"
        " AND party_id = %s AND branch_id = %s", (list(shares), row["party_id"], row["branch_id"]))
    if known != len(shares):
        raise invalid({"shares": "Среди счетов есть чужие или не выставленные"})
    take_back(ctx, row, {})
    _write(ctx, row, shares)


def take_back(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    removed = ctx.sql.all("DELETE FROM payment_allocation WHERE payment_id = %s RETURNING invoice_id", (row["id"],))
    failpoint("paying.after_removal")
    ctx.changed("invoice", [r["invoice_id"] for r in removed], row["branch_id"])


def _write(ctx: Ctx, row: Row, shares: Mapping[int, Decimal]) -> None:
    if shares:
        ctx.sql.run(_ALLOCATE, (row["id"], list(shares), list(shares.values())))
        failpoint("paying.after_shares")
    ctx.changed("invoice", shares, row["branch_id"])


def allocated_fact(row: Mapping[str, Any]) -> FactRead:
    share = row["paid"] / row["gross"] if row["gross"] else Decimal(0)
    tone = Tone.OK if share >= 1 else Tone.WARN
    return FactRead(code="allocated", title="Разнесено", share=share, text=f"{share * 100:.0f} %", tone=tone)


DOCUMENTS = DocumentParts(
    effects={
        ("payment", "post"): post_payment, ("payment", "allocate"): allocate, ("payment", "unpost"): take_back,
        ("payment", "return"): take_back,
    },
    facts={"allocated": allocated_fact},
)
