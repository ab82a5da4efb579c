"""What a new document begins with: today, the person, the place of the branch, the main prices, the party asked for."""

from collections.abc import Mapping
from typing import Any

from crm_contract.access import Me
from crm_contract.base import Ref
from crm_contract.kinds import DocumentKind
from crm_desktop.documents.api import DocumentsApi


def local_defaults(kind: DocumentKind, me: Me) -> dict[str, Any]:
    """Known without asking the server; the date is set by the form."""
    return {"responsible_id": me.employee} if kind.header("responsible_id") is not None else {}


def remote_defaults(api: DocumentsApi, kind: DocumentKind, params: Mapping[str, Any]) -> dict[str, Any]:
    """Blocking. `params` of the navigator: `party_id`; `employee`, a Ref."""
    found: dict[str, Any] = {}
    employee = params.get("employee")
    if isinstance(employee, Ref) and kind.header("employee_id") is not None:
        found["employee_id"] = employee
    asked: int | None = None
    party_id = params.get("party_id")
    if isinstance(party_id, int) and kind.header("party_id") is not None:
        card = api.party(party_id)
        found["party_id"] = Ref(id=card.id, title=card.name)
        asked = card.price_kind.id if card.price_kind is not None else None
    if kind.header("place_id") is not None and (hits := api.pick("warehouse", {})):
        found["place_id"] = Ref(id=hits[0].id, title=hits[0].title)
    return found | _prices(api, kind, asked)


def after_party(api: DocumentsApi, kind: DocumentKind, party_id: int, fill: Mapping[str, Any]) -> dict[str, Any]:
    """Blocking. What the choice of a party decides: its prices, and its contract if it has just one."""
    prices = str(fill.get("price_kind_id") or "")
    found = _prices(api, kind, int(prices)) if prices.isdigit() else {}
    if kind.header("contract_id") is not None:
        contracts = api.pick("document", {"kind": "contract", "party_id": party_id, "q": ""})
        if len(contracts) == 1:
            found["contract_id"] = Ref(id=contracts[0].id, title=contracts[0].title)
    return found


def _prices(api: DocumentsApi, kind: DocumentKind, asked: int | None) -> dict[str, Any]:
    """The asked kind of prices or the main one, which stands first; prices with VAT make a document with VAT."""
    if kind.header("price_kind_id") is None:
        return {}
    hits = api.pick("price_kind", {})
    hit = next((hit for hit in hits if hit.id == asked), hits[0] if hits else None)
    if hit is None:
        return {}
    found: dict[str, Any] = {"price_kind_id": Ref(id=hit.id, title=hit.title)}
    if kind.header("vat_mode") is not None and hit.fill.get("vat_mode"):
        found["vat_mode"] = hit.fill["vat_mode"]
    return found
