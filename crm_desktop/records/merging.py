"""Two people changed one record: what only one of them changed is taken, the rest is asked. Pure: no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merge:
    """`theirs`: fields to take from the saved record; `conflicts`: those that both changed differently."""

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
    """References by their id, the rest by its text, "" for nothing: two versions compare by value."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return value["id"] if set(value) == {"id", "title"} else {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return "" if value in (None, False) else str(value)
