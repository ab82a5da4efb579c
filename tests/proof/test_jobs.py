"""Bars 26, 27 and 38: letters through a dead mail server and a killed worker, deaths between the steps of a job."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crm_server.kit.failpoints import NAMES
from tests.proof import LONG
from tests.proof.dying import DIED
from tests.proof.processes import ROOT, serving
from tests.server.conftest import Person, World
from tests.server.mailing.conftest import MailServer, Office
from tests.waiting import wait_for

LETTERS = 12
FINISHES_WITHIN_S = 60


def settings_of(mail_server: MailServer) -> dict[str, Any]:
    return {"CRM_SMTP_HOST": "127.0.0.1", "CRM_SMTP_PORT": str(mail_server.port), "CRM_SMTP_TLS": "none",
            "CRM_SMTP_TIMEOUT_S": "5", "CRM_SMTP_FROM": "Окно <info@okno.example>"}


def unsent(world: World) -> int:
    return world.sql("SELECT count(*) AS n FROM letter WHERE state <> 'sent'")[0]["n"]


def test_dead_mail_server_and_killed_worker_cost_no_letter(office: Office, boss: Person, world: World,
                                                           mail_server: MailServer, database_url: str,
                                                           tmp_path: Path) -> None:
    """The server as it runs in the office: its own worker, its own times, nobody helps."""
    mail_server.stop()
    for number in range(LETTERS):
        office.letter(boss, f"person{number}@veter.example", subject=f"Счёт {number}")
    with serving(database_url, tmp_path, **settings_of(mail_server)) as server:
        wait_for(lambda: world.sql("SELECT min(attempts) AS n FROM letter")[0]["n"] > 0)
        assert mail_server.postman.deliveries == []
        mail_server.start()
        killed = _kill_at_work(server.queue_worker, world, mail_server)
        started = time.monotonic()
        wait_for(lambda: unsent(world) == 0, FINISHES_WITHIN_S)
        assert time.monotonic() - started < FINISHES_WITHIN_S
        assert server.queue_worker().pid != killed
    deliveries = mail_server.postman.per_message()
    assert len(deliveries) == LETTERS
    # A worker killed between the server's «taken» and its own note sends that one message again, under the same id.
    assert sum(deliveries.values()) <= LETTERS + 4


def _kill_at_work(worker: Callable[..., object], world: World, mail_server: MailServer) -> int:
    """SIGKILL while a message is being taken; the waiting jobs are due at once, not after their pause."""
    process = worker()
    in_hand: list[str] = []

    def kill(delivery: object) -> None:
        if not in_hand:
            in_hand.append(str(delivery))
            process.kill()  # type: ignore[attr-defined]  # psutil.Process

    mail_server.postman.before_reply = kill
    world.sql("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
    wait_for(lambda: bool(in_hand))
    return process.pid  # type: ignore[attr-defined]


#: The steps of one letter: what is to be sent is read, the recipient is claimed, the outcome is noted.
STEPS = (1, 2, 3) if LONG else (3,)


@pytest.mark.parametrize("where", [f"{name}:{step}" for name in NAMES if name.startswith("job.") for step in STEPS])
def test_death_between_the_steps_of_a_job(where: str, office: Office, boss: Person, world: World,
                                          mail_server: MailServer, database_url: str) -> None:
    office.letter(boss, "buh@veter.example")
    environment = os.environ | settings_of(mail_server)

    def work(**more: str) -> int:
        return subprocess.run([sys.executable, "-m", "tests.server.mailing.mail_worker", database_url], cwd=ROOT,
                              env=environment | more, timeout=60, check=False).returncode

    assert work(CRM_FAILPOINT=where) == DIED
    survivor = subprocess.Popen([sys.executable, "-m", "tests.server.mailing.mail_worker", database_url], cwd=ROOT,
                                env=environment)
    try:
        wait_for(lambda: unsent(world) == 0)
    finally:
        survivor.kill()
        survivor.wait()
    assert len(mail_server.postman.per_message()) == 1
    repeated = where == "job.before_commit:3"  # it was taken, and the note of it was lost
    assert len(mail_server.postman.deliveries) == 1 + repeated
