"""The choke point: which documents an actor reaches. Cards, lists, search, chains, files and reports all ask here."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from crm_contract.documents import KINDS
from crm_contract.kinds import DocumentKind
from crm_contract.permissions import Scope
from crm_server.kit.actor import Actor, scope_condition


def reaches(actor: Actor, permission: str, row: Mapping[str, Any]) -> bool:
    """Whether a permission reaches this document (branch_id, department_id, responsible_id)."""
    match actor.scope(permission):
        case Scope.ALL:
            return True
        case Scope.BRANCH:
            return row["branch_id"] == actor.branch_id
        case Scope.DEPARTMENT:
            return row["branch_id"] == actor.branch_id and (
                row["department_id"] == actor.department_id or row["responsible_id"] == actor.employee_id)
        case Scope.OWN:
            return row["branch_id"] == actor.branch_id and row["responsible_id"] == actor.employee_id
        case _:
            return False


def kind_condition(actor: Actor, kind: DocumentKind, alias: str = "d") -> sql.Composable:
    """What the actor sees of one kind."""
    return scope_condition(actor, kind.permission("view"), branch=f"{alias}.branch_id",
                           department=f"{alias}.department_id", owner=f"{alias}.responsible_id")


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
