"""Queueing letters: what is checked, written and shown."""

import uuid
from typing import Any

import pytest

from crm_contract.files import MAX_FILE_BYTES
from crm_contract.permissions import Scope
from tests.server.conftest import Person, World
from tests.server.mailing.conftest import MailServer, Office

ACCOUNTANT = "belova@veter.example"


def nothing_queued(world: World) -> bool:
    counts = world.sql("SELECT (SELECT count(*) FROM letter) + (SELECT count(*) FROM letter_recipient)"
                       " + (SELECT count(*) FROM procrastinate_jobs) AS n")
    return counts == [{"n": 0}]


def test_letter_is_queued_with_journal_and_step(office: Office, world: World, boss: Person) -> None:
    file_id = office.file(boss, office.invoice_id)
    made = office.letter(boss, ACCOUNTANT, "petrov@mail.example", file_ids=[file_id])
    read = boss.get(f"/api/letters/{made['id']}")
    assert (read["state"], read["to"], read["author"], read["files"]) == (
        "queued", f"{ACCOUNTANT}, petrov@mail.example", "Главный Г. Г.", ["Счёт № 418.pdf"])
    assert [(r["name"], r["why"]) for r in read["recipients"]] == [
        ("Белова Б. Б.", "правило: Счёт → бухгалтер"), ("", "адрес введён вручную")]
    sent, step = world.sql("SELECT action, title, person, after FROM audit_log WHERE entity = 'invoice'"
                           " AND entity_id = %s AND after ? 'letter' OR action = 'action' ORDER BY id",
                           (office.invoice_id,))
    assert (sent["action"], sent["person"]) == ("send", "Главный Г. Г.")
    assert sent["after"]["to"] == [
        {"email": ACCOUNTANT, "name": "Белова Б. Б.", "rule": "правило: Счёт → бухгалтер"},
        {"email": "petrov@mail.example", "name": "", "rule": "адрес введён вручную"}]
    assert sent["after"]["files"] == ["Счёт № 418.pdf"]
    assert step["after"] == {"state": "sent"}
    assert boss.get(f"/api/documents/{office.invoice_id}")["state"] == "sent"
    assert world.sql("SELECT 1 FROM change_log WHERE entity = 'letter'")


def test_step_needs_its_own_right_and_state(office: Office, world: World) -> None:
    sender = world.person("sender", {"mail.send": Scope.ALL, "invoice.view": Scope.ALL})
    office.letter(sender, ACCOUNTANT)
    assert world.sql("SELECT state FROM document WHERE id = %s", (office.invoice_id,)) == [{"state": "issued"}]
    signed = office.document("upd", "7", state="signed")
    office.letter(world.person("boss2"), ACCOUNTANT, document_id=signed)
    assert world.sql("SELECT state FROM document WHERE id = %s", (signed,)) == [{"state": "signed"}]


def test_words_of_the_client_about_the_rule_are_not_believed(office: Office, boss: Person) -> None:
    made = office.letter(boss, to=[{"email": "Belova@Veter.example", "contact_id": office.contacts["accountant"],
                                    "why": "так велел директор"}])
    recipient = boss.get(f"/api/letters/{made['id']}")["recipients"][0]
    assert (recipient["email"], recipient["why"]) == (ACCOUNTANT, "правило: Счёт → бухгалтер")
    answer = office.letter(boss, to=[{"email": "x@y.example", "contact_id": office.contacts["accountant"]}], status=422)
    assert answer["field_errors"] == {"to.0.email": "У этого контакта нет такого адреса"}


def test_repeat_with_one_key_queues_once(office: Office, world: World, boss: Person) -> None:
    body = {"document_id": office.invoice_id, "to": [{"email": ACCOUNTANT}], "subject": "Счёт"}
    key = uuid.uuid4().hex
    assert boss.post("/api/letters", body, key=key) == boss.post("/api/letters", body, key=key)
    assert office.jobs() == 1


def test_address_is_taken_once(office: Office, boss: Person) -> None:
    made = office.letter(boss, ACCOUNTANT, ACCOUNTANT.upper())
    assert len(boss.get(f"/api/letters/{made['id']}")["recipients"]) == 1


BREAKS = [
    "\r\nBcc: spy@evil.example", "\nBcc: spy@evil.example", "\rx", "\u2028x", "\u2029x", "\x00x", "\x85x", "\x0bx",
]


@pytest.mark.parametrize("text", BREAKS)
def test_header_injection_is_refused(office: Office, world: World, boss: Person, text: str) -> None:
    answer = office.letter(boss, ACCOUNTANT, subject=f"Счёт{text}", status=422)
    assert list(answer["field_errors"]) == ["subject"]
    answer = office.letter(boss, f"belova@veter.example{text}", status=422)
    assert list(answer["field_errors"]) == ["to.0.email"]
    assert nothing_queued(world)


