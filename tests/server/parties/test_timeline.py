from typing import Any

from psycopg import sql

from crm_contract.permissions import Permission, Scope
from crm_server.parties import timeline
from tests.server.conftest import Person, World
from tests.server.parties.samples import as_body, contact, create


def test_notes_and_changes_newest_first(boss: Person) -> None:
    party_id = create(boss)
    boss.post(f"/api/parties/{party_id}/notes", {"text": "звонил, просит акт"})
    boss.put(f"/api/parties/{party_id}", as_body(boss.get(f"/api/parties/{party_id}"), note="важный"))
    entries = boss.get(f"/api/parties/{party_id}/timeline")
    assert boss.statements <= 3
    assert [(e["kind"], e["title"], e["text"]) for e in entries] == [
        ("change", "Карточка изменена", ""), ("note", "Комментарий", "звонил, просит акт"),
        ("change", "Карточка создана", "")]
    assert {e["person"] for e in entries} == {"Главный Г. Г."}


def test_pages_lose_nothing(world: World, boss: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(timeline, "PAGE", 3)
    party_id = world.insert("party", kind="legal", name="ООО «Ветер»")
    for minute in (1, 2, 3, 3, 3, 4, 5):
        world.insert("party_note", party_id=party_id, text=f"м{minute}", at=f"2026-01-01T10:0{minute}Z")
    seen, before = [], None
    while True:
        page = boss.get(f"/api/parties/{party_id}/timeline", params={"before": before} if before else None)
        if not page:
            break
        seen += [e["text"] for e in page]
        before = page[-1]["at"]
    assert seen == ["м5", "м4", "м3", "м3", "м3", "м2", "м1"]


def test_entries_of_the_domains_above(boss: Person, monkeypatch: Any) -> None:
    party_id = create(boss)
    monkeypatch.setattr(timeline, "TIMELINE", [lambda actor: None, lambda actor: sql.SQL(
        "SELECT '2020-01-01Z'::timestamptz, 'document', 'СЧ-1 выставлен', '', 'Орлова Е.', 5::bigint, 'invoice'"
        " WHERE %(party)s > 0 AND '2020-01-01Z' < %(before)s LIMIT %(limit)s")])
    last = boss.get(f"/api/parties/{party_id}/timeline")[-1]
    assert (last["title"], last["document_id"], last["document_kind"]) == ("СЧ-1 выставлен", 5, "invoice")


def test_contact_roles(world: World, boss: Person) -> None:
    first = boss.post("/api/contact-roles", {"code": "mechanic", "title": "механик", "tone": "warn"})["id"]
    head = boss.post("/api/contact-roles", {"code": "head", "title": "руководитель"})["id"]
    assert [(r["code"], r["position"]) for r in boss.get("/api/contact-roles")] == [("mechanic", 1), ("head", 2)]
    boss.post("/api/contact-roles", {"code": "head", "title": "ещё"}, status=422)
    changed = {"code": "head", "title": "директор", "tone": "info", "position": 2, "version": 1}
    assert boss.put(f"/api/contact-roles/{head}", changed) == {"id": head, "version": 2}
    boss.put(f"/api/contact-roles/{head}", changed, status=409)
    boss.put(f"/api/contact-roles/{head}", changed | {"code": "chief", "version": 2}, status=422)
    boss.put("/api/contact-roles/99", changed, status=404)
    create(boss, contacts=[contact(roles=["mechanic"])])
    assert "1" in boss.call("DELETE", f"/api/contact-roles/{first}", status=409)["message"]
    boss.call("DELETE", f"/api/contact-roles/{head}")
    clerk = world.person("clerk", {Permission.PARTY_VIEW: Scope.ALL})
    assert [r["title"] for r in clerk.get("/api/contact-roles")] == ["механик"]
