"""Who receives which document and why; the rules themselves."""

from typing import Any

from crm_contract.permissions import Scope
from tests.server.conftest import Person, World
from tests.server.mailing.conftest import MailServer, Office


def ask(person: Person, document_id: int, form: str = "") -> Any:
    return person.get(f"/api/documents/{document_id}/recipients", params={"form": form})


def brief(answer: Any) -> list[tuple[str, bool, str, str]]:
    return [(r["email"], r["chosen"], r["why"], r["blocked"]) for r in answer["recipients"]]


def test_rule_chooses_and_says_why(office: Office, boss: Person) -> None:
    answer = ask(boss, office.invoice_id)
    assert answer["rule"] == "правило: Счёт → бухгалтер"
    assert brief(answer) == [
        ("belova@veter.example", True, "правило: Счёт → бухгалтер", ""),
        ("sedov@veter.example", False, "правило не выбирает", ""),
        ("buh@veter.example", False, "другой адрес контакта", ""),
        ("office@veter.example", False, "общая почта клиента", ""),
        ("", False, "правило не выбирает", "нет адреса"),
    ]
    assert answer["recipients"][0] | {"email": ""} == {
        "contact_id": office.contacts["accountant"], "name": "Белова Б. Б.", "position": "", "roles": ["accountant"],
        "email": "", "chosen": True, "why": "правило: Счёт → бухгалтер", "blocked": ""}
    assert boss.statements <= 6


def test_letter_is_proposed(office: Office, boss: Person) -> None:
    answer = ask(boss, office.invoice_id, "invoice")
    assert answer["subject"] == "Счёт на оплату СЧ-000418 от 02.11.2026"
    assert answer["text"].replace("\xa0", " ") == (
        "Здравствуйте!\n\nВо вложении — счёт на оплату СЧ-000418 от 02.11.2026.\n"
        "Сумма: 12 345,60 ₽, в том числе НДС 2 226,26 ₽.\nОплатить до: 10.11.2076.\n\n"
        "С уважением,\nГлавный Г. Г.\nООО «Окно»")
    upd = office.document("upd", "7", state="posted")
    assert "Во вложении — УПД № 7 от 02.11.2026." in ask(boss, upd)["text"]


def test_contact_of_the_document_when_the_rule_finds_nobody(office: Office, boss: Person) -> None:
    mechanic = office.contacts["mechanic"]
    head = office.document("issue", "РН-1", contact_id=office.contacts["head"])
    answer = ask(boss, head)
    assert answer["rule"] == ("правило: РН → кладовщик; такого контакта с адресом нет, выбрано контактное лицо"
                              " документа")
    assert brief(answer)[0] == ("sedov@veter.example", True, "контактное лицо документа", "")
    answer = ask(boss, office.document("issue", "РН-2", contact_id=mechanic))
    assert answer["rule"].endswith("выберите получателя")
    assert not any(r["chosen"] for r in answer["recipients"])
    assert brief(answer)[-1] == ("", False, "контактное лицо документа", "нет адреса")


def test_address_that_does_not_work_is_passed_over(office: Office, world: World, boss: Person) -> None:
    world.sql("UPDATE contact SET emails = '{belova,бух@veter.example,buh@veter.example}' WHERE id = %s",
              (office.contacts["accountant"],))
    rows = {r["email"]: r for r in ask(boss, office.invoice_id)["recipients"]}
    assert rows["buh@veter.example"]["chosen"]
    assert rows["belova"]["blocked"] == "Почта: нужен один знак @"
    assert rows["бух@veter.example"]["blocked"].startswith("Почта: русские буквы")


def test_nobody_to_send_to_is_said(office: Office, world: World, boss: Person) -> None:
    empty = world.insert("party", kind="legal", name="ООО «Пустота»")
    answer = ask(boss, office.document(number="СЧ-2", party_id=empty))
    assert answer["rule"] == "правило: Счёт → бухгалтер; отправить некому: ни у клиента, ни у его контактов нет почты"
    assert answer["recipients"] == []
    answer = ask(boss, office.document("receipt", "ПО-1", party_id=None))
    assert answer["rule"].startswith("для вида «ПО» правила нет; отправить некому")


def test_recipients_follow_the_scope(office: Office, world: World) -> None:
    stranger = world.person("stranger", {"mail.send": Scope.ALL, "invoice.view": Scope.BRANCH},
                            branch_id=world.branch("Тверь"))
    stranger.get(f"/api/documents/{office.invoice_id}/recipients", status=404)
    reader = world.person("reader", {"invoice.view": Scope.ALL})
    reader.get(f"/api/documents/{office.invoice_id}/recipients", status=403)