@pytest.mark.parametrize(("more", "field"), [
    ({"to": []}, "to"), ({"subject": " "}, "subject"), ({"text": "a\x00b"}, "text"), ({"file_ids": [999]}, "file_ids"),
    ({"to": [{"email": "belova"}]}, "to.0.email"), ({"to": [{"email": "a@b.example, c@d.example"}]}, "to.0.email"),
    ({"to": [{"email": "бух@veter.example"}]}, "to.0.email"),
    ({"to": [{"email": "x@" + "я" * 70 + ".рф"}]}, "to.0.email"),
])
def test_wrong_letter_is_refused(office: Office, world: World, boss: Person, more: Any, field: str) -> None:
    answer = office.letter(boss, ACCOUNTANT, **more, status=422)
    assert list(answer["field_errors"]) == [field]
    assert nothing_queued(world)


def test_attachments_belong_to_the_document(office: Office, world: World, boss: Person) -> None:
    other = office.file(boss, office.document(number="СЧ-2"))
    assert list(office.letter(boss, ACCOUNTANT, file_ids=[other], status=422)["field_errors"]) == ["file_ids"]
    big = [office.file(boss, office.invoice_id, f"{n}.bin", bytes([n]) * (MAX_FILE_BYTES // 2 + 1)) for n in (1, 2)]
    assert office.letter(boss, ACCOUNTANT, file_ids=big, status=413)["code"] == "too_large"
    assert nothing_queued(world)


def test_annulled_document_is_not_sent(office: Office, world: World, boss: Person) -> None:
    annulled = office.document(number="СЧ-3", state="annulled", accounting="annulled")
    assert office.letter(boss, ACCOUNTANT, document_id=annulled, status=409)["code"] == "not_allowed_now"
    assert nothing_queued(world)


def test_letters_follow_the_scope(office: Office, world: World, boss: Person) -> None:
    letter_id = office.letter(boss, ACCOUNTANT)["id"]
    grants = {"mail.send": Scope.ALL, "invoice.view": Scope.BRANCH, "party.view": Scope.ALL}
    stranger = world.person("stranger", grants, branch_id=world.branch("Тверь"))
    office.letter(stranger, ACCOUNTANT, status=404)
    stranger.get(f"/api/letters/{letter_id}", status=404)
    stranger.post(f"/api/letters/{letter_id}/retry", status=404)
    assert stranger.post("/api/lists/letters", {})["rows"] == []
    assert stranger.post("/api/lists/letters", {"search": "belova"})["total"] == 0
    assert not letters_of_timeline(stranger, office)
    reader = world.person("reader", {"invoice.view": Scope.ALL})
    office.letter(reader, ACCOUNTANT, status=403)
    own = world.person("own", {"mail.send": Scope.OWN, "invoice.view": Scope.ALL})
    office.letter(own, ACCOUNTANT, status=403)
    colleague = world.person("colleague", grants)
    assert colleague.get(f"/api/letters/{letter_id}")["subject"] == "Счёт на оплату"
    assert letters_of_timeline(colleague, office) == [ACCOUNTANT]


def letters_of_timeline(person: Person, office: Office) -> list[str]:
    return [e["text"] for e in person.get(f"/api/parties/{office.party_id}/timeline") if e["kind"] == "letter"]


def test_list_of_letters(office: Office, boss: Person) -> None:
    office.letter(boss, ACCOUNTANT, "petrov@mail.example")
    office.letter(boss, "sedov@veter.example", subject="Договор")
    page = boss.post("/api/lists/letters", {"search": "belova"})
    row = page["rows"][0]
    assert page["total"] == 1
    assert (row["subject"], row["to"], row["state"], row["kind"]) == (
        "Счёт на оплату", f"{ACCOUNTANT}, petrov@mail.example", "queued", "invoice")
    assert row["party"] == {"id": office.party_id, "title": "ООО «Ветер»"}
    assert row["document"] == {"id": office.invoice_id, "title": "СЧ-000418"}
    condition = {"column": "document", "op": "eq", "value": office.invoice_id}
    assert [r["subject"] for r in boss.post("/api/lists/letters", {"conditions": [condition]})["rows"]] == [
        "Договор", "Счёт на оплату"]


def test_mail_server_is_tried(office: Office, world: World, boss: Person, mail_server: MailServer) -> None:
    assert boss.post("/api/mail/test", status=422)["field_errors"] == {"email": "нет адреса"}
    world.sql("UPDATE employee SET email = 'boss@okno.example' WHERE id = %s", (boss.employee_id,))
    assert boss.post("/api/mail/test") == {"to": "boss@okno.example"}
    assert [d.to for d in mail_server.postman.deliveries] == ["boss@okno.example"]
    mail_server.stop()
    assert boss.post("/api/mail/test", status=409)["message"].startswith("Почтовый сервер недоступен")
    world.person("clerk", {"mail.send": Scope.ALL}).post("/api/mail/test", status=403)
