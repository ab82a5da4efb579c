from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World
from tests.server.parties.samples import contact, create, merge


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
    answer = merge(boss, gone, kept)
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
    merge(boss, first, second)
    version = boss.get(f"/api/parties/{second}")["version"]
    merge(boss, second, third, version=version)
    assert boss.get(f"/api/parties/{first}")["merged_into"]["id"] == third
    boss.post(f"/api/parties/{first}/unarchive", {"version": 3}, status=422)  # the card of the first moved too


def test_survivor_without_inn_takes_the_requisites(boss: Person) -> None:
    gone, kept = create(boss), create(boss, inn="", kpp="")
    inn = boss.get(f"/api/parties/{gone}")["inn"]
    merge(boss, gone, kept)
    assert boss.get(f"/api/parties/{kept}")["inn"] == inn


def test_refusals_change_nothing(world: World, boss: Person) -> None:
    one, two = create(boss), create(boss)
    own = create(boss, is_own=True, tax_mode="general")
    editor = world.person("editor", {Permission.PARTY_VIEW: Scope.ALL, Permission.PARTY_EDIT: Scope.ALL})
    merge(editor, one, two, status=403)
    merge(boss, one, two, version=7, status=409)
    merge(boss, one, two, into_version=7, status=409)
    merge(boss, one, one, status=422)
    merge(boss, one, two, take=("version",), status=422)
    merge(boss, one, 999, status=404)
    merge(boss, own, two, status=422)
    boss.post(f"/api/parties/{two}/archive", {"version": 1})
    merge(boss, one, two, into_version=2, status=422)
    assert world.sql("SELECT id FROM party WHERE merged_into_id IS NOT NULL") == []


def test_several_doubles_at_once_with_the_chosen_fields(world: World, boss: Person) -> None:
    kept = create(boss, "ООО «Ветер»", phone="+7 495 000-00-01", inn="", kpp="")
    first = create(boss, "Ветер", phone="+7 495 000-00-02", segment="завод", inn="", kpp="")
    second = create(boss, "ВЕТЕР, ООО", manager_id=boss.employee_id, inn="", kpp="")
    invoice = world.insert("document", kind="invoice", number="7", year=2026, date="2026-01-01", state="draft",
                           branch_id=world.branch_id, chain_id=1, party_id=second)
    preview = boss.post("/api/parties/merge/preview", {"ids": [kept, first, second]})
    assert [c["card"]["id"] for c in preview] == [kept, first, second]
    assert preview[2]["moves"] == [{"title": "Счета на оплату", "count": 1}]
    answer = boss.post(f"/api/parties/{kept}/merge", {"version": 1, "doubles": [
        {"id": first, "version": 1, "take": ["phone"]}, {"id": second, "version": 1, "take": ["name", "manager"]}]})
    card = boss.get(f"/api/parties/{kept}")
    assert (card["name"], card["phone"], card["segment"], card["version"]) == (
        "ВЕТЕР, ООО", "+7 495 000-00-02", "завод", answer["version"])
    assert card["manager"]["id"] == boss.employee_id
    assert all(boss.get(f"/api/parties/{gone}")["merged_into"]["id"] == kept for gone in (first, second))
    moved = world.sql("SELECT party_id, version FROM document WHERE id = %s", (invoice,))
    assert moved == [{"party_id": kept, "version": 2}]  # who has it open may not save over the move
    assert world.sql("SELECT ids FROM change_log WHERE entity = 'invoice'") == [{"ids": [invoice]}]
    journal = world.sql("SELECT after FROM audit_log WHERE reason LIKE 'Принял данные%%' ORDER BY id")
    assert [row["after"]["taken"] for row in journal] == [["phone"], ["manager", "name"]]


def test_one_refused_double_leaves_all_as_they_were(world: World, boss: Person) -> None:
    kept, fine = create(boss), create(boss)
    own = create(boss, is_own=True, tax_mode="general")
    boss.post(f"/api/parties/{kept}/merge", {"version": 1, "doubles": [
        {"id": fine, "version": 1}, {"id": own, "version": 1}]}, status=422)
    assert not boss.get(f"/api/parties/{fine}")["archived"]
    world.person("editor", {Permission.PARTY_VIEW: Scope.ALL}).post(
        "/api/parties/merge/preview", {"ids": [kept]}, status=403)
