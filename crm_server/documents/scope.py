"""The choke point: which documents an actor reaches. Cards, lists, search, chains, files and reports all ask here."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from crm_contract.documents import KINDS
from crm_contract.kinds import Accounting, Action, DocumentKind
from crm_contract.permissions import Scope
from crm_server.kit.actor import Actor, scope_condition

#: Header columns that make a document somebody's own.
_PEOPLE = ("responsible_id", "author_id", "employee_id", "employee_to_id")


def lacking(actor: Actor, kind: DocumentKind, action: Action, row: Mapping[str, Any]) -> str:
    """The permission that the actor lacks for an action on this document; empty when nothing is in the way.

    The receiver's step on what goes to another branch is for those there and for whoever may do it everywhere.
    """
    needed = [kind.permission(action.permission or action.code)]
    if action.by and row[action.by] != actor.employee_id:
        needed.append(kind.permission(action.others))
    if action.of_receiver and row["branch_to_id"] is not None:
        return next((permission for permission in needed if actor.scope(permission) is not Scope.ALL
                     and not _comes_to(actor, permission, row)), "")
    return next((permission for permission in needed if not _holds(actor, permission, row)), "")


def reaches(actor: Actor, permission: str, row: Mapping[str, Any]) -> bool:
    """Whether a permission reaches this document (branch_id, branch_to_id, accounting, department_id and the people of
    `_PEOPLE`); what comes from another branch is only looked at."""
    return _holds(actor, permission, row) or (permission.endswith(".view") and _comes_to(actor, permission, row))


def is_guest(actor: Actor, kind: DocumentKind, row: Mapping[str, Any]) -> bool:
    """Whether the actor sees it for what it brings to their branch only: nothing else of the sender's is told them."""
    return not _holds(actor, kind.permission("view"), row)


def _comes_to(actor: Actor, permission: str, row: Mapping[str, Any]) -> bool:
    """Goods belong to places: a right narrower than the branch does not reach what comes there."""
    return (row.get("branch_to_id") == actor.branch_id and row["accounting"] == Accounting.POSTED
            and actor.scope(permission) is Scope.BRANCH)


def _holds(actor: Actor, permission: str, row: Mapping[str, Any]) -> bool:
    """One's own are those one answers for, those one has made (the storekeeper makes the shipment of a seller's order)
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
    if kind.crosses and actor.scope(code) is Scope.BRANCH:
        return sql.SQL("({} OR ({} = {} AND {} = 'posted'))").format(
            reached, sql.Identifier(alias, "branch_to_id"), actor.branch_id, sql.Identifier(alias, "accounting"))
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
    alike: dict[tuple[Scope, tuple[str, ...], bool], list[str]] = {}
    for kind in KINDS.values():
        scope = actor.scope(kind.permission("view"))
        if scope is not None:
            people = tuple(_people(kind)) if scope in (Scope.OWN, Scope.DEPARTMENT) else ()
            crosses = scope is Scope.BRANCH and kind.crosses
            alike.setdefault((scope, people, crosses), []).append(kind.code)
    if not alike:
        return sql.SQL("false")
    everything = (Scope.ALL, (), False)
    if list(alike) == [everything] and len(alike[everything]) == len(KINDS):
        return sql.SQL("true")
    parts = [
        sql.SQL("({} = ANY({}::text[]) AND {})").format(
            sql.Identifier(alias, "kind"), codes, kind_condition(actor, KINDS[codes[0]], alias))
        for codes in alike.values()
    ]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(parts))
