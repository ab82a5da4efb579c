"""Merging of doubles: everything that points to one party points to another one afterwards."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from psycopg import sql

from crm_contract.base import Created
from crm_contract.parties import (
    AccountRead,
    ContactRead,
    MergeBody,
    MergeCandidate,
    MergeDouble,
    MovedRows,
    PartyCard,
)
from crm_contract.permissions import Permission
from crm_server.kit.context import Ctx
from crm_server.kit.errors import invalid
from crm_server.parties.card import get_party
from crm_server.parties.keys import name_key, party_search
from crm_server.parties.service import lock_party

#: Steps of the domains above, run before the foreign keys move: `step(ctx, from_id, into_id)`. A table with one row
#: per party has to fold the two rows into one here.
BEFORE_MERGE: list[Callable[[Ctx, int, int], None]] = []

# Tables that only grow (the ledger, the journal) may not be updated: their history stays with the archived party.
_REFERENCES = """
SELECT t.relname AS table_name, a.attname AS column_name,
       EXISTS (SELECT FROM pg_attribute v WHERE v.attrelid = t.oid AND v.attname = 'version' AND NOT v.attisdropped)
       AS versioned
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE c.contype = 'f' AND c.confrelid = %s::regclass AND cardinality(c.conkey) = 1 AND c.conparentid = 0
AND has_column_privilege(c.conrelid, a.attnum, 'UPDATE') ORDER BY 1, 2
"""
_REPOINT = """
UPDATE {table} t SET {column} = m.into_id{version} FROM unnest(%s::int8[], %s::int8[]) AS m (from_id, into_id)
WHERE t.{column} = m.from_id
"""
_FOLD_CONTACTS = """
UPDATE contact k SET
    phones = k.phones || ARRAY(SELECT unnest(g.phones) EXCEPT SELECT unnest(k.phones)),
    emails = k.emails || ARRAY(SELECT unnest(g.emails) EXCEPT SELECT unnest(k.emails)),
    roles = k.roles || ARRAY(SELECT unnest(g.roles) EXCEPT SELECT unnest(k.roles)),
    position = coalesce(nullif(k.position, ''), g.position), search = k.search || g.search