def test_rules_are_replaced_whole(office: Office, world: World, boss: Person) -> None:
    world.sql("INSERT INTO routing_rule (kind, event, role) VALUES ('reconciliation', 'document', 'accountant')")
    before = boss.get("/api/mail/rules")
    assert {"kind": "invoice", "event": "document", "role": "accountant", "active": True} in [
        {k: v for k, v in rule.items() if k != "id"} for rule in before]
    assert "reconciliation" not in {rule["kind"] for rule in before}
    saved = boss.put("/api/mail/rules", {"rules": [
        {"kind": "invoice", "role": "head"}, {"kind": "invoice", "role": "accountant", "active": False}]})
    assert [(r["kind"], r["role"], r["active"]) for r in saved] == [
        ("invoice", "head", True), ("invoice", "accountant", False)]
    assert brief(ask(boss, office.invoice_id))[0] == ("sedov@veter.example", True, "правило: Счёт → руководитель", "")
    assert world.sql("SELECT 1 FROM routing_rule WHERE kind = 'reconciliation'"), "rules of future kinds stay"
    row = world.sql("SELECT before, after FROM audit_log WHERE entity = 'routing_rule'")[0]
    assert row["before"]["invoice → accountant"] is True
    assert row["after"]["invoice → accountant"] is False


def test_wrong_rules_are_refused(office: Office, boss: Person) -> None:
    before = boss.get("/api/mail/rules")
    answer = boss.put("/api/mail/rules", {"rules": [
        {"kind": "invoice", "role": "head"}, {"kind": "нет", "role": "head"}, {"kind": "upd", "role": "\u0000"},
        {"kind": "invoice", "role": "head"}]}, status=422)
    assert set(answer["field_errors"]) == {"rules.1.kind", "rules.2.role", "rules.3.role"}
    assert boss.get("/api/mail/rules") == before


def test_a_reminder_goes_by_a_rule_of_its_own(office: Office, world: World, boss: Person) -> None:
    late = office.document(number="СЧ-9", gross="10", net="10", due_date="2026-01-10")
    answer = ask(boss, late)
    assert answer["rule"] == "правило: Счёт, напоминание о долге → руководитель, бухгалтер"
    assert [r["email"] for r in answer["recipients"] if r["chosen"]] == ["sedov@veter.example", "belova@veter.example"]
    world.sql("UPDATE routing_rule SET active = false WHERE event = 'overdue'")
    assert ask(boss, late)["rule"] == "правило: Счёт → бухгалтер"  # without one it is sent like the document
    world.sql("UPDATE document SET paid = gross WHERE id = %s", (late,))
    assert ask(boss, late)["rule"] == "правило: Счёт → бухгалтер"


def test_rules_changed_by_a_colleague_are_not_overwritten(office: Office, boss: Person) -> None:
    shown = [{k: v for k, v in rule.items() if k != "id"} for rule in boss.get("/api/mail/rules")]
    boss.put("/api/mail/rules", {"rules": shown[:-1], "before": shown})
    error = boss.put("/api/mail/rules", {"rules": shown[1:], "before": shown}, status=409)
    assert error["code"] == "stale_version"


def test_who_would_get_it_is_seen_before_saving(office: Office, world: World, boss: Person) -> None:
    rules = [{"kind": "invoice", "event": "overdue", "role": "head"}]
    found = {(p["kind"], p["event"]): p for p in boss.post(
        "/api/mail/rules/preview", {"party_id": office.party_id, "rules": rules})}
    reminder = found["invoice", "overdue"]
    assert [r["email"] for r in reminder["recipients"] if r["chosen"]] == ["sedov@veter.example"]
    assert not any(r["chosen"] for r in found["invoice", "document"]["recipients"])
    assert ("offer", "overdue") not in found
    wrong = [{"kind": "offer", "event": "overdue", "role": "head"}]
    boss.post("/api/mail/rules/preview", {"party_id": office.party_id, "rules": wrong}, status=422)
    blind = world.person("blind", {"mail.rules": Scope.ALL})
    blind.post("/api/mail/rules/preview", {"party_id": office.party_id, "rules": rules}, status=404)


def test_the_mail_server_is_shown_without_its_password(office: Office, boss: Person, mail_server: MailServer) -> None:
    shown = boss.get("/api/mail/server")
    assert (shown["configured"], shown["host"], shown["sender"]) == (True, "127.0.0.1", "Окно <info@okno.example>")
    assert shown["has_password"] is False
    assert "password" not in shown


def test_role_of_a_rule_is_not_deleted(office: Office, world: World, boss: Person) -> None:
    world.sql("DELETE FROM contact")
    role = next(r["id"] for r in boss.get("/api/contact-roles") if r["code"] == "accountant")
    answer = boss.call("DELETE", f"/api/contact-roles/{role}", status=409)
    assert answer["message"] == "Роль контакта участвует в правилах писем"
