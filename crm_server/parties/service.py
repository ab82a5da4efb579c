"""Commands on parties: create, update, archive. The statements do not grow with the number of contacts."""

from collections.abc import Mapping
from typing import Any, LiteralString

from psycopg import sql
from psycopg.types.json import Jsonb

from crm_contract.base import Created
from crm_contract.parties import PartyBody, PartyCard, PartyUpdate
from crm_contract.permissions import Permission
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, invalid, stale
from crm_server.parties.card import get_party
from crm_server.parties.checks import account_numbers, check_party, normalized
from crm_server.parties.duplicates import refuse_duplicates
from crm_server.parties.rows import LISTS, PARTY_COLUMNS, ROW_COLUMNS, dump, list_rows, party_row, snapshot
from crm_server.parties.scope import party_scope

CONSTRAINTS["fk_party_manager_id"] = invalid({"manager_id": "Такого сотрудника нет"})
CONSTRAINTS["fk_party_branch_id"] = invalid({"branch_id": "Такого филиала нет"})
CONSTRAINTS["fk_party_price_kind_id"] = invalid({"price_kind_id": "Такого вида цен нет"})

# A row travels as one JSON value; jsonb_populate_record gives each column its own type.
_INSERT = """
WITH p AS (
    INSERT INTO party AS p ({party}) SELECT {party} FROM jsonb_populate_record(NULL::party, %(party)s)
    RETURNING p.id, ({scope}) AS reached
), contacts AS (
    INSERT INTO contact (party_id, {contact})
    SELECT p.id, {contact} FROM p, jsonb_populate_recordset(NULL::contact, %(contacts)s)
), sites AS (
    INSERT INTO site (party_id, {site}) SELECT p.id, {site} FROM p, jsonb_populate_recordset(NULL::site, %(sites)s)
), accounts AS (
    INSERT INTO bank_account (party_id, {bank_account})
    SELECT p.id, {bank_account} FROM p, jsonb_populate_recordset(NULL::bank_account, %(accounts)s)
)
SELECT id, reached FROM p
"""
_UPDATE = """
UPDATE party AS p SET ({party}) = (SELECT {party} FROM jsonb_populate_record(NULL::party, %(party)s)),
    version = version + 1, updated_at = now() WHERE p.id = %(id)s RETURNING p.version, ({scope}) AS reached
"""
# Rows with an id are updated, those without inserted, the missing archived; answers the ids that were known.
_SYNC = """
WITH r AS (
    SELECT * FROM jsonb_populate_recordset(NULL::{table}, %(rows)s)
), gone AS (
    UPDATE {table} t SET archived = true
    WHERE t.party_id = %(party)s AND NOT t.archived AND NOT EXISTS (SELECT FROM r WHERE r.id = t.id)
), added AS (
    INSERT INTO {table} (party_id, {columns}) SELECT %(party)s, {columns} FROM r WHERE id IS NULL
)
UPDATE {table} t SET ({columns}, archived) = (SELECT {columns}, false FROM r WHERE r.id = t.id)
WHERE t.party_id = %(party)s AND t.id IN (SELECT r.id FROM r) RETURNING t.id
"""


def create_party(ctx: Ctx, body: PartyBody) -> Created:
    """Raises INVALID, or CONFLICT for a certain duplicate."""
    check_party(body, _known_roles(ctx, body))
    body = normalized(body)
    refuse_duplicates(ctx, body)
    row = ctx.sql.get(_scoped(ctx, _INSERT), {
        "party": Jsonb(party_row(ctx, body)),
        **{name: Jsonb(list_rows(body, name, with_id=False)) for name in LISTS}})
    _refuse_out_of_reach(row)
    set_tax_mode(ctx, row["id"], body)
    ctx.audit("create", "party", row["id"], body.name, after=snapshot(body), branch_id=body.branch_id)
    ctx.changed("party", [row["id"]])
    return Created(id=row["id"])


