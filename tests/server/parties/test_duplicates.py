from tests.server.conftest import Person, World
from tests.server.parties.samples import as_body, contact, create, inn, party


def reasons(person: Person, **query: object) -> list[tuple[str, bool]]:
    return [(d["reason"], d["certain"]) for d in person.post("/api/parties/duplicates", query)]


def test_who_already_has_this(boss: Person) -> None:
    number = inn()
    known = create(boss, "ООО «Северный ветер»", inn=number, email="info@veter.example",
                   contacts=[contact(phones=["+7 916 885-39-33"], emails=["ivanova@veter.example"])])
    assert reasons(boss, inn=number, kpp="770101001") == [("Тот же ИНН и КПП", True)]
    assert reasons(boss, inn=number) == [("Тот же ИНН, КПП не указан", True)]
    assert reasons(boss, inn=number, kpp="500101001") == [("Тот же ИНН, другой КПП", False)]
    assert reasons(boss, phone="8-916-885-39-33") == [("Тот же телефон", False)]
    assert reasons(boss, email="Ivanova@veter.example") == [("Та же почта", False)]
    assert reasons(boss, email="anova@veter.example") == []
    assert reasons(boss, name="Северный Ветер, АО") == [("То же название", False)]
    assert reasons(boss, phone="916885", name="ветер") == []
    assert reasons(boss) == []
    assert reasons(boss, id=known, inn=number, kpp="770101001", name="Северный ветер") == []
    # one party, the strongest reason
    assert reasons(boss, inn=number, kpp="770101001", name="Северный ветер", phone="+79168853933") == [
        ("Тот же ИНН и КПП", True)]
    boss.post(f"/api/parties/{known}/archive", {"version": 1})
    assert reasons(boss, inn=number, name="Северный ветер") == []


def test_certain_duplicate_is_refused_unless_ignored(world: World, boss: Person) -> None:
    number = inn()
    known = create(boss, inn=number)
    error = boss.post("/api/parties", party(inn=number, kpp=""), status=409)
    assert error["code"] == "conflict"
    assert error["details"]["duplicates"][0]["id"] == known
    assert error["field_errors"].keys() == {"inn"}
    boss.post("/api/parties", party(inn=number, kpp="", ignore_duplicates=True))
    error = boss.post("/api/parties", party(inn=number, ignore_duplicates=True), status=409)
    assert error["details"]["duplicates"][0]["id"] == known
    boss.post("/api/parties", party(inn=number, kpp="500101001", ignore_duplicates=True))
    assert len(world.sql("SELECT id FROM party")) == 3


def test_probable_duplicates_do_not_stand_in_the_way(boss: Person) -> None:
    first, second = (create(boss, phone="+7 916 885-39-33") for _ in range(2))
    assert first != second


def test_update_to_the_inn_of_another_is_refused(boss: Person) -> None:
    number = inn()
    create(boss, "ООО «Первый»", inn=number)
    second = create(boss)
    read = boss.get(f"/api/parties/{second}")
    error = boss.put(f"/api/parties/{second}", as_body(read, inn=number), status=409)
    assert "ООО «Первый»" in error["message"]
    assert boss.get(f"/api/parties/{second}") == read
