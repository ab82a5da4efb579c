"""Branches, departments, employees and who logs in with which role."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crm_contract.access import (
    BranchBody,
    DepartmentBody,
    EmployeeBody,
    EmployeeCardBody,
    PinBody,
    RoleBody,
    UserBody,
)
from crm_contract.permissions import Scope
from crm_server.access import badges, users
from crm_server.access.directories import BRANCH_TABLE, DEPARTMENT_TABLE, EMPLOYEE_TABLE
from crm_server.access.roles import create_role
from crm_server.demo_company import roles
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.directories import create_row

MOSCOW, KAZAN = "Москва", "Казань"
SALES, SERVICE, SUPPORT, STORE = "Продажи", "Монтаж и сервис", "Техподдержка", "Склад"
BOOKS, OFFICE = "Бухгалтерия", "Администрация"

BRANCHES: Mapping[str, tuple[str, ...]] = {
    MOSCOW: (SALES, SERVICE, SUPPORT, STORE, BOOKS, OFFICE),
    KAZAN: (SALES, SERVICE, STORE, BOOKS),
}
#: Who works without the program holds tools all the year round.
TOOLS_FOR_DAYS = 365
#: Of the storekeepers' badges, which the cards of the users show.
PIN = "4071"
CODES = {MOSCOW: "М", KAZAN: "К"}
AREAS = {MOSCOW: "495", KAZAN: "843"}


@dataclass(frozen=True, slots=True)
class Worker:
    """`login` empty: works without the program. `shown` are the ten to log in as."""

    name: str
    position: str
    branch: str
    department: str
    role: str = ""
    login: str = ""
    shown: bool = False


STAFF: tuple[Worker, ...] = (
    Worker("Сафронов Илья Максимович", "системный администратор", MOSCOW, OFFICE, roles.ADMINISTRATOR, "admin", True),
    Worker("Вершинин Аркадий Львович", "генеральный директор", MOSCOW, OFFICE, roles.DIRECTOR, "director", True),
    Worker("Галеева Алсу Рустамовна", "руководитель филиала", KAZAN, SALES, roles.BRANCH_HEAD, "kazan", True),
    Worker("Орлова Елена Викторовна", "руководитель отдела продаж", MOSCOW, SALES, roles.SALES_HEAD, "orlova", True),
    Worker("Белкин Антон Юрьевич", "менеджер по продажам", MOSCOW, SALES, roles.SELLER, "belkin", True),
    Worker("Сабирова Динара Маратовна", "менеджер по продажам", KAZAN, SALES, roles.SELLER, "sabirova", True),
    Worker("Крутикова Нина Павловна", "главный бухгалтер", MOSCOW, BOOKS, roles.CHIEF_ACCOUNTANT, "buh", True),
    Worker("Дёмин Фёдор Ильич", "заведующий складом", MOSCOW, STORE, roles.STOREKEEPER, "sklad", True),
    Worker("Соловьёва Майя Игоревна", "диспетчер", MOSCOW, SERVICE, roles.DISPATCHER, "dispetcher", True),
    Worker("Пахомов Глеб Андреевич", "инженер техподдержки", MOSCOW, SUPPORT, roles.SUPPORT, "support", True),
    Worker("Лунина Вероника Сергеевна", "менеджер по продажам", MOSCOW, SALES, roles.SELLER, "lunina"),
    Worker("Кравцов Денис Олегович", "менеджер по продажам", MOSCOW, SALES, roles.SELLER, "kravtsov"),
    Worker("Ахметов Тимур Ильдарович", "менеджер по продажам", KAZAN, SALES, roles.SELLER, "akhmetov"),
    Worker("Юсупова Гузель Фаридовна", "бухгалтер", KAZAN, BOOKS, roles.ACCOUNTANT, "buh-kazan"),
    Worker("Хасанов Ринат Азатович", "кладовщик", KAZAN, STORE, roles.STOREKEEPER, "sklad-kazan"),
    Worker("Жуков Пётр Семёнович", "старший монтажник", MOSCOW, SERVICE, roles.FITTER, "zhukov"),
    Worker("Ткаченко Вадим Романович", "монтажник", MOSCOW, SERVICE),
    Worker("Ефремов Константин Ильич", "сервисный инженер", MOSCOW, SERVICE),
    Worker("Гордеев Семён Петрович", "электромонтажник", MOSCOW, SERVICE),
    Worker("Зиннатуллин Айрат Наилевич", "старший монтажник", KAZAN, SERVICE),
    Worker("Мухин Олег Викторович", "сервисный инженер", KAZAN, SERVICE),
)


@dataclass
class Staff:
    """The identifiers of the branches and the actors by login."""

    branches: dict[str, int] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def __getitem__(self, login: str) -> Actor:
        return self.actors[login]


def hire(ctx: Ctx, password: str) -> Staff:
    """Makes branches, departments, roles and people; whoever logs in gets the password."""
    staff = Staff()
    departments: dict[tuple[str, str], int] = {}
    for title, own in BRANCHES.items():
        branch_id = create_row(ctx, BRANCH_TABLE, BranchBody(title=title, code=CODES[title])).id
        staff.branches[title] = branch_id
        for name in own:
            departments[title, name] = create_row(
                ctx, DEPARTMENT_TABLE, DepartmentBody(title=name, branch_id=branch_id)).id
    role_ids = {title: _role(ctx, title, grants) for title, grants in roles.ROLES.items()}
    for number, worker in enumerate(STAFF, 1):
        employee = EmployeeBody(
            name=worker.name, position=worker.position, branch_id=staff.branches[worker.branch],
            department_id=departments[worker.branch, worker.department],
            phone=f"+7 {AREAS[worker.branch]} 000-00-{number:02}",
            email=f"{worker.login}@klimat-okno.example" if worker.login else "")
        if worker.login:
            body = UserBody(login=worker.login, password=password, employee=employee, roles=[role_ids[worker.role]])
            user_id = users.create_user(ctx, body, own_password=True).id
            if worker.role == roles.STOREKEEPER:
                with_badge = badges.make_badge(ctx, user_id, 1)
                badges.set_pin(ctx, user_id, PinBody(version=with_badge.version, pin=PIN))
        else:
            create_row(ctx, EMPLOYEE_TABLE, EmployeeCardBody(
                **employee.model_dump(), custody_days=TOOLS_FOR_DAYS, custody_limit=150_000))
    staff.actors = _actors(ctx)
    return staff


def _role(ctx: Ctx, title: str, grants: roles.Grants) -> int:
    """The role of `create-admin` may be there already."""
    known = ctx.sql.value("SELECT id FROM role WHERE title = %s", (title,))
    return known or create_role(ctx, RoleBody(title=title, grants=grants)).id


def _actors(ctx: Ctx) -> dict[str, Actor]:
    """Everybody who can log in, with the rights their roles have given them."""
    rows = ctx.sql.all(
        "SELECT u.id AS user_id, u.login, e.id AS employee_id, e.name, e.branch_id, e.department_id,"
        " jsonb_object_agg(g.permission, g.scope) AS grants FROM app_user u JOIN employee e ON e.id = u.employee_id"
        " JOIN user_role r ON r.user_id = u.id JOIN role_grant g ON g.role_id = r.role_id"
        " WHERE u.login = ANY(%s::text[]) GROUP BY u.id, e.id", ([w.login for w in STAFF if w.login],))
    return {row["login"]: Actor(
        user_id=row["user_id"], employee_id=row["employee_id"], name=row["name"], branch_id=row["branch_id"],
        department_id=row["department_id"], permissions={k: Scope(v) for k, v in row["grants"].items()})
        for row in rows}
