"""How the body of a party becomes rows of the database."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from crm_contract.parties import PartyBody, PartyCard
from crm_server.kit.context import Ctx
from crm_server.kit.listing import trusted
from crm_server.parties.keys import contact_search, name_key, party_search

#: The row lists of a body with their tables; all its other fields are columns of `party`.
LISTS = {"contacts": "contact", "sites": "site", "accounts": "bank_account"}
FIELDS = tuple(n for n in PartyBody.model_fields if n not in LISTS and n != "ignore_duplicates")
PARTY_NAMES = (*FIELDS, "search", "name_key", "updated_by_id")
PARTY_COLUMNS = trusted(", ".join(PARTY_NAMES))
ROW_NAMES = {
    "contact": ("name", "position", "roles", "phones", "emails", "mail_consent", "note", "sequence", "search"),
    "site": ("name", "address", "note", "sequence"),
    "bank_account": ("bic", "account", "bank", "corr_account", "main", "sequence"),
}
ROW_COLUMNS = {table: trusted(", ".join(names)) for table, names in ROW_NAMES.items()}


def party_row(ctx: Ctx, body: PartyBody) -> dict[str, Any]:
    return body.model_dump(mode="json", include=set(FIELDS)) | {
        "search": party_search(body), "name_key": name_key(body.name), "updated_by_id": ctx.actor.employee_id}


def list_rows(body: PartyBody, name: str, *, with_id: bool) -> list[dict[str, Any]]:
    """The rows of one list in their order; `with_id` tells known rows from new ones."""
    rows = dump(getattr(body, name))
    for number, row in enumerate(rows):
        row["sequence"] = number
        if not with_id:
            del row["id"]
    if name == "contacts":
        for row, contact in zip(rows, body.contacts, strict=True):
            row["search"] = contact_search(contact)
    return rows


def snapshot(party: PartyBody | PartyCard) -> dict[str, Any]:
    """A party for the journal, the same shape before and after."""
    values = party.model_dump(mode="json", include={*FIELDS, *LISTS})
    if isinstance(party, PartyCard):
        refs = {"manager_id": party.manager, "branch_id": party.branch, "price_kind_id": party.price_kind}
        values |= {name: ref.id if ref else None for name, ref in refs.items()}
    return values


def dump(rows: Sequence[BaseModel]) -> list[dict[str, Any]]:
    return [row.model_dump(mode="json") for row in rows]
