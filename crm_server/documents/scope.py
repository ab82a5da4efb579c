"""The choke point: which documents an actor reaches. Cards, lists, search, chains, files and reports all ask here."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from crm_contract.documents import KINDS
from crm_contract.kinds import DocumentKind
from crm_contract.permissions import Scope
from crm_server.kit.actor import Actor, scope_condition


def reaches(actor: Actor, permission: str, row: Mapping[str, Any]) -> bool:
    """Whether a permission reaches this document (branch_id, department_id, responsible_id, author_id).

    One's own are those one answers for and those one has made: the storekeeper makes the shipment of a seller's order.
    """
    own = row["branch_id"] == actor.branch_id and actor.employee_id in (row["responsible_id"], row["author_id"])
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
    return sql.SQL("({} OR ({} = {} AND {} = {}))").format(
        reached, sql.Identifier(alias, "branch_id"), actor.branch_id, sql.Identifier(alias, "author_id"),
        actor.employee_id)


def visible_condition(actor: Actor, alias: str = "d") -> sql.Composable:
    """What the actor sees of all kinds; kinds with the same scope share one condition."""
    by_scope: dict[Scope, list[str]] = {}
    for kind in KINDS.values():
        scope = actor.scope(kind.permission("view"))
        if scope is not None:
            by_scope.setdefault(scope, []).append(kind.code)
    if not by_scope:
        return sql.SQL("false")
    if list(by_scope) == [Scope.ALL] and len(by_scope[Scope.ALL]) == len(KINDS):
        return sql.SQL("true")
    parts = [
        sql.SQL("({} = ANY({}::text[]) AND {})").format(
            sql.Identifier(alias, "kind"), codes, kind_condition(actor, KINDS[codes[0]], alias))
        for codes in by_scope.values()
    ]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(parts))
