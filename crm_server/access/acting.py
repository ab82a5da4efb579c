"""A user without a session: for whom a background job works."""

from crm_contract.permissions import Scope
from crm_server.kit.actor import Actor
from crm_server.kit.sql import Sql

#: The columns of an `Actor`, of the user `u` and the employee `e`; `grants` maps a permission to its widest scope.
ACTOR_COLUMNS = """
u.id AS user_id, e.id AS employee_id, e.name, e.branch_id, e.department_id,
coalesce((SELECT jsonb_object_agg(g.permission, g.scope) FROM (
    SELECT rg.permission, max(rg.scope) AS scope FROM user_role ur JOIN role_grant rg USING (role_id)
    WHERE ur.user_id = u.id GROUP BY rg.permission) g), '{}') AS grants
"""
_USER = ("SELECT" + ACTOR_COLUMNS +
         "FROM app_user u JOIN employee e ON e.id = u.employee_id WHERE u.id = %s AND u.active")


def actor_of_user(sql: Sql, user_id: int) -> Actor | None:
    """The user with the rights of this moment; None for one who may not log in any more."""
    row = sql.one(_USER, (user_id,))
    if row is None:
        return None
    grants = {code: Scope(scope) for code, scope in row.pop("grants").items()}
    return Actor(**row, permissions=grants)
