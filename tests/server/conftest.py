"""Tests over HTTP: the real application on a fresh database, and people who log in to it."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from crm_contract.permissions import Scope
from crm_server.access import sessions
from crm_server.access.passwords import hash_password
from crm_server.app import create_app
from crm_server.db.pool import Pool, open_pool
from crm_server.kit.actor import ANY_PERMISSION
from crm_server.kit.sql import Sql

PASSWORD = "верный пароль 7"
_HASH = hash_password(PASSWORD)


@pytest.fixture
def pool(database_url: str) -> Iterator[Pool]:
    pool = open_pool(database_url, size=10)
    yield pool
    pool.close()


@dataclass
class Person:
    """A logged-in user: `get`, `post`, `put` answer parsed JSON and fail the test on an unexpected status."""

    http: TestClient
    token: str
    user_id: int
    employee_id: int
    branch_id: int
    statements: int = field(default=0, init=False)

    def call(self, method: str, path: str, body: Any = None, *, status: int = 200, key: str = "",
             params: Mapping[str, Any] | None = None, files: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key or uuid.uuid4().hex}
        answer = self.http.request(method, path, json=body, headers=headers, params=params, files=files)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:1500]}"
        self.statements = int(answer.headers.get("X-Statements", 0))
        return answer.json() if answer.headers.get("content-type") == "application/json" else answer.content

    def known(self) -> "Person":
        """Who asks is read once in half a second, and is read now: the `statements` of the next request are its own."""
        sessions._cache.clear()
        self.get("/api/me")
        return self

    def get(self, path: str, *, status: int = 200, params: Mapping[str, Any] | None = None) -> Any:
        return self.call("GET", path, status=status, params=params)

    def post(self, path: str, body: Any = None, *, status: int = 200, key: str = "") -> Any:
        return self.call("POST", path, body, status=status, key=key)

    def put(self, path: str, body: Any = None, *, status: int = 200, key: str = "") -> Any:
        return self.call("PUT", path, body, status=status, key=key)


@dataclass
class World:
    """The application under test with what every test needs; rows are made directly, behaviour is tried over HTTP."""

    http: TestClient
    pool: Pool
    branch_id: int
    department_id: int

    def sql(self, query: str, params: Any = None) -> list[dict[str, Any]]:
        with self.pool.connection() as connection:
            cursor = connection.execute(query, params)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def insert(self, table: str, **values: Any) -> int:
        with self.pool.connection() as connection:
            return Sql(connection).insert(table, values)

    def person(self, login: str = "", grants: Mapping[Any, Scope] | None = None, *, branch_id: int = 0,
               department_id: int | None = None, name: str = "") -> Person:
        """A user with these permissions, by their names (all, everywhere, when not given), already logged in."""
        login = login or f"user{uuid.uuid4().hex[:8]}"
        branch_id = branch_id or self.branch_id
        grants = dict.fromkeys(ANY_PERMISSION, Scope.ALL) if grants is None else grants
        employee_id = self.insert("employee", name=name or f"Сотрудник {login}", branch_id=branch_id,
                                  department_id=department_id)
        user_id = self.insert("app_user", login=login, login_key=login.lower(), password_hash=_HASH,
                              employee_id=employee_id)
        role_id = self.insert("role", title=f"Роль {login}")
        self.sql("INSERT INTO user_role VALUES (%s, %s)", (user_id, role_id))
        self.sql("INSERT INTO role_grant SELECT %s, * FROM unnest(%s::text[], %s::int2[])",
                 (role_id, list(grants), [int(s) for s in grants.values()]))
        token = self.log_in(login)
        return Person(self.http, token, user_id, employee_id, branch_id)

    def log_in(self, login: str, password: str = PASSWORD) -> str:
        answer = self.http.post("/api/login", json={"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        return answer.json()["token"]

    def branch(self, title: str) -> int:
        return self.insert("branch", title=title)


@pytest.fixture
def world(pool: Pool) -> Iterator[World]:
    with TestClient(create_app(pool), raise_server_exceptions=False) as http, pool.connection() as connection:
        cursor = Sql(connection)
        branch_id = cursor.insert("branch", {"title": "Москва", "code": "М"})
        department_id = cursor.insert("department", {"title": "Продажи", "branch_id": branch_id})
        connection.commit()
        yield World(http, pool, branch_id, department_id)


@pytest.fixture
def boss(world: World) -> Person:
    """May do everything everywhere."""
    return world.person("boss", name="Главный Г. Г.")


@pytest.fixture
def shop(world: World) -> dict[str, int]:
    """Ids of a seller, a customer, a supplier, a warehouse and two products; nothing is in stock yet."""
    own = world.insert("party", kind="legal", name="ООО «Окно»", inn="7707083893", kpp="770701001", is_own=True,
                       tax_mode="general")
    world.sql("UPDATE branch SET organization_id = %s WHERE id = %s", (own, world.branch_id))
    return {
        "own": own,
        "customer": world.insert("party", kind="legal", name="ООО «Ветер»", inn="7736050003", kpp="773601001"),
        "supplier": world.insert("party", kind="legal", name="АО «Завод»", inn="5024002119", kpp="502401001",
                                 is_supplier=True),
        "place": world.insert("place", kind="warehouse", name="Основной", branch_id=world.branch_id, inner=True),
        "sensor": world.insert("product", sku="104-220", name="Датчик ДД-40"),
        "work": world.insert("product", sku="Р-1", name="Монтаж", kind="work", unit="356"),
    }
