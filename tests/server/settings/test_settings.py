from typing import Any

from crm_contract.permissions import Permission, Scope
from crm_contract.settings import RESERVE_DAYS, SETTINGS
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.sql import Sql
from crm_server.settings.queries import value_of
from tests.server.conftest import Person, World


def change(code: str, value: Any, version: int = 0) -> dict[str, Any]:
    return {"code": code, "value": value, "version": version}


def save(person: Person, *changes: dict[str, Any], status: int = 200) -> Any:
    return person.put("/api/settings", {"changes": list(changes)}, status=status)


def test_defaults_hold_until_changed(world: World, boss: Person) -> None:
    shown = boss.get("/api/settings")
    assert [(s["code"], s["value"], s["version"]) for s in shown] == [(s.code, s.default, 0) for s in SETTINGS]
    after = save(boss, change("reserve_days", 3), change("vat_prices_included", False), change("company_name", "Окно"))
    changed = {s["code"]: (s["value"], s["version"]) for s in after if s["version"]}
    assert changed == {"reserve_days": (3, 1), "vat_prices_included": (False, 1), "company_name": ("Окно", 1)}
    assert boss.get("/api/settings") == after
    with world.pool.connection() as connection:
        ctx = Ctx(Sql(connection), Actor(1, 1, "", 1, None, {}))
        assert value_of(ctx, RESERVE_DAYS) == 3
        ctx.sql.run("UPDATE setting SET value = '\"три\"' WHERE key = 'reserve_days'")
        assert value_of(ctx, RESERVE_DAYS) == RESERVE_DAYS.default
        connection.rollback()
    row = world.sql("SELECT before, after FROM audit_log WHERE entity = 'setting'")[0]
    assert row["before"] == {"reserve_days": 5, "vat_prices_included": True, "company_name": ""}
    assert row["after"]["reserve_days"] == 3


def test_stale_change_saves_nothing(boss: Person) -> None:
    save(boss, change("reserve_days", 3))
    before = boss.get("/api/settings")
    error = save(boss, change("company_name", "Окно"), change("reserve_days", 4), status=409)
    assert error["code"] == "stale_version"
    assert error["details"]["current"] == before == boss.get("/api/settings")
    save(boss, change("reserve_days", 4, version=1))


def test_wrong_values_are_named(boss: Person) -> None:
    error = save(boss, change("reserve_days", 0), change("quote_days", "14"), change("invoice_days", True),
                 change("vat_prices_included", 1), change("company_name", "x" * 201), change("unknown", 1), status=422)
    assert error["field_errors"].keys() == {
        "reserve_days", "quote_days", "invoice_days", "vat_prices_included", "company_name", "unknown"}
    error = save(boss, change("quote_days", 3), change("quote_days", 4), status=422)
    assert error["field_errors"].keys() == {"changes"}
    assert all(s["version"] == 0 for s in boss.get("/api/settings"))


def test_without_the_right_nothing_changes(world: World, boss: Person) -> None:
    viewer = world.person("viewer", {Permission.SETTINGS_VIEW: Scope.ALL})
    save(viewer, change("reserve_days", 3), status=403)
    assert viewer.get("/api/settings") == boss.get("/api/settings")
    world.person("nobody", {}).get("/api/settings", status=403)
