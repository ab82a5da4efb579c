"""Seals: committed rows of journal and ledger are chained by hash, in batches, without any lock on their writers.

A row is sealed some time after its commit: whatever a statement sees is committed for good, so nothing is sealed that
might be rolled back. A transaction may commit rows with ids lower than others sealed before it; they take their place
at the end of the chain, whose order is that of sealing and not of ids. The run of every minute looks for them among
the last `GAP` ids only, the nightly run in the whole table.

    row_hash = sha256(JSON array of every column)
    chain    = sha256(previous chain || source || row id || row_hash)

The chain alone does not notice that its own tail was cut off. So its head goes to the log and to `audit-….head` in the
data folder, where the role of the database cannot reach, and is compared with the chain before it is replaced. The
name of the file holds the identity of the database, for several databases may use one folder.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from psycopg import sql as pgsql
from psycopg.rows import DictRow
from pydantic import BaseModel, ValidationError

from crm_server.config import get_settings
from crm_server.db.pool import Pool
from crm_server.kit.context import Ctx
from crm_server.kit.jobs import periodic
from crm_server.kit.sql import Sql

log = structlog.get_logger("audit")

SEAL_LOCK = 0x6F6B6E71  # key of the advisory lock: one sealer at a time makes one chain
GAP = 20_000
BATCH = 5_000
RUN_LIMIT = 100_000  # rows of one transaction; what is left waits for the next run
FIRST = -2**63  # below every id, also those that only a forger gives
NO_CHAIN = bytes(32)


@dataclass(frozen=True, slots=True)
class Source:
    """A sealed table with all its columns; `made_at` is the one with the moment of the insertion.

    The order of the columns is part of the hash. Those that a later migration has `added` do not change old hashes:
    what came with each migration stands in an array of its own, which is appended for rows where not all of it is null.
    """

    table: str
    made_at: str
    columns: tuple[str, ...]
    added: tuple[tuple[str, ...], ...] = ()

    @property
    def row_hash(self) -> pgsql.Composed:
        """SQL of the hash of a row `t`; needs the session's time zone to be UTC."""
        return pgsql.SQL("sha256(convert_to({}, 'UTF8'))").format(pgsql.SQL(" || ").join([
            pgsql.SQL("json_build_array({})::text").format(_columns(self.columns)),
            *(pgsql.SQL("CASE WHEN num_nonnulls({0}) = 0 THEN '' ELSE json_build_array({0})::text END").format(
                _columns(names)) for names in self.added)]))


def _columns(names: Sequence[str]) -> pgsql.Composed:
    return pgsql.SQL(", ").join(pgsql.Identifier("t", name) for name in names)


SOURCES = (
    Source("audit_log", "at", ("id", "at", "user_id", "person", "branch_id", "action", "entity", "entity_id", "title",
                               "before", "after", "reason", "address", "request_id")),
    Source("stock_move", "made_at", ("id", "at", "made_at", "product_id", "lot_id", "from_place_id", "to_place_id",
                                     "quantity", "cost", "document_id", "line_id", "reverses_id", "employee_id"),
           added=(("adjusts_id",), ("from_bin_id", "to_bin_id"))),
)


class Head(BaseModel):
    """The end of a chain: the number of its last seal (0: no seal yet) and the hash there, in hexadecimal."""

    seal: int
    chain: str


def chain_hash(previous: bytes, source: str, row_id: int, hashed: bytes) -> bytes:
    """The link of one row; `verifying.py` says the same in SQL."""
    return hashlib.sha256(previous + f"{source}:{row_id}:".encode() + hashed).digest()


_UNSEALED = pgsql.SQL("""
SELECT t.id, {hash} AS row_hash FROM {table} t
WHERE t.id > %s AND NOT EXISTS (SELECT FROM audit_seal s WHERE s.source = {name} AND s.row_id = t.id)
ORDER BY t.id LIMIT %s
""")


def seal(sql: Sql, *, whole: bool = False, limit: int = RUN_LIMIT) -> int:
    """Add the unsealed rows to the chain, as part of the transaction of `sql`; returns how many were sealed.

    Does nothing while another process seals. With `whole` rows far behind the others are looked for too.
    """
    if not sql.value("SELECT pg_try_advisory_xact_lock(%s)", (SEAL_LOCK,)):
        return 0
    sql.run("SET LOCAL timezone = 'UTC'")  # moments in a row's JSON are written in it
    head = read_head(sql)
    number, chain = head.seal, bytes.fromhex(head.chain)
    for source in SOURCES:
        for rows in _batches(sql, source, whole, head.seal + limit - number):
            links = []
            for row in rows:
                number += 1
                chain = chain_hash(chain, source.table, row["id"], row["row_hash"])
                links.append((number, source.table, row["id"], row["row_hash"], chain))
            _write(sql, links)
    return number - head.seal


