"""Makes the invented company in a database, or finds it there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from psycopg import Connection
from psycopg.rows import DictRow

from crm_contract.errors import ErrorCode
from crm_contract.settings import COMPANY_NAME
from crm_server.access.passwords import check_new_password, hash_password
from crm_server.db.pool import Pool
from crm_server.demo_company.company import NAME, Company
from crm_server.demo_company.organizations import MOSCOW_INN
from crm_server.demo_company.staff import STAFF
from crm_server.kit.days import today as company_day
from crm_server.kit.errors import Refusal
from crm_server.kit.sql import Sql

DAYS = 182
#: The ten to look at the company as.
SHOWN = tuple(worker for worker in STAFF if worker.shown)


def load(pool: Pool, password: str, *, today: date | None = None, days: int = DAYS) -> bool:
    """Makes the company with this password for all its users; False when it was there and only got the password.

    Its life has lasted so many `days` and ends `today`. Raises the product's own refusals, such as that of a weak
    password, and CONFLICT where a load was broken off: it commits day by day.
    """
    check_new_password(password, "", field="password")
    today = today or company_day()
    with pool.connection() as connection, _by_days(connection) as sql:
        if sql.value("SELECT EXISTS (SELECT FROM party WHERE inn = %s AND is_own)", (MOSCOW_INN,)):
            _demand_whole(sql)
            sql.run("UPDATE app_user SET password_hash = %s, failures = 0, blocked_until = NULL"
                    " WHERE login = ANY(%s::text[])", (hash_password(password), [w.login for w in STAFF if w.login]))
            return False
        with sql.connection.transaction():
            company = Company(sql, password, today, days)
        company.live()
        return True


@contextmanager
def _by_days(connection: Connection[DictRow]) -> Iterator[Sql]:
    """Transactions are opened by `Office.open_on`, one for each day."""
    connection.autocommit = True
    try:
        yield Sql(connection)
    finally:
        connection.autocommit = False


def _demand_whole(sql: Sql) -> None:
    """The name of the company is the last thing that a load writes."""
    if not sql.value("SELECT EXISTS (SELECT FROM setting WHERE key = %s AND value = to_jsonb(%s::text))",
                     (COMPANY_NAME.code, NAME)):
        raise Refusal(ErrorCode.CONFLICT, "Показательная компания загружена не до конца: прошлую загрузку прервали.",
                      "Начните с пустой базы.")
