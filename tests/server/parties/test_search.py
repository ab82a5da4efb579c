"""Finding a party: parts of the name, ИНН and phone, the wrong layout, ё and е."""

import pytest

from crm_server.parties.keys import name_key
from tests.server.conftest import Person, World
from tests.server.parties.samples import contact, create, inn


def names(person: Person, query: str, **params: str) -> list[str]:
    return [hit["title"] for hit in person.get("/api/pick/party", params={"q": query, **params})]


def listed(person: Person, search: str) -> list[str]:
    return [row["name"] for row in person.post("/api/lists/parties", {"search": search})["rows"]]


SPELLINGS = (
    "Иванов", "ИВАН", "bdfyjd", "BDFYJD", "елка", "ЁЛКА", "ёлка", "«Ёлка»", '"Ёлка"', "елка иванов", "bdfyjd tkrf",
    "916 885", "8 (916) 885-39-33", "+7 916 885", "89168853933", "8916885", "info@elka", "7700999",
)


def test_every_spelling_finds(boss: Person) -> None:
    create(boss, "ООО «Ёлка»", inn=inn(99912), phone="+7 (916) 885-39-33", email="info@elka.example",
           contacts=[contact("Иванов И. И.", phones=[], emails=[])])
    create(boss, "ООО «Другая»", phone="+7 495 111-22-33")
    for query in SPELLINGS:
        assert listed(boss, query) == names(boss, query) == ["ООО «Ёлка»"], query
    assert listed(boss, "йолка") == names(boss, "йолка") == []


def test_names_that_begin_with_the_query_come_first(boss: Person) -> None:
    for name in ("ООО «Северный ветер»", "АО «Ветер и море»", "ИП Ветерков С. И.", "ООО «Буря»", "ООО «Абветер»"):
        create(boss, name, inn="", kpp="")
    assert names(boss, "ветер") == [
        "АО «Ветер и море»", "ИП Ветерков С. И.", "ООО «Абветер»", "ООО «Северный ветер»"]
    assert names(boss, "dtnth")[0] == "АО «Ветер и море»"
    # two letters find by the beginning of the name, the form does not count
    assert names(boss, "ве") == ["АО «Ветер и море»", "ИП Ветерков С. И."]
    assert len(names(boss, "")) == 5
    assert names(boss, "%") == names(boss, "_") == names(boss, "'") == []


def test_pick_by_role_and_what_it_fills(world: World, boss: Person) -> None:
    price = world.insert("price_kind", title="Опт")
    customer = create(boss, "ООО «Клиент»", price_kind_id=price, payment_days=14, manager_id=boss.employee_id)
    create(boss, "ООО «Поставщик»", is_customer=False, is_supplier=True)
    create(boss, "ООО «Мы»", is_customer=False, is_own=True, tax_mode="general")
    assert names(boss, "", role="customer") == ["ООО «Клиент»"]
    assert names(boss, "", role="supplier") == ["ООО «Поставщик»"]
    assert names(boss, "", role="own") == ["ООО «Мы»"]
    boss.get("/api/pick/party", params={"role": "boss"}, status=422)
    hit = boss.get("/api/pick/party", params={"q": "клиент"})[0]
    card = boss.get(f"/api/parties/{customer}")
    assert hit["subtitle"] == f"ИНН {card['inn']}"
    assert hit["fill"] == {"price_kind_id": str(price), "payment_days": "14", "manager_id": str(boss.employee_id),
                           "tax_mode": "", "inn": card["inn"]}


def test_pick_contacts_sites_employees_branches(world: World, boss: Person) -> None:
    party_id = create(boss, contacts=[contact("Иванова О. П."), contact("Сидоров М. Н.", phones=[], emails=[])],
                      sites=[{"name": "Цех № 1", "address": "Подольск, ул. Лесная, 14"}, {"name": "Склад"}])
    contacts = boss.get("/api/pick/contact", params={"party_id": party_id})
    assert [(c["title"], c["subtitle"]) for c in contacts] == [
        ("Иванова О. П.", "главный бухгалтер · +7 916 885-39-33 · ivanova@veter.example"),
        ("Сидоров М. Н.", "главный бухгалтер")]
    assert contacts[0]["fill"] == {"phone": "+7 916 885-39-33", "email": "ivanova@veter.example"}
    assert [c["title"] for c in boss.get("/api/pick/contact", params={"party_id": party_id, "q": "cbljh"})] == [
        "Сидоров М. Н."]
    assert [s["title"] for s in boss.get("/api/pick/site", params={"party_id": party_id, "q": "лесная"})] == ["Цех № 1"]
    world.person("anna", {}, name="Главнова А. А.")
    assert [e["title"] for e in boss.get("/api/pick/employee", params={"q": "ukfdy"})] == [
        "Главнова А. А.", "Главный Г. Г."]
    assert [b["title"] for b in boss.get("/api/pick/branch", params={"q": "vjcr"})] == ["Москва"]


def test_search_over_everything(boss: Person) -> None:
    ids = [create(boss, f"ООО «Северный ветер {n}»", contacts=[contact("Ветров О. П.")]) for n in range(8)]
    hits = boss.get("/api/search", params={"q": "ветер"})
    assert {h["kind"] for h in hits} == {"party"}
    assert [h["id"] for h in hits] == ids[:6]
    hits = boss.get("/api/search", params={"q": "dtnhjd"})
    assert [h["kind"] for h in hits] == ["party"] * 6 + ["contact"] * 6
    assert hits[6] == {
        "entity": "party", "id": ids[0], "kind": "contact", "title": "Ветров О. П. · ООО «Северный ветер 0»",
        "subtitle": "главный бухгалтер · +7 916 885-39-33 · ivanova@veter.example", "tone": "neutral"}
    assert boss.get("/api/search", params={"q": "в"}) == boss.get("/api/search") == []


@pytest.mark.parametrize("name", [
    "ООО «Ветер»", 'ООО "ВЕТЕР"', "Ветер, ООО", "Общество с ограниченной ответственностью «Ветер»", "ветер",
    "АО  Ветер",
])
def test_spellings_of_one_name_have_one_key(name: str) -> None:
    assert name_key(name) == name_key("Ветер")


def test_a_name_of_form_words_only_keeps_a_key() -> None:
    assert name_key("ООО") != ""
    assert name_key("Ёж") == name_key("ЕЖ") != name_key("Уж")


def test_search_of_a_big_directory_uses_the_trigram_index(world: World, boss: Person) -> None:
    world.sql("INSERT INTO party (kind, name, search, name_key) SELECT 'legal', 'Контрагент ' || n, ' ' || search_key("
              "'Контрагент ' || n || ' 79' || (160000000 + n)) || ' ', search_key('контрагент ' || n)"
              " FROM generate_series(1, 20000) n")
    with world.pool.connection() as connection:
        connection.execute("SET LOCAL enable_seqscan = on")
        plan = connection.execute(
            "EXPLAIN SELECT p.id FROM party p WHERE p.search LIKE '%79160012345%'").fetchall()
    assert "ix_party_search" in str(plan)
    assert names(boss, "79160012345") == ["Контрагент 12345"]