def _batches(sql: Sql, source: Source, whole: bool, limit: int) -> Iterator[list[DictRow]]:
    after = FIRST if whole else sql.value(
        "SELECT coalesce(max(row_id), 0) FROM audit_seal WHERE source = %s", (source.table,)) - GAP
    query = _UNSEALED.format(hash=source.row_hash, table=pgsql.Identifier(source.table), name=source.table)
    while limit > 0:
        rows = sql.all(query, (after, min(BATCH, limit)))
        if rows:
            yield rows
            after = rows[-1]["id"]
            limit -= len(rows)
        if len(rows) < BATCH:
            return


def _write(sql: Sql, links: list[tuple[int, str, int, bytes, bytes]]) -> None:
    numbers, sources, rows, hashes, chains = (list(column) for column in zip(*links, strict=True))
    sql.run("INSERT INTO audit_seal (id, source, row_id, row_hash, chain)"
            " SELECT * FROM unnest(%s::int8[], %s::text[], %s::int8[], %s::bytea[], %s::bytea[])",
            (numbers, sources, rows, hashes, chains))


def read_head(sql: Sql) -> Head:
    """The last seal of the chain in the database."""
    row = sql.one("SELECT id, chain FROM audit_seal ORDER BY id DESC LIMIT 1")
    return Head(seal=row["id"], chain=row["chain"].hex()) if row else Head(seal=0, chain=NO_CHAIN.hex())


def is_on_chain(sql: Sql, head: Head) -> bool:
    """Whether the chain in the database still passes through a head that was noted earlier."""
    if head.seal == 0:
        return True
    chain = sql.one("SELECT chain FROM audit_seal WHERE id = %s", (head.seal,))
    return chain is not None and chain["chain"].hex() == head.chain


def head_file(sql: Sql, folder: Path) -> Path:
    """Where the head of this database is noted: a restored copy or another database of the cluster has its own."""
    row = sql.get("SELECT to_hex(c.system_identifier) AS cluster, d.oid FROM pg_control_system() c, pg_database d"
                  " WHERE d.datname = current_database()")
    return folder / f"audit-{row['cluster']}-{row['oid']}.head"


def load_head(file: Path) -> Head | None:
    """The head noted in a file; None when there is none. Raises ValueError when the file is damaged."""
    try:
        return Head.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as error:
        raise ValueError(f"{file} is damaged") from error


def save_head(file: Path, head: Head) -> None:
    """Note the head; the file is whole or the old one, never a half."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.unfinished")
    with unfinished.open("w", encoding="utf-8") as writing:
        writing.write(head.model_dump_json())
        writing.flush()
        os.fsync(writing.fileno())
    unfinished.replace(file)


def note_head(sql: Sql, folder: Path) -> None:
    """Put the committed head into the log and the folder, unless the chain lost the one noted before."""
    head = read_head(sql)
    file = head_file(sql, folder)
    try:
        noted = load_head(file)
    except ValueError as error:
        log.error("audit head is unreadable", error=str(error))
        return
    if noted is not None and not is_on_chain(sql, noted):
        log.error("the chain of seals lost its tail; run crm-server check", noted=noted.seal, found=head.seal)
        return
    if head == noted:
        return
    log.info("audit head", seal=head.seal, chain=head.chain)
    try:
        save_head(file, head)
    except OSError as error:
        log.warning("audit head is not saved", file=str(file), error=str(error))


def seal_whole(pool: Pool, folder: Path) -> None:
    """Seal all that was committed and note the head in the folder: for work that ends before the next minute."""
    sealed = None
    while sealed != 0:
        with pool.connection() as connection:
            sealed = seal(Sql(connection), whole=True)
    with pool.connection() as connection:
        note_head(Sql(connection), folder)


# The head is noted before new seals are made: those are not committed yet, and a noted head must never be one that
# was rolled back.

@periodic("* * * * *", "audit.seal")
def seal_new(ctx: Ctx) -> None:
    """Every minute: note the head, seal what was committed since."""
    note_head(ctx.sql, get_settings().data_dir)
    seal(ctx.sql)


@periodic("40 2 * * *", "audit.seal_stragglers")
def seal_stragglers(ctx: Ctx) -> None:
    """Every night: seal rows that a very long transaction left far behind."""
    seal(ctx.sql, whole=True)
