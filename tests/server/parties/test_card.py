from typing import Any

from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World
from tests.server.parties.samples import as_body, contact, create, party

ACCOUNT = {"bic": "044525225", "account": "40702810400000001001", "bank": "ПАО Сбербанк",
           "corr_account": "30101810400000000225"}


def right_account(**more: Any) -> dict[str, Any]:
    """An account whose key fits the БИК."""
    from crm_contract.requisites import check_account

    for key in range(10):
        account = f"40702810{key}00000001001"
        if not check_account(account, ACCOUNT["bic"]):
            return {**ACCOUNT, "account": account, **more}
    raise AssertionError("no key fits")


def full(**more: Any) -> dict[str, Any]:
    return party(contacts=[contact(), contact("Петров Д. С."), contact("Сидоров М. Н.")],
                 sites=[{"name": "Цех № 1", "address": "ул. Ветровая, 7"}], accounts=[right_account()],
                 debt_limit="150000.00", **more)


def test_card_has_all_that_was_typed_in_few_statements(world: World, boss: Person) -> None:
    world.insert("contact_role", code="accountant", title="бухгалтер")
    price = world.insert("price_kind", title="Оптовая")
    sent = full(manager_id=boss.employee_id, price_kind_id=price, phone="89168853900", email="INFO@veter.example")
    sent["contacts"][0]["roles"] = ["accountant"]
    made = boss.post("/api/parties", sent)
    assert boss.statements <= 8
    read = boss.get(f"/api/parties/{made['id']}")
    assert boss.statements <= 3
    assert read["version"] == made["version"] == 1
    assert read["inn"] == sent["inn"]
    assert read["phone"] == "+7 916 885-39-00"
    assert read["email"] == "info@veter.example"
    assert read["debt_limit"] == "150000.00"
    assert read["manager"] == {"id": boss.employee_id, "title": "Главный Г. Г."}
    assert read["price_kind"] == {"id": price, "title": "Оптовая"}
    assert [c["name"] for c in read["contacts"]] == ["Иванова О. П.", "Петров Д. С.", "Сидоров М. Н."]
    assert {k: v for k, v in read["contacts"][0].items() if k != "id"} == {
        "name": "Иванова О. П.", "position": "главный бухгалтер", "roles": ["accountant"], "mail_consent": False,
        "phones": ["+7 916 885-39-33"], "emails": ["ivanova@veter.example"], "note": ""}
    assert read["sites"][0]["address"] == "ул. Ветровая, 7"
    assert read["accounts"][0]["main"] is True
    assert read["debt"] == {"total": "0", "overdue": "0", "overdue_days": 0}
    assert read["updated_by"] == "Главный Г. Г."


def test_statements_do_not_grow_with_contacts(boss: Person) -> None:
    boss.known().post("/api/parties", full())
    few = boss.statements
    many = boss.known().post("/api/parties", full() | {"contacts": [contact(f"Человек {n}") for n in range(200)]})
    assert boss.statements <= few
    read = boss.get(f"/api/parties/{many['id']}")
    assert len(read["contacts"]) == 200
    body = as_body(read)
    body["contacts"][0]["position"] = "директор"
    boss.put(f"/api/parties/{many['id']}", body)
    assert boss.statements <= 8


def test_update_keeps_the_identity_of_rows_and_archives_the_missing(world: World, boss: Person) -> None:
    party_id = boss.post("/api/parties", full())["id"]
    read = boss.get(f"/api/parties/{party_id}")
    first, second, third = read["contacts"]
    second["name"] = "Петрова Д. С."
    body = as_body(read, name="ООО «Новый ветер»", contacts=[contact("Новый Н. Н."), second, first])
    assert boss.put(f"/api/parties/{party_id}", body) == {"id": party_id, "version": 2}
    after = boss.get(f"/api/parties/{party_id}")
    assert [c["name"] for c in after["contacts"]] == ["Новый Н. Н.", "Петрова Д. С.", "Иванова О. П."]
    assert [c["id"] for c in after["contacts"]][1:] == [second["id"], first["id"]]
    gone = world.sql("SELECT archived, name FROM contact WHERE id = %s", (third["id"],))
    assert gone == [{"archived": True, "name": "Сидоров М. Н."}]
    journal = world.sql("SELECT before, after FROM audit_log WHERE entity = 'party' AND action = 'update'")[0]
    assert journal["before"].keys() == journal["after"].keys() == {"name", "contacts"}
    assert journal["before"]["name"] == "ООО «Ветер»"
    assert world.sql("SELECT ids, branch_id FROM change_log WHERE entity = 'party' ORDER BY id DESC LIMIT 1") == [
        {"ids": [party_id], "branch_id": None}]


def test_row_of_another_party_is_refused(world: World, boss: Person) -> None:
    other = boss.get(f"/api/parties/{boss.post('/api/parties', full())['id']}")
    mine = boss.get(f"/api/parties/{create(boss)}")
    for name in ("contacts", "sites", "accounts"):
        error = boss.put(f"/api/parties/{mine['id']}", as_body(mine, **{name: other[name]}), status=422)
        assert list(error["field_errors"]) == [name]
    assert boss.get(f"/api/parties/{other['id']}") == other
    assert boss.get(f"/api/parties/{mine['id']}") == mine


