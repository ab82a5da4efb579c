"""What other domains do when the card of an employee changes, e.g. the warehouse, which keeps what he holds."""

from collections.abc import Callable, Mapping
from typing import Any

from crm_server.kit.context import Ctx

#: Called in the transaction with the id and the values before and after; a Refusal stops the change.
Follower = Callable[[Ctx, int, Mapping[str, Any], Mapping[str, Any]], None]
_followers: list[Follower] = []


def follow_employees(follower: Follower) -> None:
    if follower not in _followers:
        _followers.append(follower)


def employee_changed(ctx: Ctx, employee_id: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    for follower in _followers:
        follower(ctx, employee_id, before, after)
