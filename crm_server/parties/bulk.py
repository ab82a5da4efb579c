"""Many parties in a handful of statements: what an import reads, adds and saves in one portion."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from psycopg import sql
from psycopg.types.json import Jsonb
from pydantic import BaseModel

from crm_contract.parties import AccountBody, ContactBody, PartyBody, PartyUpdate, SiteBody
from crm_contract.permissions import Permission
from crm_server.kit.context import Ctx
from crm_server.kit.errors import invalid
from crm_server.kit.listing import trusted
from crm_server.parties.checks import account_numbers, check_party, normalized
from crm_server.parties.rows import FIELDS, LISTS, PARTY_NAMES, ROW_NAMES, dump, list_rows, party_row, snapshot
from crm_server.parties.scope import party_scope

_READ = """
SELECT p.id, p.version, {fields} FROM party p WHERE p.id = ANY(%(ids)s::int8[]) AND {scope}
"""
# A list of many parties is one scan, whatever the planner knows of tables that have just been filled.
_READ_LIST = """
SELECT t.party_id, t.id, {columns} FROM {table} t WHERE t.party_id = ANY(%(ids)s::int8[]) AND NOT t.archived
ORDER BY t.party_id, t.sequence, t.id
"""
_NEW_IDS = """
SELECT nextval(pg_get_serial_sequence('party', 'id')) AS id FROM generate_series(1, %s)
"""
_ADD = """
WITH p AS (
    INSERT INTO party AS p (id, import_batch_id, {party})
    SELECT id, import_batch_id, {party} FROM jsonb_populate_recordset(NULL::party, %(parties)s)
    RETURNING ({scope}) AS reached
), contacts AS (
    INSERT INTO contact (party_id, {contact})
    SELECT party_id, {contact} FROM jsonb_populate_recordset(NULL::contact, %(contacts)s)
), sites AS (
    INSERT INTO site (party_id, {site}) SELECT party_id, {site} FROM jsonb_populate_recordset(NULL::site, %(sites)s)
), accounts AS (
    INSERT INTO bank_account (party_id, {bank_account})
    SELECT party_id, {bank_account} FROM jsonb_populate_recordset(NULL::bank_account, %(accounts)s)
)
SELECT bool_and(reached) FROM p
"""
_SAVE = """
WITH r AS (SELECT * FROM jsonb_populate_recordset(NULL::party, %(parties)s)), saved AS (
    UPDATE party AS p SET ({party}) = ROW({values}), version = p.version + 1, updated_at = now()
    FROM r WHERE p.id = r.id AND p.version = r.version RETURNING ({scope}) AS reached
)
SELECT count(*) FILTER (WHERE reached) FROM saved
"""
# Rows with an id are updated, those without inserted. An import takes nothing away, so nothing is archived.
_SYNC = """
WITH r AS (
    SELECT * FROM jsonb_populate_recordset(NULL::{table}, %(rows)s)
), added AS (
    INSERT INTO {table} (party_id, {columns}) SELECT party_id, {columns} FROM r WHERE id IS NULL
)
UPDATE {table} t SET ({columns}) = ROW({values}) FROM r
WHERE t.id = r.id AND t.party_id = r.party_id AND ({own}) IS DISTINCT FROM ({values})
"""
_MODELS: Mapping[str, type[BaseModel]] = {"contacts": ContactBody, "sites": SiteBody, "accounts": AccountBody}


@dataclass(frozen=True, slots=True)
class PartyChange:
    """A party as it was read and as it is to be saved."""

    id: int
    before: PartyUpdate
    after: PartyUpdate


def read_parties(ctx: Ctx, ids: Collection[int], *, lock: bool = False) -> dict[int, PartyUpdate]:
    """Each party as the body that would save it unchanged; those out of reach are left out.

    `lock` keeps them from others until the commit.
    """
    if lock:
        ctx.sql.run("SELECT FROM party WHERE id = ANY(%s::int8[]) ORDER BY id FOR NO KEY UPDATE", (sorted(ids),))
    query = sql.SQL(_READ).format(fields=_prefixed("p", FIELDS), scope=party_scope(ctx.actor, Permission.PARTY_EDIT))
    rows = ctx.sql.all(query, {"ids": sorted(ids)})
    lists = {name: _read_list(ctx, name, ids) for name in LISTS}
    parties: dict[int, PartyUpdate] = {}
    for row in rows:
        party_id = row.pop("id")
        of_party = {name: found.get(party_id, []) for name, found in lists.items()}
        parties[party_id] = PartyUpdate.model_validate({**row, **of_party, "ignore_duplicates": True})
    return parties


def _read_list(ctx: Ctx, name: str, ids: Collection[int]) -> dict[int, list[BaseModel]]:
    model = _MODELS[name]
    fields = [field for field in model.model_fields if field != "id"]
    query = sql.SQL(_READ_LIST).format(columns=_prefixed("t", fields), table=sql.Identifier(LISTS[name]))
    found: dict[int, list[BaseModel]] = {}
    for row in ctx.sql.all(query, {"ids": sorted(ids)}):
        found.setdefault(row.pop("party_id"), []).append(model.model_validate(row))
    return found


def add_parties(ctx: Ctx, bodies: Sequence[PartyBody], batch_id: int, reason: str) -> list[int]:
    """New parties in the order of the bodies. The control keys of accounts are not looked at.

    Raises INVALID, or the database's refusal of a double: nothing of the portion is then written.
    """
    if not bodies:
        return []
    roles = _known_roles(ctx)
    ids = [row["id"] for row in ctx.sql.all(_NEW_IDS, (len(bodies),))]
    parties = []
    lists: dict[str, list[dict[str, object]]] = {name: [] for name in LISTS}
    for party_id, body in zip(ids, bodies, strict=True):
        check_party(body, roles, kept=account_numbers(body.accounts))
        body = normalized(body)
        parties.append(party_row(ctx, body) | {"id": party_id, "import_batch_id": batch_id})
        for name, rows in lists.items():
            rows += [row | {"party_id": party_id} for row in list_rows(body, name, with_id=False)]
        ctx.audit("create", "party", party_id, body.name, after=snapshot(body), reason=reason, branch_id=body.branch_id)
    query = sql.SQL(_ADD).format(
        party=_plain(PARTY_NAMES), scope=party_scope(ctx.actor, Permission.PARTY_EDIT),
        **{table: _plain(names) for table, names in ROW_NAMES.items()})
    if not ctx.sql.value(query, {"parties": Jsonb(parties), **{name: Jsonb(rows) for name, rows in lists.items()}}):
        raise _out_of_reach()
    ctx.changed("party", ids)
    return ids


def save_parties(ctx: Ctx, changes: Sequence[PartyChange], reason: str) -> None:
    """Saves what `read_parties` read under a lock and somebody changed; raises INVALID."""
    if not changes:
        return
    roles = _known_roles(ctx)
    parties = []
    lists: dict[str, list[dict[str, object]]] = {name: [] for name in LISTS}
    for change in changes:
        check_party(change.after, roles, kept=account_numbers(change.after.accounts))
        body = normalized(change.after)
        parties.append(party_row(ctx, body) | {"id": change.id, "version": change.before.version})
        for name, rows in lists.items():
            if dump(getattr(body, name)) != dump(getattr(change.before, name)):
                rows += [row | {"party_id": change.id} for row in list_rows(body, name, with_id=True)]
        ctx.audit("update", "party", change.id, body.name, before=snapshot(change.before), after=snapshot(body),
                  reason=reason, branch_id=body.branch_id)
    query = sql.SQL(_SAVE).format(party=_plain(PARTY_NAMES), values=_prefixed("r", PARTY_NAMES),
                                  scope=party_scope(ctx.actor, Permission.PARTY_EDIT))
    if ctx.sql.value(query, {"parties": Jsonb(parties)}) != len(changes):
        raise _out_of_reach()
    for name, rows in lists.items():
        _sync(ctx, LISTS[name], rows)
    ctx.changed("party", [change.id for change in changes])


def _sync(ctx: Ctx, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    if not rows:
        return
    names = ROW_NAMES[table]
    query = sql.SQL(_SYNC).format(table=sql.Identifier(table), columns=_plain(names), values=_prefixed("r", names),
                                  own=_prefixed("t", names))
    ctx.sql.run(query, {"rows": Jsonb(list(rows))})


def _known_roles(ctx: Ctx) -> set[str]:
    return {row["code"] for row in ctx.sql.all("SELECT code FROM contact_role")}


def _plain(names: Sequence[str]) -> sql.SQL:
    return trusted(", ".join(names))


def _prefixed(alias: str, names: Sequence[str]) -> sql.SQL:
    return trusted(", ".join(f"{alias}.{name}" for name in names))


def _out_of_reach() -> Exception:
    return invalid({"branch_id": "Ваши права не распространяются на этот филиал или менеджера"})
