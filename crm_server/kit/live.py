"""The change feed: one reader thread per process, many waiting clients.

A commit leaves rows in `change_log`. A NOTIFY inside the business transaction would serialise all commits, so the
table is read a few times a second. The position is the transaction id: rows below the oldest running transaction are
complete, and no row can join them later.
"""

import asyncio
import threading
from collections import deque
from dataclasses import dataclass

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from crm_contract.permissions import Permission, Scope
from crm_server.db.pool import Pool
from crm_server.kit.actor import Actor

log = structlog.get_logger("live")

POLL_S = 0.25
KEEP = 5_000
#: The right to see an entity, where it is not called `<entity>.view`.
_RIGHTS = {"letter": Permission.MAIL_SEND}

_READ = """
SELECT xid, id, entity, ids, branch_id, user_id FROM change_log
WHERE (xid, id) > (%s, %s) AND xid < (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint
ORDER BY xid, id LIMIT 1000
"""
_HEAD = "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint - 1 AS position"


@dataclass(frozen=True, slots=True)
class Change:
    position: int
    entity: str
    ids: list[int]
    branch_id: int | None
    user_id: int | None


class ChangeFeed:
    """Recent changes in memory. Clients that fall behind `KEEP` are told to refresh everything."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._recent: deque[Change] = deque(maxlen=KEEP)
        self._start = self._position = 0
        self._last_id = 0
        self._stop = threading.Event()
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="change-feed", daemon=True)

    def start(self) -> None:
        with self._pool.connection() as connection:
            row = connection.execute(_HEAD).fetchone()
        self._start = self._position = row["position"] if row else 0
        self._thread.start()

    def close(self) -> None:
        """Lets waiting clients go: the process is about to stop."""
        self._stop.set()
        self._wake()

    def stop(self) -> None:
        self.close()
        self._thread.join(timeout=5)

    @property
    def closed(self) -> bool:
        return self._stop.is_set()

    @property
    def position(self) -> int:
        return self._position

    def _run(self) -> None:
        while not self._stop.wait(POLL_S):
            try:
                self._read()
            except (psycopg.Error, PoolTimeout) as error:
                log.warning("feed_unavailable", error=str(error))
                self._stop.wait(2)

    def _read(self) -> None:
        with self._pool.connection() as connection:
            rows = connection.execute(_READ, (self._position, self._last_id)).fetchall()
        if not rows:
            return
        with self._lock:
            self._recent.extend(Change(r["xid"], r["entity"], r["ids"], r["branch_id"], r["user_id"]) for r in rows)
            self._position, self._last_id = rows[-1]["xid"], rows[-1]["id"]
        self._wake()

    def _wake(self) -> None:
        for loop, event in list(self._waiters):
            loop.call_soon_threadsafe(event.set)

    def after(self, position: int, actor: Actor) -> tuple[list[Change], bool]:
        """Changes after a position that the actor may hear of, and whether the position is too old to tell."""
        with self._lock:
            oldest = self._recent[0].position if len(self._recent) == KEEP else self._start
            lost = position < oldest or position > self._position
            heard = [c for c in self._recent if c.position > position
                     and (c.branch_id is None or c.branch_id == actor.branch_id or _sees_all(actor, c.entity))]
        return heard, lost

    async def wait(self, seconds: float) -> None:
        """Returns at the next change, or after the time."""
        entry = (asyncio.get_running_loop(), asyncio.Event())
        self._waiters.add(entry)
        try:
            async with asyncio.timeout(seconds):
                await entry[1].wait()
        except TimeoutError:
            pass
        finally:
            self._waiters.discard(entry)


def _sees_all(actor: Actor, entity: str) -> bool:
    """Whether the actor sees rows of this kind in every branch."""
    return actor.scope(_RIGHTS.get(entity, f"{entity}.view")) is Scope.ALL
