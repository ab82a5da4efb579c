"""Named places where a test makes the process die as SIGKILL would (reliability bar 2).

`CRM_FAILPOINT=posting.after_moves` kills the process there; `posting.after_moves:3` at the third passage.
Without the variable a failpoint costs one dictionary look-up.
"""

import os

_ENV = os.environ.get("CRM_FAILPOINT", "")
_NAME, _, _COUNT = _ENV.partition(":")
_left = int(_COUNT or 1)

#: All failpoints, so that a test can die at every one: names are added here where they are passed.
NAMES = (
    "edge.before_work", "edge.before_flush", "edge.before_commit", "edge.after_commit",
    "posting.after_lock", "posting.after_moves", "posting.after_state",
)


def failpoint(name: str) -> None:
    global _left  # noqa: PLW0603 - a process-wide countdown is the point
    if name != _NAME:
        return
    _left -= 1
    if _left <= 0:
        os._exit(137)
