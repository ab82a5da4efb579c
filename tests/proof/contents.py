"""What a database holds, in a form that two runs of one command can be compared by."""

import hashlib
import json
import re
from typing import Any

from tests.server.conftest import World

#: What differs between two runs of one command although nothing is wrong: moments, numbers drawn from sequences, keys.
DRAWN = frozenset({"id", "number", "key", "answer", "fingerprint", "token_hash", "message_id", "xid", "ids", "args",
                   "search", "title", "row_hash", "chain", "lock", "request_id", "snapshot"})
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT")


def contents(world: World, *, alike: bool = False) -> dict[str, tuple[int, str]]:
    """Rows and checksum of every table. With `alike` without what every run draws anew."""
    tables = [row["tablename"] for row in world.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    query = " UNION ALL ".join(
        f"SELECT '{table}' AS name, coalesce(jsonb_agg(to_jsonb(t)), '[]') AS rows FROM {table} t" for table in tables)
    return {row["name"]: _digest(row["rows"], alike) for row in world.sql(query)}


def _digest(rows: list[dict[str, Any]], alike: bool) -> tuple[int, str]:
    kept = [_stable(row) if alike else row for row in rows]
    lines = sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in kept)
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _stable(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in DRAWN and not name.endswith("_id")
            and not (isinstance(value, str) and _MOMENT.match(value)) and name not in ("before", "after")}


def differing(one: dict[str, tuple[int, str]], other: dict[str, tuple[int, str]]) -> list[str]:
    """Tables that do not hold the same."""
    return [f"{name}: {one[name][0]} and {other[name][0]} rows" for name in one if one[name] != other[name]]
