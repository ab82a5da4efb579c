"""Log-in, the current user, branches, departments, employees, users and roles."""

from datetime import datetime

from pydantic import Field

from crm_contract.base import Answer, Ref, Request, VersionBody
from crm_contract.lists import Column, ColumnType, ListSpec, Op, Preset


class LoginBody(Request):
    login: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=256)
    client: str = Field(default="", max_length=100)


class BadgeLoginBody(Request):
    """A scanned badge (`OKE…`) and the PIN of its owner."""

    badge: str = Field(min_length=1, max_length=60)
    pin: str = Field(min_length=1, max_length=12)
    client: str = Field(default="", max_length=100)


class Me(Answer):
    """Who is logged in and what they may do: permission code → scope (1 own … 4 all)."""

    user_id: int
    login: str
    employee: Ref
    position: str
    email: str
    branch: Ref
    department: Ref | None
    permissions: dict[str, int]
    must_change_password: bool


class LoginAnswer(Answer):
    """An opaque token: 256 random bits; the server keeps only its hash."""

    token: str
    expires_at: datetime
    me: Me


class PasswordBody(Request):
    old: str = Field(max_length=256)
    new: str = Field(min_length=8, max_length=256)


class BranchBody(Request):
    title: str = Field(min_length=1, max_length=120)
    code: str = Field(default="", max_length=10)
    organization_id: int | None = None


class BranchUpdate(BranchBody):
    version: int


class BranchRead(Answer):
    id: int
    version: int
    title: str
    code: str
    organization: Ref | None


class DepartmentBody(Request):
    title: str = Field(min_length=1, max_length=120)
    branch_id: int


class DepartmentUpdate(DepartmentBody):
    version: int


class DepartmentRead(Answer):
    id: int
    version: int
    title: str
    branch: Ref


class EmployeeBody(Request):
    name: str = Field(min_length=1, max_length=200)
    position: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=100)
    email: str = Field(default="", max_length=200)
    branch_id: int
    department_id: int | None = None


class EmployeeCardBody(EmployeeBody):
    """An employee who is not `active` has left: the log-in closes with the card.

    `custody_limit` (roubles at cost) and `custody_days` bound what the employee may hold; 0 follows the settings of
    the company.
    """

    active: bool = True
    custody_limit: int = Field(default=0, ge=0, le=1_000_000_000)
    custody_days: int = Field(default=0, ge=0, le=3650)


class EmployeeUpdate(EmployeeCardBody):
    version: int


class EmployeeRead(Answer):
    id: int
    version: int
    name: str
    position: str
    phone: str
    email: str
    branch: Ref
    department: Ref | None
    active: bool
    custody_limit: int = 0
    custody_days: int = 0


class UserFields(Request):
    login: str = Field(pattern=r"^[a-zA-Z0-9._@-]{2,100}$")
    employee: EmployeeBody
    roles: list[int] = Field(max_length=20)
    active: bool = True


class UserBody(UserFields):
    """With `employee_id` an employee who has no log-in yet gets one; without it the employee is made too."""

    password: str = Field(min_length=1, max_length=256)
    employee_id: int | None = None


class UserUpdate(UserFields):
    version: int


class PasswordReset(VersionBody):
    """A new password from the administrator: the sessions end, the person chooses their own at the next log-in."""

    password: str = Field(min_length=1, max_length=256)


class PinBody(VersionBody):
    """A new PIN for the log-in by badge; an empty one closes it."""

    pin: str = Field(pattern=r"^([0-9]{4,8})?$")


class UserRead(Answer):
    """`badge` is what its label says, empty without one."""

    id: int
    version: int
    login: str
    employee_id: int
    name: str
    position: str
    phone: str
    email: str
    branch: Ref
    department: Ref | None
    roles: list[Ref]
    active: bool
    must_change_password: bool
    last_login_at: datetime | None
    badge: str = ""
    has_pin: bool = False


class RoleBody(Request):
    """`grants` maps a permission code to a scope (1 own … 4 all); a code that is left out is not granted."""

    title: str = Field(min_length=1, max_length=120)
    grants: dict[str, int] = Field(max_length=400)


class RoleUpdate(RoleBody):
    version: int


class RoleRead(Answer):
    id: int
    version: int
    title: str
    grants: dict[str, int]
    users: int


class SessionRead(Answer):
    id: int
    client: str
    address: str
    started_at: datetime
    seen_at: datetime
    current: bool


USER_LIST = ListSpec(
    code="users",
    title="Пользователи",
    default_sort="name",
    search_hint="Имя, логин или должность",
    empty_title="Пользователей нет",
    columns=(
        Column("name", "Сотрудник"),
        Column("login", "Логин", width=120),
        Column("roles", "Роли", width=180, sortable=False, filterable=False),
        Column("position", "Должность", width=150),
        Column("branch", "Филиал", ColumnType.REF, 120, entity="branch"),
        Column("department", "Отдел", ColumnType.REF, 120, shown=False, entity="department"),
        Column("active", "Вход открыт", ColumnType.FLAG, 100),
        Column("last_login_at", "Последний вход", ColumnType.DATETIME, 130),
        Column("email", "Почта", width=180, shown=False),
        Column("phone", "Телефон", ColumnType.NUMBER, 140, shown=False),
    ),
    presets=(
        Preset("active", "Работают", (("active", Op.EQ, True),)),
        Preset("closed", "Вход закрыт", (("active", Op.EQ, False),)),
    ),
)
ROLE_LIST = ListSpec(
    code="roles",
    title="Роли",
    default_sort="title",
    search_hint="Название роли",
    empty_title="Ролей нет",
    empty_hint="Создайте роль (Ins) и отметьте права",
    columns=(
        Column("title", "Роль"),
        Column("users", "Пользователей", ColumnType.INTEGER, 120),
        Column("grants", "Прав", ColumnType.INTEGER, 90),
    ),
)
