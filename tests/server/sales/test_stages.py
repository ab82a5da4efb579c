"""The stage meter says what is: also of papers beyond one's rights, and of a reserve that nobody needed."""

from crm_contract.permissions import Scope
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, follow, invoice, receive


def cells(person: Person, document_id: int) -> dict[str, tuple[str, str]]:
    return {s["code"]: (s["status"], s["text"]) for s in person.get(f"/api/documents/{document_id}")["stages"]}


def test_papers_beyond_ones_rights_exist(world: World, boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    invoice_id = invoice(boss, shop)
    issue = follow(boss, invoice_id, "issue", "post")
    follow(boss, issue, "upd", "post")
    keeper = world.person("keeper", {"issue.view": Scope.BRANCH})
    found = cells(keeper, issue)
    hidden = ("hidden", "есть, нет доступа")
    assert found["invoice"] == found["upd"] == found["payment"] == found["reserve"] == hidden
    assert found["contract"] == ("todo", "ещё нет")
    read = keeper.get(f"/api/documents/{issue}")
    assert [(n["kind"], n["number"], n["gross"], n["date"], n["visible"]) for n in read["chain"]] == [
        ("invoice", "", "0", None, False), ("issue", "РН-000001", "1000.00", DAY, True),
        ("upd", "", "0", None, False)]
    act(boss, boss.get(f"/api/documents/{invoice_id}")["chain"][-1]["id"], "annul", reason="ошибка")
    assert cells(keeper, issue)["upd"] == ("todo", "ещё нет")


def test_who_sees_all_is_told_the_numbers(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    issue = follow(boss, invoice(boss, shop), "issue", "post")
    assert cells(boss, issue)["invoice"] == ("done", "СЧ-000001 · выставлен")
    assert all(node["visible"] for node in boss.get(f"/api/documents/{issue}")["chain"])


def test_shipped_without_a_reserve_needed_none(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    invoice_id = invoice(boss, shop)
    assert cells(boss, invoice_id)["reserve"] == ("todo", "нет")
    follow(boss, invoice_id, "issue", "post")
    assert cells(boss, invoice_id)["reserve"] == ("skipped", "не понадобился")
