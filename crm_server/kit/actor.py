"""Who acts: the user of a request with branch, department and permissions."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import LiteralString, cast

from psycopg import sql

from crm_contract.documents import KINDS
from crm_contract.errors import ErrorCode
from crm_contract.permissions import Permission, Scope
from crm_server.kit.errors import Refusal

#: Users with different reach whose statements are kept; beyond it all are composed anew.
MOST_STATEMENTS = 2000


@dataclass(frozen=True, slots=True)
class Actor:
    """`permissions` maps a code to the widest scope that the user's roles grant."""

    user_id: int
    employee_id: int
    name: str
    branch_id: int
    department_id: int | None
    permissions: Mapping[str, Scope]
    session_id: int = 0
    address: str = ""
    must_change_password: bool = False
    #: Equal for actors who reach the same rows: what a composed statement depends on.
    reach: Hashable = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        reach = (self.user_id, self.branch_id, self.department_id, self.employee_id,
                 frozenset(self.permissions.items()))
        object.__setattr__(self, "reach", reach)

    def can(self, code: str) -> bool:
        return code in self.permissions

    def scope(self, code: str) -> Scope | None:
        return self.permissions.get(code)

    def demand(self, code: str) -> Scope:
        """The scope of a permission; raises FORBIDDEN without it."""
        scope = self.permissions.get(code)
        if scope is None:
            raise forbidden(code)
        return scope


def per_actor(compose: Callable[[Actor], sql.Composable]) -> Callable[[Actor], LiteralString]:
    """Composes a statement once for all who reach the same rows: composing a long one costs more than running it.

    For statements made of declarations and the actor alone; what comes with a request stays a parameter.
    """
    made: dict[Hashable, LiteralString] = {}

    def statement(actor: Actor) -> LiteralString:
        text = made.get(actor.reach)
        if text is None:
            if len(made) >= MOST_STATEMENTS:
                made.clear()
            text = made[actor.reach] = cast("LiteralString", compose(actor).as_string())
        return text

    return statement


def forbidden(code: str) -> Refusal:
    return Refusal(ErrorCode.FORBIDDEN, "Недостаточно прав для этого действия",
                   "Попросите администратора дать право роли.", details={"permission": code})


def scope_condition(actor: Actor, code: str, *, branch: str, department: str, owner: str) -> sql.Composable:
    """The WHERE condition of what `code` reaches, over trusted column names such as `d.branch_id`.

    The owner column holds an employee id. A permission that is not granted reaches nothing.
    """
    match actor.scope(code):
        case Scope.ALL:
            return sql.SQL("true")
        case Scope.BRANCH:
            return sql.SQL("{} = {}").format(_column(branch), actor.branch_id)
        case Scope.DEPARTMENT:
            return sql.SQL("({} = {} AND ({} = {} OR {} = {}))").format(
                _column(branch), actor.branch_id, _column(department), actor.department_id, _column(owner),
                actor.employee_id)
        case Scope.OWN:
            return sql.SQL("({} = {} AND {} = {})").format(
                _column(branch), actor.branch_id, _column(owner), actor.employee_id)
        case _:
            return sql.SQL("false")


def _column(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split("."))


def _all_permissions() -> frozenset[str]:
    kinds = (kind.permission(verb) for kind in KINDS.values() for verb, _ in kind.verbs)
    return frozenset([*map(str, Permission), *kinds])


#: Every permission code there is: the enum's and those derived from the document kinds.
ANY_PERMISSION = _all_permissions()
