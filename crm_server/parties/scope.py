"""Which parties an actor reaches: the one choke point of card, list, pick lists and search."""

from psycopg import sql

from crm_contract.permissions import Permission, Scope
from crm_server.kit.actor import Actor, scope_condition


def party_scope(actor: Actor, code: str = Permission.PARTY_VIEW) -> sql.Composable:
    """The WHERE condition over the party `p`.

    A party without a branch is common to all who have the permission; one with a branch is reached by the scope,
    where the manager is the owner and the manager's department the department.
    """
    scope = actor.scope(code)
    if scope in (None, Scope.ALL):
        return sql.SQL("true" if scope else "false")
    reached = scope_condition(actor, code, branch="p.branch_id", department="m.department_id", owner="p.manager_id")
    if scope is Scope.DEPARTMENT:
        reached = sql.SQL("EXISTS (SELECT FROM employee m WHERE m.id = p.manager_id AND {})").format(reached)
    return sql.SQL("(p.branch_id IS NULL OR {})").format(reached)
