"""Branches, departments and employees."""

from psycopg import sql

from crm_contract.directories import BRANCHES, DEPARTMENTS, EMPLOYEES
from crm_server.access import sessions
from crm_server.access.administrators import demand_administrator, lock_administrators
from crm_server.access.followers import employee_changed
from crm_server.kit.actor import Actor, scope_condition
from crm_server.kit.context import Ctx
from crm_server.kit.directories import DirectoryTable, Values
from crm_server.kit.errors import CONSTRAINTS, invalid
from crm_server.kit.listing import Expr

CONSTRAINTS["uq_branch_title"] = invalid({"title": "Филиал с таким названием уже есть"})
CONSTRAINTS["uq_department_branch_id_title"] = invalid({"title": "Такой отдел в филиале уже есть"})
CONSTRAINTS["fk_department_branch_id"] = invalid({"branch_id": "Такого филиала нет"})
CONSTRAINTS["fk_employee_branch_id"] = invalid({"branch_id": "Такого филиала нет"})
CONSTRAINTS["fk_employee_department_id"] = invalid({"department_id": "Такого отдела нет"})

_BRANCH_JOIN = {"branch": "JOIN branch b ON b.id = d.branch_id"}


def employee_scope(actor: Actor, code: str) -> sql.Composable:
    """The condition over the employee `d`: of the branch, of the department, or the actor alone."""
    return scope_condition(actor, code, branch="d.branch_id", department="d.department_id", owner="d.id")


def _own_organization(ctx: Ctx, row_id: int | None, values: Values) -> Values:
    organization = values["organization_id"]
    # The table of a domain above: the organisation of a branch is a party of our own.
    if organization and not ctx.sql.value("SELECT 1 FROM party WHERE id = %s AND is_own AND NOT archived",
                                          (organization,)):
        raise invalid({"organization_id": "Выберите свою действующую организацию"})
    return values


def check_department(ctx: Ctx, values: Values) -> None:
    """Raises INVALID for a department of another branch."""
    department = values["department_id"]
    if department and not ctx.sql.value("SELECT 1 FROM department WHERE id = %s AND branch_id = %s",
                                        (department, values["branch_id"])):
        raise invalid({"department_id": "Этот отдел в другом филиале"})


def _prepare_employee(ctx: Ctx, row_id: int | None, values: Values) -> Values:
    lock_administrators(ctx)
    check_department(ctx, values)
    return values


def _employee_saved(ctx: Ctx, row_id: int, before: Values, after: Values) -> None:
    """The card of the user is the same person: its version moves too. Who has left cannot log in."""
    employee_changed(ctx, row_id, before, after)
    user_id = ctx.sql.value("UPDATE app_user SET version = version + 1, active = active AND %s WHERE employee_id = %s"
                            " RETURNING id", (after["active"], row_id))
    if user_id is None:
        return
    if not after["active"]:
        sessions.end_sessions(ctx.sql, user_id)
        demand_administrator(ctx)
    ctx.changed("user", [user_id])


BRANCH_TABLE = DirectoryTable(
    BRANCHES, "branch", search=("search_key(d.title)", "search_key(d.code)"), order="sort_key(d.title), d.id",
    joins={"organization": "LEFT JOIN party o ON o.id = d.organization_id"}, prepare=_own_organization,
    exprs={"title": Expr("d.title"), "code": Expr("d.code"),
           "employees": Expr("(SELECT count(*) FROM employee e WHERE e.branch_id = d.id AND e.active)"),
           "organization": Expr("d.organization_id", "o.name", ("organization",))},
)
DEPARTMENT_TABLE = DirectoryTable(
    DEPARTMENTS, "department", search=("search_key(d.title)",), order="sort_key(b.title), sort_key(d.title), d.id",
    joins=_BRANCH_JOIN, pick_note="b.title",
    exprs={"title": Expr("d.title"),
           "employees": Expr("(SELECT count(*) FROM employee e WHERE e.department_id = d.id AND e.active)"),
           "branch": Expr("d.branch_id", "b.title", ("branch",))},
)
EMPLOYEE_TABLE = DirectoryTable(
    EMPLOYEES, "employee", search=("search_key(d.name)", "search_key(d.position)"), order="sort_key(d.name), d.id",
    joins=_BRANCH_JOIN | {"department": "LEFT JOIN department dep ON dep.id = d.department_id",
                          "user": "LEFT JOIN app_user u ON u.employee_id = d.id"},
    scope=employee_scope, prepare=_prepare_employee, saved=_employee_saved,
    exprs={"name": Expr("d.name"), "position": Expr("d.position"), "phone": Expr("d.phone"), "email": Expr("d.email"),
           "active": Expr("d.active"), "login": Expr("coalesce(u.login, '')", joins=("user",)),
           "branch": Expr("d.branch_id", "b.title", ("branch",)),
           "department": Expr("d.department_id", "dep.title", ("department",))},
)
TABLES = (BRANCH_TABLE, DEPARTMENT_TABLE, EMPLOYEE_TABLE)
