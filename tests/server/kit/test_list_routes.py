"""Lists, exports and saved views over HTTP."""

from crm_contract.permissions import Permission, Scope
from crm_server.app import LIST_SOURCES
from tests.server.conftest import Person, World
from tests.server.parties.samples import create

VIEW = {"list_code": "parties", "title": "Должники", "query": {"search": "ветер", "sort": [{"column": "name"}]},
        "columns": ["name", "debt"]}


def test_every_column_of_every_list_can_be_read_sorted_filtered_and_summed(boss: Person) -> None:
    for source in LIST_SOURCES:
        names = [column.name for column in source.spec.columns]
        assert set(names) <= source.exprs.keys(), source.spec.code
        path = f"/api/lists/{source.spec.code}"
        assert boss.post(path, {"columns": names})["total_exact"]
        boss.post(path, {})
        for column in source.spec.columns:
            if column.sortable:
                boss.post(path, {"columns": ["id"], "sort": [{"column": column.name, "descending": True}]})
            if column.filterable:
                boss.post(path, {"columns": ["id"], "conditions": [{"column": column.name, "op": "empty"}]})
        for preset in source.spec.presets:
            conditions = [{"column": c, "op": op, "value": v} for c, op, v in preset.conditions]
            sort = [{"column": preset.sort.lstrip("-"), "descending": preset.sort[0] == "-"}] if preset.sort else []
            boss.post(path, {"conditions": conditions, "sort": sort})


def test_window_total_and_default_columns(boss: Person) -> None:
    for name in ("Б", "А", "В"):
        create(boss, name)
    page = boss.post("/api/lists/parties", {"limit": 2})
    assert boss.statements <= 3
    assert [row["name"] for row in page["rows"]] == ["А", "Б"]
    assert (page["total"], page["total_exact"], page["sums"]) == (3, True, {"debt": "0", "overdue": "0"})
    assert page["rows"][0].keys() == {
        "id", "name", "inn", "phone", "manager", "segment", "debt", "overdue", "archived"}
    assert boss.post("/api/lists/parties", {"offset": 2, "limit": 2})["rows"][0]["name"] == "В"
    assert boss.post("/api/lists/nothing", {}, status=404)["code"] == "not_found"
    assert "columns.0" in boss.post("/api/lists/parties", {"columns": ["search"]}, status=422)["field_errors"]


def test_export_is_journaled_and_needs_both_rights(world: World, boss: Person) -> None:
    create(boss)
    query = {"search": "ветер", "columns": ["name", "inn"], "limit": 1}
    page = boss.post("/api/lists/parties/export", query)
    assert (len(page["rows"]), page["total"]) == (1, 1)
    row = world.sql("SELECT entity, title, after FROM audit_log WHERE action = 'export'")[0]
    assert (row["entity"], row["title"], row["after"]["rows"]) == ("parties", "Клиенты", 1)
    assert row["after"]["query"]["search"] == "ветер"
    world.person("a", {Permission.PARTY_VIEW: Scope.ALL}).post("/api/lists/parties/export", {}, status=403)
    world.person("b", {Permission.EXPORT_RUN: Scope.ALL}).post("/api/lists/parties/export", {}, status=403)
    assert len(world.sql("SELECT 1 FROM audit_log WHERE action = 'export'")) == 1


def test_views_are_own_or_shared(world: World, boss: Person) -> None:
    anna = world.person("anna", {Permission.PARTY_VIEW: Scope.ALL})
    own = anna.post("/api/views", VIEW)["id"]
    shared = boss.post("/api/views", VIEW | {"title": "Общий", "shared": True})["id"]
    boss.post("/api/views", VIEW | {"title": "Тайный"})
    views = anna.get("/api/views", params={"list_code": "parties"})
    assert [(v["id"], v["own"], v["shared"]) for v in views] == [(own, True, False), (shared, False, True)]
    assert views[0]["query"]["sort"] == [{"column": "name", "descending": False}]
    assert views[0]["columns"] == ["name", "debt"]
    assert anna.get("/api/views", params={"list_code": "products"}) == []
    assert anna.post("/api/views", VIEW | {"columns": ["inn"]})["id"] == own
    anna.post("/api/views", VIEW | {"shared": True}, status=403)
    anna.call("DELETE", f"/api/views/{shared}", status=404)
    anna.call("DELETE", f"/api/views/{own}")
    assert [v["id"] for v in anna.get("/api/views")] == [shared]
    stranger = world.person("stranger", {})
    assert stranger.get("/api/views") == []
    stranger.post("/api/views", VIEW, status=403)
    boss.post("/api/views", VIEW | {"list_code": "nothing"}, status=422)
    assert boss.call("DELETE", f"/api/views/{shared}") is None


def test_saved_sql_is_data_also_when_the_view_is_run(boss: Person) -> None:
    bad = {"columns": ["name; DROP TABLE party"], "sort": [{"column": "id; --"}],
           "conditions": [{"column": "1=1 OR name", "op": "eq", "value": "x"}]}
    boss.post("/api/views", VIEW | {"query": bad})
    boss.post("/api/lists/parties", boss.get("/api/views")[0]["query"], status=422)
