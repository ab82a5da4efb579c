from datetime import date

from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World


def row(boss: Person, kind: str, branch: int) -> dict[str, object]:
    return next(r for r in boss.get("/api/numbering") if r["kind"] == kind and r["branch"]["id"] == branch)


def draft(boss: Person, party: int, place: int) -> str:
    made = boss.post("/api/documents/invoice", {
        "date": date.today().isoformat(), "party_id": party, "place_id": place, "lines": []})
    return boss.get(f"/api/documents/{made['id']}")["number"]


def test_a_branch_numbers_its_documents_its_own_way(world: World, boss: Person) -> None:
    world.insert("party", kind="legal", name="ООО «Окно»", is_own=True, tax_mode="general")
    party = world.insert("party", kind="legal", name="Клиент")
    place = world.insert("place", kind="warehouse", name="Склад", branch_id=world.branch_id, inner=True)
    assert draft(boss, party, place) == "СЧ-000001"
    shown = row(boss, "invoice", world.branch_id)
    assert (shown["prefix"], shown["last"], shown["next"], shown["version"]) == (
        "СЧ-", "СЧ-000001", "СЧ-000002", 0)
    path = f"/api/numbering/invoice/{world.branch_id}"
    assert boss.put(path, {"prefix": "М-СЧ/", "width": 4, "version": 0})["version"] == 1
    assert row(boss, "invoice", world.branch_id)["next"] == draft(boss, party, place) == "М-СЧ/0002"
    boss.put(path, {"prefix": "", "width": 4, "version": 0}, status=409)
    boss.put(path, {"prefix": "М1", "width": 4, "version": 1}, status=422)
    boss.put("/api/numbering/nothing/1", {"prefix": "", "width": 4, "version": 0}, status=404)
    boss.put("/api/numbering/invoice/999", {"prefix": "", "width": 4, "version": 0}, status=422)
    other = world.branch("Тверь")
    assert row(boss, "invoice", other)["next"] == "СЧ-000001"
    journal = world.sql("SELECT before, after FROM audit_log WHERE entity = 'number_format'")
    assert journal == [{"before": {"prefix": "СЧ-", "width": 6}, "after": {"prefix": "М-СЧ/", "width": 4}}]


def test_only_who_may_change_settings_numbers(world: World) -> None:
    viewer = world.person("viewer", {Permission.SETTINGS_VIEW: Scope.ALL})
    viewer.get("/api/numbering")
    viewer.put(f"/api/numbering/invoice/{world.branch_id}", {"prefix": "", "width": 4, "version": 0}, status=403)
