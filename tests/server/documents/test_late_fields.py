"""Facts that come after posting: the signed paper returns when the document is long closed for edits."""

import pytest

from crm_contract.documents import KINDS
from crm_contract.permissions import Scope
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, line


def closing(person: Person, shop: dict[str, int], kind: str, *actions: str) -> int:
    made = person.post(f"/api/documents/{kind}", {
        "date": DAY, "party_id": shop["customer"], "title": "Монтаж", "lines": [line(shop["work"], "2", "1500")]})
    for action in actions:
        act(person, made["id"], action)
    return made["id"]


@pytest.mark.parametrize(("kind", "actions"), [
    ("upd", ("post", "send", "sign")), ("act", ("post",)), ("contract", ("sign",))])
def test_original_returns_after_posting(world: World, boss: Person, shop: dict[str, int], kind: str,
                                        actions: tuple[str, ...]) -> None:
    document = closing(boss, shop, kind, *actions)
    read = boss.get(f"/api/documents/{document}")
    assert (read["editable"], read["late_fields"], read["extra"]["original"]) == (False, ["original"], "no")
    boss.put(f"/api/documents/{document}/late-fields", {"version": read["version"], "values": {"original": "yes"}})
    after = boss.get(f"/api/documents/{document}")
    assert after["extra"] == read["extra"] | {"original": "yes"}
    assert (after["version"], after["state"], after["gross"]) == (read["version"] + 1, read["state"], read["gross"])
    rows = world.sql("SELECT title, before, after FROM audit_log WHERE entity = %s AND action = 'update'", (kind,))
    assert [(r["title"], r["before"], r["after"]) for r in rows] == [
        (read["number"], {"original": "no"}, {"original": "yes"})]


def test_nothing_else_is_edited_that_way(boss: Person, shop: dict[str, int]) -> None:
    upd = closing(boss, shop, "upd", "post")
    path = f"/api/documents/{upd}/late-fields"
    for name in ("transport", "title", "gross"):
        answer = boss.put(path, {"version": 2, "values": {name: "x"}}, status=422)
        assert answer["field_errors"] == {name: "После проведения это поле не меняется"}
    answer = boss.put(path, {"version": 2, "values": {"original": "maybe"}}, status=422)
    assert answer["field_errors"] == {"original": "Такого значения нет в списке"}
    assert boss.put(path, {"version": 1, "values": {"original": "yes"}}, status=409)["code"] == "stale_version"
    act(boss, upd, "annul", reason="ошибка")
    boss.put(path, {"version": 3, "values": {"original": "yes"}}, status=409)
    assert boss.get(f"/api/documents/{upd}")["late_fields"] == []


def test_right_to_edit_is_needed(world: World, boss: Person, shop: dict[str, int]) -> None:
    upd = closing(boss, shop, "upd", "post")
    reader = world.person("reader", {"upd.view": Scope.ALL})
    assert reader.get(f"/api/documents/{upd}")["late_fields"] == []
    body = {"version": 2, "values": {"original": "yes"}}
    reader.put(f"/api/documents/{upd}/late-fields", body, status=403)
    stranger = world.person("stranger", {"upd.view": Scope.OWN, "upd.edit": Scope.ALL})
    stranger.put(f"/api/documents/{upd}/late-fields", body, status=404)


def test_a_late_field_lives_in_extra() -> None:
    assert not [f"{kind.code}.{f.name}" for kind in KINDS.values() for f in kind.fields if f.late and f.is_header]
