"""Log-in, the current user, branches, departments, employees, users and roles."""

from datetime import datetime

from pydantic import Field

from crm_contract.base import Answer, Ref, Request


class LoginBody(Request):
    login: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=256)
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


class BranchRead(Answer):
    id: int
    title: str
    code: str
    organization: Ref | None


class DepartmentBody(Request):
    title: str = Field(min_length=1, max_length=120)
    branch_id: int


class DepartmentRead(Answer):
    id: int
    title: str
    branch: Ref


class EmployeeBody(Request):
    name: str = Field(min_length=1, max_length=200)
    position: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=100)
    email: str = Field(default="", max_length=200)
    branch_id: int
    department_id: int | None = None


class UserBody(Request):
    """`password` empty on an update leaves it as it is."""

    login: str = Field(pattern=r"^[a-zA-Z0-9._@-]{2,100}$")
    password: str = Field(default="", max_length=256)
    employee: EmployeeBody
    roles: list[int] = Field(max_length=20)
    active: bool = True


class UserUpdate(UserBody):
    version: int


class UserRead(Answer):
    id: int
    version: int
    login: str
    name: str
    position: str
    phone: str
    email: str
    branch: Ref
    department: Ref | None
    roles: list[Ref]
    active: bool
    last_login_at: datetime | None


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