def test_stale_version_carries_the_present_card(boss: Person) -> None:
    party_id = create(boss, contacts=[contact()])
    read = boss.get(f"/api/parties/{party_id}")
    boss.put(f"/api/parties/{party_id}", as_body(read, note="первый", contacts=[]))
    error = boss.put(f"/api/parties/{party_id}", as_body(read, note="второй"), status=409)
    assert error["code"] == "stale_version"
    assert error["details"]["current"] == boss.get(f"/api/parties/{party_id}")
    assert error["details"]["current"]["note"] == "первый"


def test_archive_and_back(world: World, boss: Person) -> None:
    party_id = create(boss)
    assert boss.post(f"/api/parties/{party_id}/archive", {"version": 1})["version"] == 2
    boss.post(f"/api/parties/{party_id}/archive", {"version": 1}, status=409)
    assert boss.get(f"/api/parties/{party_id}")["archived"]
    assert boss.get("/api/pick/party", params={"q": "ветер"}) == []
    boss.post(f"/api/parties/{party_id}/unarchive", {"version": 2})
    assert not boss.get(f"/api/parties/{party_id}")["archived"]
    assert [r["action"] for r in world.sql("SELECT action FROM audit_log WHERE entity = 'party' ORDER BY id")] == [
        "create", "archive", "update"]


def test_wrong_requisites_are_named_field_by_field(world: World, boss: Person) -> None:
    body = party(
        inn="7707083894", kpp="77", ogrn="1", phone="12", email="a@", is_own=True,
        contacts=[contact(), contact(phones=["", "не телефон"], emails=["кто@где"], roles=["нет такой"])],
        accounts=[right_account(), right_account(), {"bic": "1", "account": "40702810400000001001"}])
    error = boss.post("/api/parties", body, status=422)
    assert error["field_errors"].keys() == {
        "inn", "kpp", "ogrn", "phone", "email", "tax_mode", "contacts.1.phones.1", "contacts.1.emails.0",
        "contacts.1.roles.0", "accounts.1.account", "accounts.2.bic"}
    assert world.sql("SELECT id FROM party") == []


def test_requisites_by_kind_of_party(boss: Person) -> None:
    for kind, inn, kpp, wrong in (
        ("legal", "500100732259", "", "inn"), ("sole", "7707083893", "", "inn"),
        ("sole", "500100732259", "770101001", "kpp"), ("person", "500100732259", "770101001", "kpp"),
    ):
        error = boss.post("/api/parties", party(kind=kind, inn=inn, kpp=kpp), status=422)
        assert list(error["field_errors"]) == [wrong], (kind, inn, kpp)
    boss.post("/api/parties", party("ИП Сидоров", kind="sole", inn="500100732259", kpp=""))
    boss.post("/api/parties", party("Сидоров А. А.", kind="person", inn="", kpp=""))


def test_references_that_do_not_exist_are_named(boss: Person) -> None:
    for name in ("manager_id", "branch_id", "price_kind_id"):
        error = boss.post("/api/parties", party() | {name: 9999}, status=422)
        assert list(error["field_errors"]) == [name]


def test_tax_mode_of_an_own_organisation_is_dated(world: World, boss: Person) -> None:
    party_id = create(boss, is_own=True, tax_mode="general")
    read = boss.get(f"/api/parties/{party_id}")
    boss.put(f"/api/parties/{party_id}", as_body(read, tax_mode="simplified_5"))
    rows = world.sql("SELECT tax_mode, valid_from = current_date AS today FROM tax_mode_period ORDER BY valid_from")
    assert rows == [{"tax_mode": "general", "today": False}, {"tax_mode": "simplified_5", "today": True}]


def test_without_the_right_nothing_is_read_or_changed(world: World, boss: Person) -> None:
    party_id = create(boss)
    read = boss.get(f"/api/parties/{party_id}")
    viewer = world.person("viewer", {Permission.PARTY_VIEW: Scope.ALL})
    nobody = world.person("nobody", {})
    for method, path, body in (
        ("POST", "/api/parties", party()), ("PUT", f"/api/parties/{party_id}", as_body(read, name="Взлом")),
        ("POST", f"/api/parties/{party_id}/archive", {"version": 1}),
        ("POST", f"/api/parties/{party_id}/merge", {"version": 1, "doubles": [{"id": 1, "version": 1}]}),
        ("POST", "/api/contact-roles", {"code": "x_x", "title": "x"}),
    ):
        viewer.call(method, path, body, status=403)
        nobody.call(method, path, body, status=403)
    for path in (f"/api/parties/{party_id}", f"/api/parties/{party_id}/timeline", "/api/pick/party"):
        nobody.get(path, status=403)
    nobody.post("/api/lists/parties", {}, status=403)
    assert boss.get(f"/api/parties/{party_id}") == read
    assert len(world.sql("SELECT id FROM party")) == 1
