"""What a handler works with: the transaction, the actor, and what is written with the commit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from psycopg.types.json import Jsonb
from pydantic_core import to_json

from crm_server.kit.actor import Actor
from crm_server.kit.days import day_of
from crm_server.kit.sql import Sql

_FLUSH = """
WITH journal AS (
    INSERT INTO audit_log (user_id, person, branch_id, action, entity, entity_id, title, before, after, reason,
                           address, request_id)
    SELECT %(user)s, %(person)s, coalesce(r.branch_id, %(branch)s), r.action, r.entity, r.entity_id, r.title, r.before,
           r.after, r.reason, %(address)s, %(request)s
    FROM jsonb_to_recordset(%(audit)s) AS r(action text, entity text, entity_id bigint, title text, before jsonb,
                                            after jsonb, reason text, branch_id bigint)
), feed AS (
    INSERT INTO change_log (entity, ids, branch_id, user_id)
    SELECT c.entity, ARRAY(SELECT jsonb_array_elements_text(c.ids)::bigint), c.branch_id, %(user)s
    FROM jsonb_to_recordset(%(changes)s) AS c(entity text, ids jsonb, branch_id bigint)
)
INSERT INTO idempotency_key (user_id, key, fingerprint, status, answer)
SELECT %(user)s, %(key)s, %(fingerprint)s, %(status)s, %(answer)s WHERE %(key)s::text IS NOT NULL
"""


@dataclass(slots=True)
class Ctx:
    """One request or job in its transaction. Journal and change feed are collected and written at the end."""

    sql: Sql
    actor: Actor
    request_id: str = ""
    #: What the person was told that the command comes to; see ErrorCode.CONFIRM_FIRST.
    acknowledged: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    _audit: list[dict[str, Any]] = field(default_factory=list)
    _changes: dict[tuple[str, int | None], set[int]] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The company's day of this request."""
        return day_of(self.now)

    def audit(self, action: str, entity: str, entity_id: int | None = None, title: str = "", *,
              before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None, reason: str = "",
              branch_id: int | None = None) -> None:
        """Adds a journal row to this transaction. With both `before` and `after` only the differences are kept."""
        if before is not None and after is not None:
            names = [n for n in {**before, **after} if before.get(n) != after.get(n)]
            before, after = {n: before.get(n) for n in names}, {n: after.get(n) for n in names}
        self._audit.append({
            "action": action, "entity": entity, "entity_id": entity_id, "title": title, "reason": reason,
            "before": None if before is None else dict(before), "after": None if after is None else dict(after),
            "branch_id": branch_id,
        })

    def changed(self, entity: str, ids: Iterable[int], branch_id: int | None = None) -> None:
        """Announces changed rows to open clients; `branch_id` limits who hears of them."""
        self._changes.setdefault((entity, branch_id), set()).update(ids)

    def flush(self, *, key: str | None = None, fingerprint: bytes = b"", status: int = 200,
              answer: bytes = b"") -> None:
        """Writes journal, change feed and the idempotency key in one statement."""
        if not (self._audit or self._changes or key):
            return
        changes = [{"entity": e, "branch_id": b, "ids": sorted(ids)} for (e, b), ids in self._changes.items()]
        self.sql.run(_FLUSH, {
            "user": self.actor.user_id, "person": self.actor.name, "branch": self.actor.branch_id or None,
            "address": self.actor.address, "request": self.request_id,
            "audit": Jsonb(self._audit, dumps=to_json), "changes": Jsonb(changes, dumps=to_json),
            "key": key, "fingerprint": fingerprint, "status": status, "answer": answer,
        })
        self._audit.clear()
        self._changes.clear()