FROM contact g JOIN unnest(%s::int8[], %s::int8[]) AS m (from_id, into_id) ON g.id = m.from_id WHERE k.id = m.into_id
"""
#: What points to a party from the domains above, for the screen of a merge: `rows(ctx, party_id)` → title and count.
MOVED_ROWS: list[Callable[[Ctx, int], Sequence[tuple[str, int]]]] = []
#: Rows of a party's own.
_OWN_ROWS = {"contact": "Контакты", "site": "Объекты", "bank_account": "Счета в банках", "party_note": "Заметки"}
#: Texts of the survivor that are taken from the other one where they are empty.
_FILLED = ("full_name", "legal_address", "actual_address", "phone", "email", "segment", "director_title",
           "director_name", "director_basis", "accountant_name", "note")
#: Fields whose value a person may take from a double. The name and ИНН of a legal entity go together with its КПП.
CHOSEN = frozenset({"name", "inn", "kpp", "ogrn", "manager", "branch", "price_kind", "payment_days", "debt_limit",
                    *_FILLED})
_REFS = frozenset({"manager", "branch", "price_kind"})


def merge_parties(ctx: Ctx, party_id: int, body: MergeBody) -> Created:
    """Moves all of the doubles to a party and archives them; answers the party that stays."""
    doubles = {double.id: double for double in body.doubles}
    if party_id in doubles:
        raise invalid({"doubles": "Нельзя объединить контрагента с самим собой"})
    if len(doubles) < len(body.doubles):
        raise invalid({"doubles": "Один контрагент указан дважды"})
    cards = _lock_all(ctx, {party_id: body.version, **{double.id: double.version for double in body.doubles}})
    _check(cards[party_id], [cards[double_id] for double_id in doubles])
    version = body.version
    for double_id, double in doubles.items():
        version = _merge_one(ctx, cards[double_id], get_party(ctx, party_id, Permission.PARTY_MERGE), _fields(double))
    ctx.changed("party", list(cards))
    return Created(id=party_id, version=version)


def preview_merge(ctx: Ctx, ids: Sequence[int]) -> list[MergeCandidate]:
    """The parties side by side, with what would move from each of them if it were a double."""
    return [MergeCandidate(card=get_party(ctx, party_id, Permission.PARTY_MERGE), moves=_moves(ctx, party_id))
            for party_id in dict.fromkeys(ids)]


def _lock_all(ctx: Ctx, versions: Mapping[int, int]) -> dict[int, PartyCard]:
    """All cards, locked in the order of their ids so that two merges never wait for each other."""
    return {party_id: lock_party(ctx, party_id, versions[party_id], Permission.PARTY_MERGE)
            for party_id in sorted(versions)}


def _check(kept: PartyCard, doubles: Sequence[PartyCard]) -> None:
    if kept.archived:
        raise invalid({"id": f"«{kept.name}» в архиве"}, "В архивного контрагента не объединяют")
    for gone in doubles:
        if gone.merged_into:
            raise invalid({"doubles": f"«{gone.name}» уже объединён с «{gone.merged_into.title}»"})
        if gone.is_own:
            raise invalid({"doubles": "Свою организацию не объединяют с контрагентом"})


def _fields(double: MergeDouble) -> frozenset[str]:
    unknown = set(double.take) - CHOSEN
    if unknown:
        raise invalid({"doubles": f"Эти поля не выбирают: {', '.join(sorted(unknown))[:200]}"})
    return frozenset(double.take)


def _merge_one(ctx: Ctx, gone: PartyCard, kept: PartyCard, take: frozenset[str]) -> int:
    """Everything of `gone` goes to `kept`; answers the new version of `kept`."""
    # Modes of an organisation that once was our own mean nothing any more and could collide with the survivor's.
    ctx.sql.run("DELETE FROM tax_mode_period WHERE party_id = %s", (gone.id,))
    for step in BEFORE_MERGE:
        step(ctx, gone.id, kept.id)
    contacts = _same_contacts(gone.contacts, kept.contacts)
    accounts = _same_accounts(gone.accounts, kept.accounts)
    _keep_doubles_once(ctx, gone, kept, contacts, list(accounts))
    moved = _repoint(ctx, "contact", contacts) + _repoint(ctx, "bank_account", accounts)
    moved += _repoint(ctx, "party", {gone.id: kept.id})
    _close(ctx, gone, kept)
    version = _complete(ctx, gone, kept, take)
    ctx.audit("action", "party", gone.id, gone.name, reason=f"Объединён с «{kept.name}»",
              after={"merged_into_id": kept.id, "moved": dict(moved)})
    ctx.audit("action", "party", kept.id, kept.name, reason=f"Принял данные «{gone.name}»",
              after={"merged_from_id": gone.id, "taken": sorted(take)})
    return version


def _moves(ctx: Ctx, party_id: int) -> list[MovedRows]:
    """What points to a party, in words: documents by kind, contacts, sites and so on."""
    found = [MovedRows(title=title, count=count) for rows in MOVED_ROWS for title, count in rows(ctx, party_id)]
    for table, title in _OWN_ROWS.items():
        query = sql.SQL("SELECT count(*) FROM {} WHERE party_id = {}").format(sql.Identifier(table), party_id)
        if table != "party_note":
            query += sql.SQL(" AND NOT archived")
        if count := ctx.sql.value(query):
            found.append(MovedRows(title=title, count=count))
    return found


def _repoint(ctx: Ctx, target: str, moves: Mapping[int, int]) -> Counter[str]:
    """Every foreign key to `target` that holds a key of `moves` gets its value; answers the rows by column."""
    moved: Counter[str] = Counter()
    if not moves:
        return moved
    for row in ctx.sql.all(_REFERENCES, (target,)):
        table, column = row["table_name"], row["column_name"]
        # Somebody who has such a row open may not save over it as if it were the same.
        version = sql.SQL(", version = t.version + 1" if row["versioned"] else "")
        query = sql.SQL(_REPOINT).format(table=sql.Identifier(table), column=sql.Identifier(column), version=version)
        if count := ctx.sql.run(query, (list(moves), list(moves.values()))):
            moved[f"{table}.{column}"] += count
    return moved


def _same_contacts(gone: Sequence[ContactRead], kept: Sequence[ContactRead]) -> dict[int, int]:
    """Contacts of one name that do not contradict: a shared phone or mail, or one of the two has none."""
    same: dict[int, int] = {}
    for contact in gone:
        ways = {*contact.phones, *contact.emails}
        for other in kept:
            other_ways = {*other.phones, *other.emails}
            if name_key(contact.name) == name_key(other.name) and (
                    ways & other_ways or not ways or not other_ways) and other.id not in same.values():
                same[contact.id] = other.id
                break
    return same


def _same_accounts(gone: Sequence[AccountRead], kept: Sequence[AccountRead]) -> dict[int, int]:
    known = {(account.bic, account.account): account.id for account in kept}
    return {a.id: known[a.bic, a.account] for a in gone if (a.bic, a.account) in known}


def _keep_doubles_once(ctx: Ctx, gone: PartyCard, kept: PartyCard, contacts: Mapping[int, int],
                       accounts: Sequence[int]) -> None:
    """Doubled contacts give their phones, mails and roles to the one that stays; doubled accounts just leave."""
    if contacts:
        ctx.sql.run(_FOLD_CONTACTS, (list(contacts), list(contacts.values())))
        ctx.sql.run("UPDATE contact SET archived = true WHERE id = ANY(%s::int8[])", (list(contacts),))
    if gone.accounts:
        ctx.sql.run("UPDATE bank_account SET main = main AND NOT %s, archived = archived OR id = ANY(%s::int8[])"
                    " WHERE party_id = %s", (bool(kept.accounts), accounts, gone.id))


def _close(ctx: Ctx, gone: PartyCard, kept: PartyCard) -> None:
    ctx.sql.run("UPDATE party SET archived = true, merged_into_id = %s, version = version + 1, updated_at = now(),"
                " updated_by_id = %s WHERE id = %s", (kept.id, ctx.actor.employee_id, gone.id))


def _complete(ctx: Ctx, gone: PartyCard, kept: PartyCard, take: frozenset[str]) -> int:
    """Fills what the survivor does not know, takes the chosen fields, and makes its search key anew."""
    names = {name for name in _FILLED if not getattr(kept, name)} | take
    if not kept.inn and kept.kind == gone.kind:
        names |= {"inn", "kpp", "ogrn"}
    values = {name: getattr(gone, name) for name in names}
    values |= {name: True for name in ("is_customer", "is_supplier") if getattr(gone, name)}
    card = get_party(ctx, kept.id, Permission.PARTY_MERGE).model_copy(update=values)
    columns = {f"{name}_id" if name in _REFS else name: value.id if name in _REFS and value else value
               for name, value in values.items()}
    columns |= {"search": party_search(card), "name_key": name_key(card.name), "updated_at": ctx.now,
                "updated_by_id": ctx.actor.employee_id}
    return ctx.sql.update("party", kept.id, columns, version=kept.version)
