"""The invented company of the demonstration. Loaded once: a database that has it already is left alone."""

from dataclasses import dataclass
from datetime import date

from crm_contract.permissions import Scope
from crm_server.access.passwords import hash_password
from crm_server.catalog.directories import add_first_price_kind
from crm_server.db.pool import Pool
from crm_server.kit.actor import ANY_PERMISSION
from crm_server.kit.search import fold
from crm_server.kit.sql import Sql
from crm_server.mailing.defaults import ensure_defaults

LOGIN = "demo"

PRODUCTS = (
    ("104-220", "Датчик давления ДД-40, 0–16 бар", "goods", "796", "4100", "104220"),
    ("118-015", "Клапан КЭ-15 электромагнитный", "goods", "796", "2350", "118015"),
    ("201-315", "Кабель ПВС 3×1,5", "goods", "006", "84", "201315"),
    ("Р-001", "Монтаж и пусконаладка", "work", "356", "1500", ""),
)


@dataclass(frozen=True)
class Company:
    """Identifiers of what the demonstration works with."""

    customer: int
    supplier: int
    warehouse: int
    products: dict[str, int]


def load(pool: Pool, password: str) -> Company:
    """Makes the company (or finds it) and sets the password of its user `LOGIN`."""
    with pool.connection() as connection:
        sql = Sql(connection)
        branch = sql.value("SELECT id FROM branch WHERE title = 'Москва'") or _create(sql)
        sql.run("UPDATE app_user SET password_hash = %s WHERE login_key = %s", (hash_password(password), LOGIN))
        rows = sql.all("SELECT id, sku FROM product WHERE sku <> ''")
        return Company(
            customer=sql.value("SELECT id FROM party WHERE inn = '7736050003'"),
            supplier=sql.value("SELECT id FROM party WHERE inn = '5024002119'"),
            warehouse=sql.value("SELECT id FROM place WHERE kind = 'warehouse' AND branch_id = %s", (branch,)),
            products={r["sku"]: r["id"] for r in rows})


def _create(sql: Sql) -> int:
    branch = sql.insert("branch", {"title": "Москва", "code": "М"})
    department = sql.insert("department", {"title": "Продажи", "branch_id": branch})
    own = _party(sql, "ООО «Окно-Пример»", "7707083893", "770701001", is_own=True, tax_mode="general",
                 is_customer=False, legal_address="127000, Москва, ул. Образцовая, д. 1",
                 director_title="Генеральный директор", director_name="Образцов Павел Петрович",
                 director_basis="Устава", accountant_name="Примерова Анна Ивановна")
    sql.insert("bank_account", {"party_id": own, "bic": "044525225", "account": "40702810938000000001",
                                "bank": "Банк-Пример", "corr_account": "30101810400000000225", "main": True})
    sql.update("branch", branch, {"organization_id": own})
    customer = _party(sql, "ООО «Северный ветер»", "7736050003", "773601001",
                      legal_address="142100, Подольск, ул. Лесная, д. 14", director_title="Директор",
                      director_name="Петров Дмитрий Сергеевич", director_basis="Устава")
    sql.insert("contact", {"party_id": customer, "name": "Иванова Ольга Петровна", "position": "главный бухгалтер",
                           "roles": ["accountant"], "emails": ["ivanova@veter.example"]})
    _party(sql, "АО «Завод датчиков»", "5024002119", "502401001", is_supplier=True, is_customer=False)
    employee = sql.insert("employee", {
        "name": "Орлова Елена Викторовна", "position": "менеджер", "branch_id": branch, "department_id": department,
        "phone": "+7 495 000-00-01", "email": "orlova@okno.example"})
    user = sql.insert("app_user", {"login": LOGIN, "login_key": LOGIN, "password_hash": "", "employee_id": employee})
    role = sql.insert("role", {"title": "Руководитель"})
    sql.run("INSERT INTO user_role VALUES (%s, %s)", (user, role))
    sql.run("INSERT INTO role_grant SELECT %s, p, %s FROM unnest(%s::text[]) AS p",
            (role, int(Scope.ALL), sorted(ANY_PERMISSION)))
    sql.insert("place", {"kind": "warehouse", "name": "Основной", "branch_id": branch, "inner": True})
    ensure_defaults(sql)
    add_first_price_kind(sql)
    kind = sql.value("SELECT id FROM price_kind WHERE main")
    for sku, name, product_kind, unit, price, code in PRODUCTS:
        product = sql.insert("product", {"sku": sku, "name": name, "kind": product_kind, "unit": unit,
                                         "search": fold(f"{sku} {name} {code}")})
        sql.insert("price", {"product_id": product, "price_kind_id": kind, "price": price,
                             "valid_from": date(2026, 1, 1)})
    return branch


def _party(sql: Sql, name: str, inn: str, kpp: str, **more: object) -> int:
    return sql.insert("party", {"kind": "legal", "name": name, "full_name": name, "inn": inn, "kpp": kpp,
                                "search": fold(f"{name} {inn}"), **more})
