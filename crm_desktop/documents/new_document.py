"""What a new document begins with: today, the person, the place of the branch, the main prices, the party asked for."""

from collections.abc import Mapping
from typing import Any

from crm_contract.access import Me
from crm_contract.base import Ref
from crm_contract.kinds import DocumentKind
from crm_desktop.documents.api import DocumentsApi

#: References whose first row of the pick list is the default: the server puts the usual one first.
_FIRST_OF = {"place_id": "warehouse", "price_kind_id": "price_kind"}


def local_defaults(kind: DocumentKind, me: Me) -> dict[str, Any]:
    """Known without asking the server; the date is set by the form."""
    return {"responsible_id": me.employee} if kind.header("responsible_id") is not None else {}


def remote_defaults(api: DocumentsApi, kind: DocumentKind, params: Mapping[str, Any]) -> dict[str, Any]:
    """Blocking. `params` of the navigator: `party_id`."""
    found: dict[str, Any] = {}
    party_id = params.get("party_id")
    if isinstance(party_id, int) and kind.header("party_id") is not None:
        card = api.party(party_id)
        found["party_id"] = Ref(id=card.id, title=card.name)
        if kind.header("price_kind_id") is not None and card.price_kind is not None:
            found["price_kind_id"] = card.price_kind
    for name, entity in _FIRST_OF.items():
        if kind.header(name) is not None and name not in found and (hits := api.pick(entity, {})):
            found[name] = Ref(id=hits[0].id, title=hits[0].title)
    return found


def after_party(api: DocumentsApi, kind: DocumentKind, party_id: int, fill: Mapping[str, Any]) -> dict[str, Ref]:
    """Blocking. What the choice of a party decides: its prices, and its contract if it has just one."""
    found: dict[str, Ref] = {}
    price_kind = str(fill.get("price_kind_id") or "")
    if kind.header("price_kind_id") is not None and price_kind:
        hit = next((hit for hit in api.pick("price_kind", {}) if str(hit.id) == price_kind), None)
        if hit is not None:
            found["price_kind_id"] = Ref(id=hit.id, title=hit.title)
    if kind.header("contract_id") is not None:
        contracts = api.pick("document", {"kind": "contract", "party_id": party_id, "q": ""})
        if len(contracts) == 1:
            found["contract_id"] = Ref(id=contracts[0].id, title=contracts[0].title)
    return found
