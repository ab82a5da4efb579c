"""Directories: the short tables that a company edits by hand, each declared once as plain data.

The server makes the routes (`crm_server/kit/directories.py`) and the list of a directory from its declaration, the
client the list, the card, the palette and the menu of the settings.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_contract.access import (
    BranchBody,
    BranchRead,
    BranchUpdate,
    DepartmentBody,
    DepartmentRead,
    DepartmentUpdate,
    EmployeeCardBody,
    EmployeeRead,
    EmployeeUpdate,
)
from crm_contract.base import Answer, Request
from crm_contract.catalog import GroupBody, GroupRead, GroupUpdate, PriceKindBody, PriceKindRead, PriceKindUpdate
from crm_contract.kinds import Field, FieldType
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone
from crm_contract.parties import ContactRoleBody, ContactRoleRead, ContactRoleUpdate
from crm_contract.permissions import Permission
from crm_contract.stock import PlaceBody, PlaceKind, PlaceRead, PlaceUpdate
from crm_contract.stock_lists import STORED_PLACES


@dataclass(frozen=True, slots=True)
class Directory:
    """`code` names it in the journal, the changes feed and the navigator; its routes are `/api/<list.code>`.

    A REF field `branch_id` is the column `branch` of the list and of `read`. `hint` says on the card what the table
    is for. Everybody may read all rows to choose from them; the list and a card need `view`.
    """

    code: str
    title: str
    icon: str
    list: ListSpec
    fields: Sequence[Field]
    body: type[Request]
    update: type[Request]
    read: type[Answer]
    view: Permission
    edit: Permission
    hint: str = ""
    name: str = "title"   # the field that names a row

    @property
    def path(self) -> str:
        return f"/api/{self.list.code}"


ACTIVE = Field("active", "Работает", FieldType.FLAG, default="true", span=4)
BRANCH = Field("branch_id", "Филиал", FieldType.REF, required=True, entity="branch", span=6)
USERS = Column("employees", "Сотрудников", ColumnType.INTEGER, 110)

BRANCHES = Directory(
    "branch", "Филиал", "buildings",
    ListSpec(
        code="branches", title="Филиалы", default_sort="title", search_hint="Название или код",
        empty_title="Филиалов нет", empty_hint="Создайте первый (Ins)",
        columns=(
            Column("title", "Название"),
            Column("code", "Код", width=80),
            Column("organization", "Организация", ColumnType.REF, 240, entity="party"),
            USERS,
        ),
    ),
    fields=(
        Field("title", "Название", required=True, span=8),
        Field("code", "Код", span=4),
        Field("organization_id", "Продаёт от имени организации", FieldType.REF, entity="organization", span=12),
    ),
    body=BranchBody, update=BranchUpdate, read=BranchRead, view=Permission.SETTINGS_VIEW, edit=Permission.SETTINGS_EDIT,
    hint="Номера документов, права и остатки считаются по филиалам. Организация подставляется в новые документы.",
)
DEPARTMENTS = Directory(
    "department", "Отдел", "tree-structure",
    ListSpec(
        code="departments", title="Отделы", default_sort="title", search_hint="Название",
        empty_title="Отделов нет", empty_hint="Создайте первый (Ins)",
        columns=(Column("title", "Название"), Column("branch", "Филиал", ColumnType.REF, 200, entity="branch"), USERS),
    ),
    fields=(Field("title", "Название", required=True, span=6), BRANCH),
    body=DepartmentBody, update=DepartmentUpdate, read=DepartmentRead, view=Permission.SETTINGS_VIEW,
    edit=Permission.SETTINGS_EDIT, hint="Право с областью «отдел» открывает записи сотрудников этого отдела.",
)
EMPLOYEES = Directory(
    "employee", "Сотрудник", "user-circle",
    ListSpec(
        code="employees", title="Сотрудники", default_sort="name", search_hint="Имя или должность",
        empty_title="Сотрудников нет", empty_hint="Создайте первого (Ins)",
        columns=(
            Column("name", "Фамилия, имя, отчество"),
            Column("position", "Должность", width=160),
            Column("branch", "Филиал", ColumnType.REF, 130, entity="branch"),
            Column("department", "Отдел", ColumnType.REF, 130, entity="department"),
            Column("phone", "Телефон", ColumnType.NUMBER, 140),
            Column("email", "Почта", width=180, shown=False),
            Column("login", "Логин", width=110),
            Column("active", "Работает", ColumnType.FLAG, 90),
        ),
        presets=(
            Preset("active", "Работают", (("active", Op.EQ, True),)),
            Preset("left", "Уволены", (("active", Op.EQ, False),)),
        ),
    ),
    fields=(
        Field("name", "Фамилия, имя, отчество", required=True, span=8),
        ACTIVE,
        Field("position", "Должность", span=12),
        Field("phone", "Телефон", span=6),
        Field("email", "Почта", span=6),
        BRANCH,
        Field("department_id", "Отдел", FieldType.REF, entity="department", span=6),
        Field("custody_limit", "Лимит подотчёта, ₽ (0 — как у всех)", FieldType.INTEGER, span=6),
        Field("custody_days", "Срок подотчёта, дней (0 — как у всех)", FieldType.INTEGER, span=6),
    ),
    body=EmployeeCardBody, update=EmployeeUpdate, read=EmployeeRead, view=Permission.USERS_VIEW,
    edit=Permission.USERS_EDIT, name="name",
    hint="Уволенный исчезает из списков выбора, его вход закрывается сразу. Документы остаются за ним.",
)
PRICE_KINDS = Directory(
    "price_kind", "Вид цен", "money",
    ListSpec(
        code="price-kinds", title="Виды цен", default_sort="title", search_hint="Название",
        empty_title="Видов цен нет", empty_hint="Создайте первый (Ins)",
        columns=(
            Column("title", "Название"),
            Column("vat_included", "НДС в цене", ColumnType.FLAG, 110),
            Column("main", "Основной", ColumnType.FLAG, 100),
        ),
    ),
    fields=(
        Field("title", "Название", required=True, span=12),
        Field("vat_included", "Цены с НДС", FieldType.FLAG, default="true", span=6),
        Field("main", "Основной вид цен", FieldType.FLAG, span=6),
    ),
    body=PriceKindBody, update=PriceKindUpdate, read=PriceKindRead, view=Permission.SETTINGS_VIEW,
    edit=Permission.SETTINGS_EDIT, hint="Основной вид цен подставляется клиентам, у которых свой не выбран.",
)
PRODUCT_GROUPS = Directory(
    "product_group", "Группа номенклатуры", "tree-structure",
    ListSpec(
        code="product-groups", title="Группы номенклатуры", default_sort="title", search_hint="Название",
        empty_title="Групп нет", empty_hint="Создайте первую (Ins)",
        columns=(
            Column("title", "Название"),
            Column("parent", "Входит в группу", ColumnType.REF, 240, entity="product_group"),
            Column("products", "Позиций", ColumnType.INTEGER, 100),
        ),
    ),
    fields=(
        Field("title", "Название", required=True, span=6),
        Field("parent_id", "Входит в группу", FieldType.REF, entity="product_group", span=6),
    ),
    body=GroupBody, update=GroupUpdate, read=GroupRead, view=Permission.PRODUCT_VIEW, edit=Permission.PRODUCT_EDIT,
)
TONES = (
    Choice(Tone.NEUTRAL, "серый"), Choice(Tone.OK, "зелёный", Tone.OK), Choice(Tone.WARN, "жёлтый", Tone.WARN),
    Choice(Tone.ERROR, "красный", Tone.ERROR), Choice(Tone.INFO, "голубой", Tone.INFO),
    Choice(Tone.VIOLET, "фиолетовый", Tone.VIOLET),
)
CONTACT_ROLES = Directory(
    "contact_role", "Роль контакта", "address-book",
    ListSpec(
        code="contact-roles", title="Роли контактов", default_sort="position", search_hint="Название",
        empty_title="Ролей нет", empty_hint="Создайте первую (Ins)",
        columns=(
            Column("title", "Название"),
            Column("code", "Код", width=140),
            Column("tone", "Цвет", ColumnType.STATE, 130, choices=TONES),
            Column("contacts", "Контактов", ColumnType.INTEGER, 110),
            Column("position", "Порядок", ColumnType.INTEGER, 90),
        ),
    ),
    fields=(
        Field("title", "Название", required=True, span=6),
        Field("code", "Код (латиница)", required=True, span=6),
        Field("tone", "Цвет", FieldType.CHOICE, required=True, choices=TONES, default=Tone.NEUTRAL, span=6),
        Field("position", "Порядок", FieldType.INTEGER, span=6),
    ),
    body=ContactRoleBody, update=ContactRoleUpdate, read=ContactRoleRead, view=Permission.SETTINGS_VIEW,
    edit=Permission.SETTINGS_EDIT,
    hint="По роли правила решают, кому уходит документ. Код не меняют: на него ссылаются контакты и правила.",
)
#: Places that people make; custody and transit places are made by the documents that need them.
OWN_PLACE_KINDS = STORED_PLACES[:3]
PLACES = Directory(
    "place", "Место хранения", "package",
    ListSpec(
        code="places", title="Склады и места", default_sort="name", search_hint="Название или код",
        empty_title="Складов нет", empty_hint="Создайте первый (Ins)",
        columns=(
            Column("name", "Название"),
            Column("code", "Код", ColumnType.NUMBER, 110),
            Column("kind", "Вид", ColumnType.STATE, 110, choices=STORED_PLACES),
            Column("parent", "Входит в", ColumnType.REF, 160, entity="place"),
            Column("pick_order", "Порядок обхода", ColumnType.INTEGER, 120),
            Column("apart", "Обособлена", ColumnType.FLAG, 100, shown=False),
            Column("branch", "Филиал", ColumnType.REF, 130, entity="branch"),
            Column("archived", "Закрыт", ColumnType.FLAG, 90, shown=False),
        ),
        presets=(
            Preset("open", "Действующие", (("archived", Op.EQ, False),)),
            Preset("warehouses", "Склады", (("kind", Op.EQ, PlaceKind.WAREHOUSE), ("archived", Op.EQ, False))),
            Preset("closed", "Закрытые", (("archived", Op.EQ, True),)),
        ),
    ),
    fields=(
        Field("name", "Название", required=True, span=8),
        Field("code", "Код на этикетке", span=4),
        Field("kind", "Вид", FieldType.CHOICE, required=True, choices=OWN_PLACE_KINDS, default=PlaceKind.WAREHOUSE,
              span=4),
        Field("parent_id", "Входит в", FieldType.REF, entity="place", span=4),
        Field("branch_id", "Филиал", FieldType.REF, entity="branch", span=4),
        Field("pick_order", "Порядок обхода", FieldType.INTEGER, default="0", span=4),
        Field("apart", "Обособлена: товар не продаётся", FieldType.FLAG, span=4),
        Field("archived", "Закрыт", FieldType.FLAG, span=4),
    ),
    body=PlaceBody, update=PlaceUpdate, read=PlaceRead, view=Permission.STOCK_VIEW, edit=Permission.STOCK_SETUP,
    name="name", hint="Зона лежит в складе, ячейка — в складе или зоне. Обход идёт по порядку, затем по коду."
    " Место с остатком закрыть нельзя.",
)

DIRECTORIES: tuple[Directory, ...] = (
    BRANCHES, DEPARTMENTS, EMPLOYEES, PRICE_KINDS, PRODUCT_GROUPS, CONTACT_ROLES, PLACES,
)

UNIT_LIST = ListSpec(
    code="units", title="Единицы измерения", default_sort="name", search_hint="Название или код ОКЕИ",
    columns=(
        Column("name", "Название"),
        Column("short", "Обозначение", width=120),
        Column("code", "Код ОКЕИ", ColumnType.NUMBER, 110),
        Column("whole", "Только целое", ColumnType.FLAG, 120),
        Column("service", "Для услуг", ColumnType.FLAG, 110),
    ),
)
