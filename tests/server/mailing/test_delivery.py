"""Letters through a real mail server: delivered once, whatever breaks on the way."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crm_server.config import get_settings
from crm_server.kit.jobs import list_failed_jobs
from crm_server.kit.sql import Sql
from crm_server.mailing.jobs import RETRY
from tests.server.conftest import Person, World
from tests.server.mailing.conftest import PDF, Delivery, MailServer, Office
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
ACCOUNTANT = "belova@veter.example"
HEAD = "sedov@veter.example"


def test_letter_arrives_once_with_its_attachments(office: Office, world: World, boss: Person,
                                                  mail_server: MailServer) -> None:
    world.sql("UPDATE employee SET email = 'boss@okno.example' WHERE id = %s", (boss.employee_id,))
    files = [office.file(boss, office.invoice_id), office.file(boss, office.invoice_id, "письмо.eml", b"From: x\n\ny")]
    text = "Здравствуйте!\n\nВо вложении — счёт.\n.\nС уважением"
    made = office.letter(boss, ACCOUNTANT, HEAD, file_ids=files, subject="Счёт на оплату № 418", text=text)
    office.work()
    office.work()
    assert [d.to for d in mail_server.postman.deliveries] == [ACCOUNTANT, HEAD]
    message = mail_server.postman.deliveries[0].message
    assert str(message["To"]) == '"Белова Б. Б." <belova@veter.example>'
    assert str(message["From"]) == "Окно <info@okno.example>"
    assert str(message["Reply-To"]) == '"Главный Г. Г." <boss@okno.example>'
    assert str(message["Subject"]) == "Счёт на оплату № 418"
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").rstrip("\n") == text
    attachments = list(message.iter_attachments())
    assert [(a.get_filename(), a.get_content_type()) for a in attachments] == [
        ("Счёт № 418.pdf", "application/pdf"), ("письмо.eml", "application/octet-stream")]
    assert attachments[0].get_content() == PDF
    read = boss.get(f"/api/letters/{made['id']}")
    assert (read["state"], read["attempts"], read["error"]) == ("sent", 1, "")
    assert read["sent_at"]
    assert len({d.id for d in mail_server.postman.deliveries}) == 2
    assert office.jobs() == 0


def test_dead_mail_server_delays_and_loses_nothing(office: Office, boss: Person, mail_server: MailServer) -> None:
    """Bar 26, smaller."""
    mail_server.stop()
    letters = [office.letter(boss, ACCOUNTANT, HEAD, subject=f"Счёт {n}")["id"] for n in range(5)]
    office.work()
    office.work()
    read = boss.get(f"/api/letters/{letters[0]}")
    assert (read["state"], read["attempts"]) == ("queued", 2)
    assert read["error"].startswith("Почтовый сервер недоступен")
    assert office.jobs() == 5
    mail_server.start()
    office.work()
    assert set(mail_server.postman.per_message().values()) == {1}
    assert len(mail_server.postman.deliveries) == 10
    assert {boss.get(f"/api/letters/{letter}")["state"] for letter in letters} == {"sent"}


def test_lost_answer_repeats_under_the_same_id(office: Office, boss: Person, mail_server: MailServer) -> None:
    mail_server.postman.lose_replies_to = {HEAD}
    made = office.letter(boss, ACCOUNTANT, HEAD, "petrov@mail.example")
    office.work()
    assert [r["state"] for r in boss.get(f"/api/letters/{made['id']}")["recipients"]] == ["sent", "queued", "sent"]
    office.work()
    assert [d.to for d in mail_server.postman.deliveries] == [ACCOUNTANT, HEAD, "petrov@mail.example", HEAD]
    assert sorted(mail_server.postman.per_message().values()) == [1, 1, 2]
    assert boss.get(f"/api/letters/{made['id']}")["state"] == "sent"


def test_refused_address_fails_alone_and_can_be_sent_again(office: Office, boss: Person,
                                                           mail_server: MailServer) -> None:
    mail_server.postman.refuse = {ACCOUNTANT: "550 no such user", "busy@veter.example": "451 greylisted"}
    made = office.letter(boss, ACCOUNTANT, HEAD, "busy@veter.example")
    office.work()
    read = boss.get(f"/api/letters/{made['id']}")
    assert [(r["state"], r["error"]) for r in read["recipients"]] == [
        ("failed", "Сервер не принял адрес: 550 no such user"), ("sent", ""),
        ("queued", "Сервер не принял адрес: 451 greylisted")]
    assert read["state"] == "queued"
    mail_server.postman.refuse = {ACCOUNTANT: "550 no such user"}
    office.work()
    assert boss.get(f"/api/letters/{made['id']}")["state"] == "failed"
    assert office.jobs() == 0
    mail_server.postman.refuse = {}
    boss.post(f"/api/letters/{made['id']}/retry")
    assert boss.get(f"/api/letters/{made['id']}")["state"] == "queued"
    office.work()
    assert boss.get(f"/api/letters/{made['id']}")["state"] == "sent"
    assert set(mail_server.postman.per_message().values()) == {1}
    assert boss.post(f"/api/letters/{made['id']}/retry", status=409)["code"] == "not_allowed_now"


def test_refused_content_fails_and_delayed_content_waits(office: Office, boss: Person, mail_server: MailServer) -> None:
    made = office.letter(boss, ACCOUNTANT)
    mail_server.postman.answer = "452 disk full"
    office.work()
    assert boss.get(f"/api/letters/{made['id']}")["state"] == "queued"
    mail_server.postman.answer = "552 too big\x1b[31m"
    office.work()
    read = boss.get(f"/api/letters/{made['id']}")
    assert (read["state"], read["error"]) == ("failed", "Сервер не принял письмо: 552 too big [31m")


def test_retry_does_not_wait_for_the_pause_of_the_queue(office: Office, world: World, boss: Person,
                                                        mail_server: MailServer) -> None:
    mail_server.stop()
    made = office.letter(boss, ACCOUNTANT)
    office.work()
    due = "SELECT scheduled_at <= now() AS due FROM procrastinate_jobs"
    assert world.sql(due) == [{"due": False}]
    boss.post(f"/api/letters/{made['id']}/retry")
    assert world.sql(due) == [{"due": True}]


def test_letter_fails_when_hours_of_attempts_are_over(office: Office, world: World, boss: Person,
                                                      mail_server: MailServer) -> None:
    waits = [RETRY.wait_s(runs) or 0 for runs in range(1, RETRY.attempts)]
    assert 6 * 3600 < sum(waits) < 24 * 3600
    mail_server.stop()
    made = office.letter(boss, ACCOUNTANT)
    world.sql("UPDATE procrastinate_jobs SET attempts = %s", (RETRY.attempts - 1,))
    office.work()
    assert boss.get(f"/api/letters/{made['id']}")["state"] == "failed"
    with world.pool.connection() as connection:
        assert [job["task_name"] for job in list_failed_jobs(Sql(connection))] == ["mailing.send_letter"]
    mail_server.start()
    boss.post(f"/api/letters/{made['id']}/retry")
    office.work()
    assert boss.get(f"/api/letters/{made['id']}")["state"] == "sent"


def test_mail_that_is_not_set_up_waits_and_says_so(office: Office, boss: Person,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM_SMTP_HOST", raising=False)
    get_settings.cache_clear()
    made = office.letter(boss, ACCOUNTANT)
    office.work()
    read = boss.get(f"/api/letters/{made['id']}")
    assert (read["state"], read["error"]) == (
        "queued", "Почтовый сервер не настроен: задайте CRM_SMTP_HOST и CRM_SMTP_FROM")


@pytest.mark.parametrize(("tls", "login"), [("starttls", ""), ("tls", ""), ("none", "info")])
def test_no_letter_goes_without_the_encryption_and_login_asked_for(
        office: Office, boss: Person, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch, tls: str,
        login: str) -> None:
    """The server here offers neither."""
    monkeypatch.setenv("CRM_SMTP_TLS", tls)
    monkeypatch.setenv("CRM_SMTP_USER", login)
    get_settings.cache_clear()
    made = office.letter(boss, ACCOUNTANT)
    office.work()
    assert mail_server.postman.deliveries == []
    read = boss.get(f"/api/letters/{made['id']}")
    assert read["state"] == "queued"
    assert read["error"].startswith("Почтовый сервер недоступен")


def test_cyrillic_domain_goes_in_latin(office: Office, boss: Person, mail_server: MailServer) -> None:
    made = office.letter(boss, "info@ветер.рф")
    office.work()
    assert [d.to for d in mail_server.postman.deliveries] == ["info@xn--b1aga8bi.xn--p1ai"]
    assert boss.get(f"/api/letters/{made['id']}")["to"] == "info@ветер.рф"


@pytest.fixture
def start_worker(database_url: str) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-m", "tests.server.mailing.mail_worker", database_url],
                                        cwd=ROOT))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def test_killed_worker_repeats_one_message_at_most(office: Office, boss: Person, mail_server: MailServer,
                                                   start_worker: Callable[[], subprocess.Popen[bytes]]) -> None:
    taken, release = threading.Event(), threading.Event()

    def hold_the_third(delivery: Delivery) -> None:
        if len(mail_server.postman.deliveries) == 3:
            taken.set()
            release.wait(20)

    mail_server.postman.before_reply = hold_the_third
    made = office.letter(boss, *(f"person{n}@veter.example" for n in range(6)))
    first = start_worker()
    assert taken.wait(30)
    first.send_signal(signal.SIGKILL)
    first.wait()
    release.set()
    start_worker()
    wait_for(lambda: boss.get(f"/api/letters/{made['id']}")["state"] == "sent")
    deliveries = mail_server.postman.per_message()
    assert len(deliveries) == 6
    assert sorted(deliveries.values()) == [1, 1, 1, 1, 1, 2]