def update_party(ctx: Ctx, party_id: int, body: PartyUpdate) -> Created:
    """Saves the whole card; STALE_VERSION carries the present one for the merge."""
    before = lock_party(ctx, party_id, body.version)
    check_party(body, _known_roles(ctx, body), kept=account_numbers(before.accounts))
    body = normalized(body)
    if (body.inn, body.kpp) != (before.inn, before.kpp) and not before.archived:
        refuse_duplicates(ctx, body, party_id=party_id)
    row = ctx.sql.get(_scoped(ctx, _UPDATE), {"party": Jsonb(party_row(ctx, body)), "id": party_id})
    _refuse_out_of_reach(row)
    for name in LISTS:
        if dump(getattr(body, name)) != dump(getattr(before, name)):
            _sync_list(ctx, party_id, body, name)
    if body.tax_mode != before.tax_mode:
        set_tax_mode(ctx, party_id, body)
    ctx.audit("update", "party", party_id, body.name, before=snapshot(before), after=snapshot(body),
              branch_id=body.branch_id)
    ctx.changed("party", [party_id])
    return Created(id=party_id, version=row["version"])


def archive_party(ctx: Ctx, party_id: int, version: int, *, archived: bool) -> Created:
    """Takes a party out of the lists, or brings it back. A merged one stays archived."""
    before = lock_party(ctx, party_id, version)
    if before.merged_into and not archived:
        raise invalid({"archived": f"Контрагент объединён с «{before.merged_into.title}»"},
                      "Объединённого контрагента не возвращают из архива")
    version = ctx.sql.update("party", party_id, {
        "archived": archived, "updated_at": ctx.now, "updated_by_id": ctx.actor.employee_id}, version=version)
    ctx.audit("archive" if archived else "update", "party", party_id, before.name,
              before={"archived": before.archived}, after={"archived": archived})
    ctx.changed("party", [party_id])
    return Created(id=party_id, version=version)


def lock_party(ctx: Ctx, party_id: int, version: int, code: str = Permission.PARTY_EDIT) -> PartyCard:
    """The card, kept from others until the commit; raises STALE_VERSION when it is another version."""
    card = get_party(ctx, party_id, code, lock=True)
    if card.version != version:
        # Read again: the lists of the locked row may be older than the row itself.
        raise stale(get_party(ctx, party_id, code).model_dump(mode="json"))
    return card


def set_tax_mode(ctx: Ctx, party_id: int, body: PartyBody) -> None:
    """Dates the tax mode of an own organisation: the first one holds from ever, a changed one from today on."""
    if body.tax_mode is None:
        return
    ctx.sql.run(
        "INSERT INTO tax_mode_period (party_id, tax_mode, valid_from) SELECT %(party)s, %(mode)s, CASE WHEN EXISTS"
        " (SELECT FROM tax_mode_period WHERE party_id = %(party)s) THEN current_date ELSE '2000-01-01' END"
        " ON CONFLICT (party_id, valid_from) DO UPDATE SET tax_mode = excluded.tax_mode",
        {"party": party_id, "mode": body.tax_mode})


def _sync_list(ctx: Ctx, party_id: int, body: PartyBody, name: str) -> None:
    rows = list_rows(body, name, with_id=True)
    wanted = [row["id"] for row in rows if row["id"] is not None]
    table = LISTS[name]
    query = sql.SQL(_SYNC).format(table=sql.Identifier(table), columns=ROW_COLUMNS[table])
    known = ctx.sql.all(query, {"party": party_id, "rows": Jsonb(rows)})
    if len(known) != len(wanted):
        raise invalid({name: "В списке есть строка другого контрагента или одна строка дважды"})


def _known_roles(ctx: Ctx, body: PartyBody) -> set[str]:
    codes = sorted({role for contact in body.contacts for role in contact.roles})
    if not codes:
        return set()
    return {row["code"] for row in ctx.sql.all("SELECT code FROM contact_role WHERE code = ANY(%s::text[])", (codes,))}


def _scoped(ctx: Ctx, query: LiteralString) -> sql.Composed:
    scope = party_scope(ctx.actor, Permission.PARTY_EDIT)
    return sql.SQL(query).format(party=PARTY_COLUMNS, scope=scope, **ROW_COLUMNS)


def _refuse_out_of_reach(row: Mapping[str, Any]) -> None:
    """Nobody may give a party away to where they could not edit it themselves."""
    if not row["reached"]:
        raise invalid({"branch_id": "Ваши права не распространяются на этот филиал или менеджера"})
