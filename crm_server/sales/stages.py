"""Stages are facts: the meter and the facts of a sale, computed from the chain."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from crm_contract.documents import KINDS, ChainNode, FactRead, StageRead
from crm_contract.lists import Tone
from crm_contract.sales import STAGES

_KIND = {kind.stage: kind.code for kind in KINDS.values() if kind.stage}
_DONE = {"accepted", "active", "issued", "sent", "signed", "posted", "executed", "delivered", "confirmed", "completed"}


def _share_fact(code: str, title: str, share: Decimal) -> FactRead:
    tone = Tone.OK if share >= 1 else Tone.WARN if share > 0 else Tone.NEUTRAL
    return FactRead(code=code, title=title, share=share, text=f"{share * 100:.0f} %", tone=tone)


def paid_fact(row: Mapping[str, Any]) -> FactRead:
    return _share_fact("paid", "Оплачено", row["paid"] / row["gross"] if row["gross"] else Decimal(0))


def reserved_fact(row: Mapping[str, Any]) -> FactRead:
    return _share_fact("reserved", "В резерве", row["reserved"])


def shipped_fact(row: Mapping[str, Any]) -> FactRead:
    return _share_fact("shipped", "Отгружено", row["shipped"])


def build_stages(row: Mapping[str, Any], nodes: Sequence[ChainNode],
                 chain: Sequence[Mapping[str, Any]]) -> list[StageRead]:
    """Seven cells; empty for documents that are no part of a sale. `chain` are the rows of the visible `nodes`."""
    if row["kind"] not in (*_KIND.values(), "sales_order"):
        return []
    live = [n for n in nodes if n.visible and n.state != "annulled"]
    hidden = {n.kind for n in nodes if not n.visible}
    sums = [c for c in chain if c["kind"] in ("invoice", "sales_order") and c["accounting"] == "posted"]
    stages = []
    for code, title in STAGES:
        if code == "reserve":
            stages.append(_reserve(code, title, sums, is_hidden=bool(hidden & {"invoice", "sales_order"})))
        elif code == "payment":
            stages.append(_payment(title, [c for c in sums if c["kind"] == "invoice"],
                                   is_hidden=bool(hidden & {"invoice", "payment"})))
        else:
            stages.append(_by_document(code, title, [n for n in live if n.kind == _KIND[code]], row["id"],
                                       is_hidden=_KIND[code] in hidden))
    return stages


def _hidden(code: str, title: str, kind: str = "") -> StageRead:
    return StageRead(code=code, title=title, status="hidden", text="есть, нет доступа", kind=kind)


def _by_document(code: str, title: str, nodes: Sequence[ChainNode], current_id: int, *, is_hidden: bool) -> StageRead:
    if not nodes and is_hidden:
        return _hidden(code, title, _KIND[code])
    if not nodes:
        return StageRead(code=code, title=title, status="todo", text="ещё нет", kind=_KIND[code])
    node = next((n for n in nodes if n.id == current_id), nodes[-1])
    status = "current" if node.id == current_id else "done" if node.state in _DONE else "partial"
    if node.tone is Tone.ERROR:
        status = "warn"
    return StageRead(code=code, title=title, status=status, text=f"{node.number} · {node.state_title.lower()}",
                     document_id=node.id, kind=node.kind)


def _reserve(code: str, title: str, sums: Sequence[Mapping[str, Any]], *, is_hidden: bool) -> StageRead:
    """A sale that was shipped whole without a reserve did not need one."""
    if not sums and is_hidden:
        return _hidden(code, title)
    share = max((Decimal(c["reserved"]) for c in sums), default=Decimal(0))
    if not share and any(Decimal(c["shipped"]) >= 1 for c in sums):
        return StageRead(code=code, title=title, status="skipped", text="не понадобился")
    status = "done" if share >= 1 else "warn" if share > 0 else "todo"
    return StageRead(code=code, title=title, status=status, text=f"{share * 100:.0f} %" if share else "нет")


def _payment(title: str, invoices: Sequence[Mapping[str, Any]], *, is_hidden: bool) -> StageRead:
    if not invoices and is_hidden:
        return _hidden("payment", title, "payment")
    gross = sum((Decimal(c["gross"]) for c in invoices), Decimal(0))
    paid = sum((Decimal(c["paid"]) for c in invoices), Decimal(0))
    share = paid / gross if gross else Decimal(0)
    status = "done" if gross and share >= 1 else "partial" if share > 0 else "todo"
    return StageRead(code="payment", title=title, status=status, text=f"{share * 100:.0f} %" if gross else "нет счёта",
                     kind="payment")
