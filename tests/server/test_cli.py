"""`crm-server` as the operator runs it: real processes, a data folder of its own, signals."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString
from urllib.request import Request, urlopen

import psutil
import psycopg
import pytest
from psycopg import sql

from crm_server.app import all_routes
from crm_server.cli import Exit
from crm_server.db.embedded import EmbeddedPostgres, scratch_data_dir
from tests.server.audit.history import as_app, move_goods, owner, seal_all, write_journal

PASSWORD = "крепкий пароль 1"
STOP_WITHIN_S = 10


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A data folder with an administrator, made by the command itself."""
    with scratch_data_dir("okno-crm-cli-") as folder:
        made = command("create-admin", "--login", "admin", "--data-dir", str(folder), stdin=PASSWORD + "\n")
        assert made.returncode == 0, made.stderr
        assert made.stdout == "Администратор admin создан.\n"
        yield folder


def environment(url: str = "", data_dir: Path | None = None) -> dict[str, str]:
    """Ours without CRM_* settings, so that a test says itself what the command gets."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    clean |= {"CRM_DATABASE_URL": url} if url else {}
    return clean | ({"CRM_DATA_DIR": str(data_dir)} if data_dir else {})


def command(*arguments: str, stdin: str = "", url: str = "",
            data_dir: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "crm_server", *arguments], input=stdin, capture_output=True, text=True, timeout=60,
        encoding="utf-8", env=environment(url, data_dir), check=False)


@contextmanager
def running(*arguments: str, url: str = "",
            data_dir: Path | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`crm-server run` that has said where it listens; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crm_server", "run", "--port", "0", *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment(url, data_dir))
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on http://"), process.communicate()[1]
        yield process, line.removeprefix("listening on ").strip()
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ask(address: str, path: str, body: object = None, token: str = "") -> object:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urlopen(Request(address + path, data, headers), timeout=10) as answer:
        return json.loads(answer.read())


def stop(process: subprocess.Popen[str], number: int = signal.SIGTERM) -> str:
    """Ends the server as an operator does and returns its log; fails when a child or the time runs away."""
    children = psutil.Process(process.pid).children(recursive=True)
    started = time.monotonic()
    process.send_signal(number)
    out, log = process.communicate(timeout=STOP_WITHIN_S + 5)
    assert time.monotonic() - started < STOP_WITHIN_S, log
    assert process.returncode == 0, log
    assert out == "", "one line of standard output and no more"
    assert psutil.wait_procs(children, timeout=3)[1] == []
    return log


def test_serves_with_its_own_database_and_ends_with_everything(data_dir: Path) -> None:
    with running("--data-dir", str(data_dir), "--workers", "2") as (process, address):
        assert ask(address, "/api/health") == {"status": "ok"}
        entered = ask(address, "/api/login", {"login": "ADMIN", "password": PASSWORD})
        assert isinstance(entered, dict)
        permissions = entered["me"]["permissions"]
        assert permissions["audit.view"] == permissions["invoice.issue"] == 4
        assert entered["me"]["branch"]["title"] == "Главный филиал"
        token = entered["token"]

        second = command("run", "--port", "0", "--data-dir", str(data_dir))
        assert second.returncode == Exit.DATA_DIR_IN_USE
        assert "уже работает другой сервер" in second.stderr
        _wait_for_seals(data_dir)
        beside = command("check", "--data-dir", str(data_dir))
        assert beside.returncode == 0, beside.stdout + beside.stderr

        log = stop(process)
    assert EmbeddedPostgres(data_dir).running() is None
    assert token not in log
    assert PASSWORD not in log
    assert "path=/api/login" in log
    assert "Traceback" not in log


def _wait_for_seals(data_dir: Path) -> None:
    """The worker beside the server seals what `create-admin` left in the journal."""
    deadline = time.monotonic() + 30
    with EmbeddedPostgres(data_dir) as postgres, psycopg.connect(postgres.url, autocommit=True) as connection:
        while connection.execute("SELECT count(*) FROM audit_seal").fetchone() == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_interrupt_from_the_keyboard_with_a_client_that_waits(database_url: str, tmp_path: Path) -> None:
    command("create-admin", "--login", "admin", url=database_url, data_dir=tmp_path, stdin=PASSWORD)
    with running(url=database_url, data_dir=tmp_path) as (process, address):
        entered = ask(address, "/api/login", {"login": "admin", "password": PASSWORD})
        assert isinstance(entered, dict)
        position = ask(address, "/api/changes", token=entered["token"])
        assert isinstance(position, dict)
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as waiting:
            waiting.sendall(f"GET /api/changes?after={position['position']} HTTP/1.1\r\nHost: x\r\n"
                            f"Authorization: Bearer {entered['token']}\r\n\r\n".encode())
            time.sleep(0.5)
            assert "Traceback" not in stop(process, signal.SIGINT)


def test_killed_child_is_replaced_and_killed_parent_leaves_nobody_behind(database_url: str, tmp_path: Path) -> None:
    with running(url=database_url, data_dir=tmp_path) as (process, address):
        for child in _http_processes(process):
            child.kill()
        deadline = time.monotonic() + 20
        while True:
            try:
                assert ask(address, "/api/health") == {"status": "ok"}
                break
            except OSError:
                assert time.monotonic() < deadline
                time.sleep(0.2)
        children = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        assert psutil.wait_procs(children, timeout=STOP_WITHIN_S)[1] == []


def _http_processes(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return [child for child in psutil.Process(process.pid).children() if "spawn_main" in " ".join(child.cmdline())]


# --- errors in words ---

def test_busy_port(database_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = command("run", "--port", port, url=database_url, data_dir=tmp_path)
    assert refused.returncode == Exit.PORT_BUSY
    assert f"не удаётся слушать 127.0.0.1:{port}" in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize("arguments", [("run", "--port", "0"), ("check",)])
def test_database_that_is_not_there(arguments: Sequence[str], tmp_path: Path) -> None:
    refused = command(*arguments, url="postgresql://okno:hidden-word@127.0.0.1:1/okno", data_dir=tmp_path)
    assert refused.returncode == Exit.NO_DATABASE, refused.stderr
    assert "база данных недоступна" in refused.stderr
    assert "hidden-word" not in refused.stderr
    assert "Traceback" not in refused.stderr


def test_database_of_another_kind_or_version(database_url: str, tmp_path: Path) -> None:
    other = command("check", url="mysql://okno:hidden-word@host/okno", data_dir=tmp_path)
    assert other.returncode == Exit.USAGE
    assert "hidden-word" not in other.stderr
    with psycopg.connect(database_url) as connection:
        connection.execute("ALTER TABLE document DROP COLUMN shipped")
    old = command("check", url=database_url, data_dir=tmp_path)
    assert old.returncode == Exit.NO_DATABASE
    assert "crm-server migrate" in old.stderr


def test_wrong_setting_names_itself(tmp_path: Path) -> None:
    refused = subprocess.run([sys.executable, "-m", "crm_server", "migrate"], capture_output=True, text=True,
                             env=environment() | {"CRM_WORKERS": "many"}, check=False, encoding="utf-8")
    assert refused.returncode == Exit.USAGE
    assert "CRM_WORKERS" in refused.stderr


@pytest.mark.parametrize(("login", "password", "words"), [
    ("admin", "короток", "Пароль короче 8 знаков"), ("admin", "", "пароль пуст"), ("ад мин", PASSWORD, "login"),
])
def test_administrator_that_cannot_be_made(database_url: str, tmp_path: Path, login: str, password: str,
                                           words: str) -> None:
    refused = command("create-admin", "--login", login, stdin=password, url=database_url, data_dir=tmp_path)
    assert refused.returncode in (Exit.FAILED, Exit.USAGE)
    assert words in refused.stderr
    assert "Traceback" not in refused.stderr
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM app_user").fetchone() == (0,)


def test_second_administrator_shares_branch_and_role(database_url: str, tmp_path: Path) -> None:
    for login in ("first", "second"):
        made = command("create-admin", "--login", login, stdin=PASSWORD, url=database_url, data_dir=tmp_path)
        assert made.returncode == 0, made.stderr
    again = command("create-admin", "--login", "First", stdin=PASSWORD, url=database_url, data_dir=tmp_path)
    assert again.returncode == Exit.FAILED
    assert "Такой логин уже занят" in again.stderr
    with psycopg.connect(database_url) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {t}").fetchone() for t in ("branch", "role", "app_user")]
    assert counts == [(1,), (1,), (2,)]


# --- check, openapi, backups ---

def test_check_names_the_damage(database_url: str, tmp_path: Path) -> None:
    with as_app(database_url) as sql:
        write_journal(sql)
        move_goods(sql)
    seal_all(database_url)
    clean = command("check", url=database_url, data_dir=tmp_path)
    assert clean.returncode == 0, clean.stdout + clean.stderr
    assert "Всё сходится" in clean.stdout
    with owner(database_url) as sql:
        sql.run("UPDATE audit_log SET person = 'Петров' WHERE id = 2")
        sql.run("UPDATE stock_balance SET on_hand = on_hand + 1")
    damaged = command("check", url=database_url, data_dir=tmp_path)
    assert damaged.returncode == Exit.FAILED
    first, second = damaged.stdout.splitlines()
    assert first.startswith("Остаток не равен сумме движений: К-7 Котёл, Основной склад")
    assert second.startswith("История изменена: audit_log 2 (")


def test_description_of_the_api() -> None:
    described = command("openapi")
    assert described.returncode == 0, described.stderr
    api = json.loads(described.stdout)
    assert api["components"]["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}
    assert "security" not in api["paths"]["/api/login"]["post"]
    assert api["paths"]["/api/me"]["get"]["security"] == [{"bearer": []}]
    assert {route.path for route in all_routes()} <= api["paths"].keys()


def test_backup_and_restore_into_an_empty_folder(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "okno.dump"
    with (scratch_data_dir("okno-crm-restored-") as other, EmbeddedPostgres(other, fast=True) as target,
          EmbeddedPostgres(data_dir, fast=True) as source):  # held open, so that no command has to start them
        empty = command("backup", str(file), "--data-dir", str(other))
        assert empty.returncode == Exit.FAILED
        assert "База пуста" in empty.stderr
        saved = command("backup", str(file), "--data-dir", str(data_dir))
        assert saved.returncode == 0, saved.stderr
        assert file.stat().st_mode & 0o077 == 0

        restored = command("restore", str(file), "--data-dir", str(other))
        assert restored.returncode == 0, restored.stderr
        assert _fingerprint(target.url) == _fingerprint(source.url)
        refused = command("restore", str(file), "--data-dir", str(other))
        assert refused.returncode == Exit.FAILED
        assert "--force" in refused.stderr
        with running("--data-dir", str(other)) as (process, address):
            assert ask(address, "/api/login", {"login": "admin", "password": PASSWORD})
            busy = command("restore", str(file), "--force", "--data-dir", str(other))
            assert busy.returncode == Exit.FAILED
            assert "остановите сервер" in busy.stderr
            stop(process)
        forced = command("restore", str(file), "--force", "--data-dir", str(other))
        assert forced.returncode == 0, forced.stderr
        assert list(other.glob("before-restore-*.dump"))
        assert _fingerprint(target.url) == _fingerprint(source.url)


def test_file_that_is_no_backup_leaves_the_data_alone(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "letter.dump"
    file.write_text("Здравствуйте!")
    with EmbeddedPostgres(data_dir, fast=True) as postgres:
        before = _fingerprint(postgres.url)
        refused = command("restore", str(file), "--force", "--data-dir", str(data_dir))
        assert refused.returncode == Exit.FAILED
        assert "не читается как резервная копия" in refused.stderr
        assert _fingerprint(postgres.url) == before
    assert list(data_dir.glob("*.dump")) == []


def _fingerprint(url: str) -> dict[Any, Any]:
    """Contents of every table, positions of sequences, rights, constraints, functions and triggers."""
    with psycopg.connect(url) as connection:
        tables = [name for (name,) in connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()]
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM audit_log WHERE entity = 'database'")  # what the commands themselves wrote
        rows = {name: connection.execute(sql.SQL(
            "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t").format(
            sql.Identifier(name))).fetchone() for name in tables}
        made: dict[str, LiteralString] = {
            "sequences": "SELECT sequencename, last_value FROM pg_sequences"
                         " WHERE sequencename <> 'audit_log_id_seq' ORDER BY 1",
            "rights": "SELECT relname, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                      " ORDER BY 1",
            "functions": "SELECT proname, md5(prosrc), prosecdef, proacl::text FROM pg_proc"
                         " WHERE pronamespace = 'public'::regnamespace ORDER BY 1, 2",
            "constraints": "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                           " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
            "triggers": "SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
                        " ORDER BY 1, 3",
        }
        found = rows | {what: connection.execute(query).fetchall() for what, query in made.items()}
        connection.rollback()
        return found
