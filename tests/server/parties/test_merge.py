from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World
from tests.server.parties.samples import contact, create


def test_everything_goes_to_the_survivor(world: World, boss: Person) -> None:
    kept = create(boss, "ООО «Ветер»", contacts=[contact("Иванова О. П.", emails=[]), contact("Другой Д. Д.")],
                  email="", is_supplier=True)
    gone = create(boss, "Ветер ООО", email="info@veter.example", phone="+7 495 111-22-33",
                  contacts=[contact("ИВАНОВА О.П.", phones=["+7 916 885-39-33", "+7 495 000-00-01"]),
                            contact("Петров Д. С.", phones=["+7 916 000-00-02"])],
                  sites=[{"name": "Цех"}])
    doubled, petrov = (c["id"] for c in boss.get(f"/api/parties/{gone}")["contacts"])
    invoice = world.insert("document", kind="invoice", number="1", year=2026, date="2026-01-01", state="draft",
                           branch_id=world.branch_id, chain_id=1, party_id=gone, consignee_id=gone, contact_id=doubled)
    boss.post(f"/api/parties/{gone}/notes", {"text": "звонил"})
    answer = boss.post(f"/api/parties/{gone}/merge", {"version": 1, "into_id": kept})
    read = boss.get(f"/api/parties/{kept}")
    assert answer == {"id": kept, "version": read["version"]}
    ivanova = read["contacts"][0]
    assert [c["name"] for c in read["contacts"]] == ["Иванова О. П.", "Другой Д. Д.", "Петров Д. С."]
    assert sorted(ivanova["phones"]) == ["+7 495 000-00-01", "+7 916 885-39-33"]
    assert ivanova["emails"] == ["ivanova@veter.example"]
    assert read["email"] == "info@veter.example"
    assert read["phone"] == "+7 495 111-22-33"
    assert read["is_supplier"]
    assert [s["name"] for s in read["sites"]] == ["Цех"]
    assert world.sql("SELECT party_id, consignee_id, contact_id FROM document WHERE id = %s", (invoice,)) == [
        {"party_id": kept, "consignee_id": kept, "contact_id": ivanova["id"]}]
    assert world.sql("SELECT party_id FROM contact WHERE id = %s", (petrov,)) == [{"party_id": kept}]
    assert "звонил" in str(boss.get(f"/api/parties/{kept}/timeline"))
    old = boss.get(f"/api/parties/{gone}")
    assert (old["archived"], old["merged_into"]) == (True, {"id": kept, "title": "ООО «Ветер»"})
    # found by what came with the other one
    assert [h["id"] for h in boss.get("/api/pick/party", params={"q": "495 000-00-01"})] == [kept]
    journal = world.sql("SELECT entity_id, after FROM audit_log WHERE action = 'action' ORDER BY id")
    assert [row["entity_id"] for row in journal] == [gone, kept]
    assert journal[0]["after"]["moved"]["document.party_id"] == 1


def test_merged_chain_points_to_the_last_survivor(world: World, boss: Person) -> None:
    first, second, third = (create(boss) for _ in range(3))
    boss.post(f"/api/parties/{first}/merge", {"version": 1, "into_id": second})
    version = boss.get(f"/api/parties/{second}")["version"]
    boss.post(f"/api/parties/{second}/merge", {"version": version, "into_id": third})
    assert boss.get(f"/api/parties/{first}")["merged_into"]["id"] == third
    boss.post(f"/api/parties/{first}/unarchive", {"version": 2}, status=422)


def test_survivor_without_inn_takes_the_requisites(boss: Person) -> None:
    gone, kept = create(boss), create(boss, inn="", kpp="")
    inn = boss.get(f"/api/parties/{gone}")["inn"]
    boss.post(f"/api/parties/{gone}/merge", {"version": 1, "into_id": kept})
    assert boss.get(f"/api/parties/{kept}")["inn"] == inn


def test_refusals_change_nothing(world: World, boss: Person) -> None:
    one, two = create(boss), create(boss)
    own = create(boss, is_own=True, tax_mode="general")
    editor = world.person("editor", {Permission.PARTY_VIEW: Scope.ALL, Permission.PARTY_EDIT: Scope.ALL})
    editor.post(f"/api/parties/{one}/merge", {"version": 1, "into_id": two}, status=403)
    boss.post(f"/api/parties/{one}/merge", {"version": 7, "into_id": two}, status=409)
    boss.post(f"/api/parties/{one}/merge", {"version": 1, "into_id": one}, status=422)
    boss.post(f"/api/parties/{one}/merge", {"version": 1, "into_id": 999}, status=404)
    boss.post(f"/api/parties/{own}/merge", {"version": 1, "into_id": two}, status=422)
    boss.post(f"/api/parties/{two}/archive", {"version": 1})
    boss.post(f"/api/parties/{one}/merge", {"version": 1, "into_id": two}, status=422)
    assert world.sql("SELECT id FROM party WHERE merged_into_id IS NOT NULL") == []
