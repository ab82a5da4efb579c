"""The choke point: which documents an actor reaches. Cards, lists, search, chains, files and reports all ask here."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from crm_contract.documents import KINDS
from crm_contract.kinds import Action, DocumentKind
from crm_contract.permissions import Scope
from crm_server.kit.actor import Actor, scope_condition

#: Header columns that make a document somebody's own.
_PEOPLE = ("responsible_id", "author_id", "employee_id", "employee_to_id")


def lacking(actor: Actor, kind: DocumentKind, action: Action, row: Mapping[str, Any]) -> str:
    """The permission that the actor lacks for an action on this document; empty when nothing is in the way."""
    needed = [kind.permission(action.permission or action.code)]
    if action.by and row[action.by] != actor.employee_id:
        needed.append(kind.permission(action.others))
    return next((permission for permission in needed if not reaches(actor, permission, row)), "")


def reaches(actor: Actor, permission: str, row: Mapping[str, Any]) -> bool:
    """Whether a permission reaches this document (branch_id, department_id and the people of `_PEOPLE`).

    One's own are those one answers for, those one has made (the storekeeper makes the shipment of a seller's order)
    and those over goods that one holds or is to take over.
    """
    own = row["branch_id"] == actor.branch_id and any(row[name] == actor.employee_id for name in _PEOPLE)
    match actor.scope(permission):
        case Scope.ALL:
            return True
        case Scope.BRANCH:
            return row["branch_id"] == actor.branch_id
        case Scope.DEPARTMENT:
            return own or (row["branch_id"] == actor.branch_id and actor.department_id is not None
                           and row["department_id"] == actor.department_id)
        case Scope.OWN:
            return own
        case _:
            return False


def kind_condition(actor: Actor, kind: DocumentKind, alias: str = "d") -> sql.Composable:
    """What the actor sees of one kind."""
    code = kind.permission("view")
    columns = {"branch": f"{alias}.branch_id", "department": f"{alias}.department_id"}
    reached = scope_condition(actor, code, **columns, owner=f"{alias}.responsible_id")
    if actor.scope(code) not in (Scope.OWN, Scope.DEPARTMENT):
        return reached
    own = sql.SQL(" OR ").join(
        sql.SQL("{} = {}").format(sql.Identifier(alias, name), actor.employee_id) for name in _people(kind))
    return sql.SQL("({} OR ({} = {} AND ({})))").format(
        reached, sql.Identifier(alias, "branch_id"), actor.branch_id, own)


def _people(kind: DocumentKind) -> list[str]:
    """Those of the columns that documents of a kind may have, `responsible_id` apart."""
    return [name for name in _PEOPLE[1:] if name == "author_id" or kind.header(name) is not None]


def visible_condition(actor: Actor, alias: str = "d") -> sql.Composable:
    """What the actor sees of all kinds; kinds with the same scope share one condition."""
    alike: dict[tuple[Scope, tuple[str, ...]], list[str]] = {}
    for kind in KINDS.values():
        scope = actor.scope(kind.permission("view"))
        if scope is not None:
            people = tuple(_people(kind)) if scope in (Scope.OWN, Scope.DEPARTMENT) else ()
            alike.setdefault((scope, people), []).append(kind.code)
    if not alike:
        return sql.SQL("false")
    if list(alike) == [(Scope.ALL, ())] and len(alike[Scope.ALL, ()]) == len(KINDS):
        return sql.SQL("true")
    parts = [
        sql.SQL("({} = ANY({}::text[]) AND {})").format(
            sql.Identifier(alias, "kind"), codes, kind_condition(actor, KINDS[codes[0]], alias))
        for codes in alike.values()
    ]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(parts))
