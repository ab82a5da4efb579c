"""The proof: real processes on a real PostgreSQL, killed, raced, searched and asked for what is not theirs.

`CRM_PROOF=long` multiplies steps and seeds; without it the whole folder takes about a minute and a half on two cores.
"""

import os

LONG = os.environ.get("CRM_PROOF") == "long"


def many(short: int, long: int) -> int:
    """How often something is repeated."""
    return long if LONG else short
