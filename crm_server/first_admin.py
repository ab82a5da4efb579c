"""The first person who can log in: made from the command line, because nobody can do it from a window yet."""

from crm_contract.access import BranchBody, EmployeeBody, RoleBody, RoleUpdate, UserBody
from crm_contract.permissions import Scope
from crm_server.access import roles, users
from crm_server.access.directories import BRANCH_TABLE
from crm_server.access.sessions import authenticate
from crm_server.catalog.directories import add_first_price_kind
from crm_server.db.pool import open_pool
from crm_server.kit.actor import ANY_PERMISSION
from crm_server.kit.context import Ctx
from crm_server.kit.directories import create_row
from crm_server.kit.edge import Edge
from crm_server.kit.jobs import SERVER_ACTOR
from crm_server.mailing.defaults import ensure_defaults

BRANCH = "Главный филиал"
ROLE = "Администратор"


def create(url: str, login: str, name: str, password: str) -> int:
    """Make a user who may do everything, with branch, role and mail rules when there are none; returns the user's id.

    Raises the refusals of `access.users.create_user`.
    """
    with (open_pool(url, size=2, wait_s=30) as pool,
          Edge(pool, authenticate).committed(SERVER_ACTOR, "create-admin") as ctx):
        branch_id = ctx.sql.value("SELECT min(id) FROM branch") or create_row(
            ctx, BRANCH_TABLE, BranchBody(title=BRANCH)).id
        body = UserBody(login=login, password=password, employee=EmployeeBody(name=name, branch_id=branch_id),
                        roles=[_role_of_everything(ctx)])
        add_first_price_kind(ctx.sql)
        ensure_defaults(ctx.sql)
        return users.create_user(ctx, body, own_password=True).id


def _role_of_everything(ctx: Ctx) -> int:
    """The administrator's role; one that lacks the permissions of a newer program gets them."""
    grants = dict.fromkeys(sorted(ANY_PERMISSION), int(Scope.ALL))
    row = ctx.sql.one("SELECT id, version FROM role WHERE title = %s FOR UPDATE", (ROLE,))
    if row is None:
        return roles.create_role(ctx, RoleBody(title=ROLE, grants=grants)).id
    return roles.update_role(ctx, row["id"], RoleUpdate(title=ROLE, grants=grants, version=row["version"])).id
