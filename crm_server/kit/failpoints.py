"""Named places where a test makes the process die as SIGKILL would (reliability bar 2).

`CRM_FAILPOINT=posting.after_moves` kills the process there; `posting.after_moves:3` at the third passage.
Without the variable a failpoint costs one look-up.
"""

import os
from collections.abc import Callable

#: All failpoints, so that a test can die at every one: names are added here where they are passed.
NAMES = (
    "edge.before_work", "edge.before_flush", "edge.before_commit", "edge.after_commit",
    "posting.after_lock", "posting.after_reserves", "posting.after_moves", "posting.after_state",
    "reserving.after_rows", "reserving.after_taking", "releasing.after_rows", "paying.after_removal",
    "paying.after_shares",
    "document.after_rows", "stocktaking.after_lines", "counting.after_lock", "counting.after_rows",
    "rules.after_rows", "rules.after_drafts",
    "job.before_commit", "job.after_commit",
    "exchange.before_commit",
)

_reached: Callable[[str], None] | None = None


def failpoint(name: str) -> None:
    if _reached is not None:
        _reached(name)


def watch(reached: Callable[[str], None] | None) -> None:
    """Calls `reached` with the name of every failpoint that this process passes."""
    global _reached  # noqa: PLW0603 - one for the whole process is the point
    _reached = reached


def arm(where: str) -> None:
    """Makes the process die at a failpoint: `name` or `name:passage`."""
    name, _, count = where.partition(":")
    left = int(count or 1)

    def die(reached: str) -> None:
        nonlocal left
        left -= reached == name
        if not left:
            os._exit(137)

    watch(die)


if where := os.environ.get("CRM_FAILPOINT", ""):
    arm(where)
