"""Two people changed one card: what only one of them changed is taken, the rest is asked. Pure: no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm_contract.base import Ref
from crm_contract.parties import PartyCard

LISTS = ("contacts", "sites", "accounts")
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merge:
    """`theirs`: fields to take from the saved card; `conflicts`: those that both changed differently."""

    theirs: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def merge(base: Values, mine: Values, saved: Values, names: Sequence[str]) -> Merge:
    """Three versions of the same fields, as `comparable` gives them."""
    result = Merge()
    for name in names:
        was, own, other = base.get(name), mine.get(name), saved.get(name)
        if own == other or other == was:
            continue
        (result.theirs if own == was else result.conflicts).append(name)
    return result


def comparable(values: Values) -> dict[str, Any]:
    """References by their id, numbers and choices by their text, "" for nothing: two versions compare by value."""
    return {name: _plain(value) for name, value in values.items()}


def card_values(card: PartyCard) -> dict[str, Any]:
    """A card as the form takes it."""
    values = {name: getattr(card, name) for name in PartyCard.model_fields if name not in LISTS}
    return {name: value for name, value in values.items() if not isinstance(value, list)}


def _plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, Mapping) and "id" in value:
        return value["id"]
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return "" if value in (None, False) else str(value)
