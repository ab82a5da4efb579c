"""The embedded PostgreSQL: made, shared, killed, recovered, stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psutil
import psycopg
import pytest

from crm_server.db.embedded import EmbeddedPostgres, scratch_data_dir
from crm_server.db.programs import EmbeddedPostgresError, unprivileged_user
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with scratch_data_dir("okno-crm-embedded-") as folder:
        yield folder


def query(url: str, statement: LiteralString) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_is_made_private_and_kept_between_starts(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir) as postgres:
        first_url = postgres.url
        query(first_url, "CREATE TABLE kept AS SELECT 'Ёлка' AS word")
        assert query(first_url, "SELECT lower(word) FROM kept") == "ёлка"
        assert query(first_url, "SHOW fsync") == "on"
        assert query(first_url, "SHOW timezone") == "UTC"
        assert query(first_url, "SHOW listen_addresses") == ""
        assert (data_dir / "postgres.password").stat().st_mode & 0o077 == 0
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(first_url, password="guess")
    assert postgres.running() is None
    with EmbeddedPostgres(data_dir) as again:
        assert again.url == first_url
        assert query(again.url, "SELECT word FROM kept") == "Ёлка"


def test_programs_never_run_as_root(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, fast=True) as postgres:
        server = postgres.running()
        assert server is not None
        assert psutil.Process(server.pid).uids().effective != 0


def test_second_user_joins_and_the_last_one_stops(data_dir: Path) -> None:
    first = EmbeddedPostgres(data_dir, fast=True)
    second = EmbeddedPostgres(data_dir, fast=True)
    first.start()
    assert second.start() == first.url
    first.stop()
    assert query(second.url, "SELECT 1") == 1
    second.stop()
    assert second.running() is None


def test_killed_postgres_recovers_what_was_committed(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.start()
    query(postgres.url, "CREATE TABLE sale AS SELECT 1 AS id")
    server = postgres.running()
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)
    wait_for(lambda: postgres.running() is None)
    with EmbeddedPostgres(data_dir) as restarted:  # its postmaster.pid is still there
        assert query(restarted.url, "SELECT count(*) FROM sale") == 1
    postgres.stop()


def test_pid_file_with_the_number_of_another_program_is_no_obstacle(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir, fast=True)
    postgres.start()
    server = postgres.running()
    assert server is not None
    pid_file = postgres.cluster / "postmaster.pid"
    text = pid_file.read_text()
    postgres.stop()
    pid_file.write_text(text.replace(str(server.pid), str(os.getppid()), 1))
    assert postgres.running() is None
    with postgres:
        assert query(postgres.url, "SELECT 1") == 1


def test_kill_of_the_only_user_stops_the_database(data_dir: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from crm_server.db.embedded import EmbeddedPostgres;"
        "print(EmbeddedPostgres(Path(sys.argv[1]), fast=True).start(), flush=True); time.sleep(600)"
    )
    user = subprocess.Popen([sys.executable, "-c", program, str(data_dir)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert user.stdout is not None
    url = user.stdout.readline().strip()
    query(url, "CREATE TABLE kept AS SELECT 1 AS id")
    user.kill()
    user.wait()
    user.stdout.close()
    watcher = EmbeddedPostgres(data_dir)
    wait_for(lambda: watcher.running() is None)
    with EmbeddedPostgres(data_dir, fast=True) as again:
        assert query(again.url, "SELECT count(*) FROM kept") == 1


def test_other_major_version_is_refused_with_advice(data_dir: Path) -> None:
    postgres = EmbeddedPostgres(data_dir)
    postgres.cluster.mkdir()
    (postgres.cluster / "PG_VERSION").write_text("14\n")
    user = unprivileged_user(data_dir / "absent")
    if user is not None:
        os.chown(postgres.cluster, user.uid, user.gid)
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 14"):
        postgres.start()


def test_long_path_gets_a_short_socket_folder(data_dir: Path) -> None:
    deep = data_dir / ("очень длинное имя папки " * 3).strip()
    deep.mkdir()
    data_dir.chmod(0o711)
    with EmbeddedPostgres(deep, fast=True) as postgres:
        assert query(postgres.url, "SELECT 1") == 1
        server = postgres.running()
        assert server is not None
        folder = Path(server.socket_folder)
        assert folder.parent == Path("/tmp")
        assert folder.stat().st_mode & 0o077 == 0
    folder.rmdir()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="root only")
def test_closed_home_is_refused_with_advice_and_closed_programs_are_copied(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data_dir.chmod(0o711)
    closed = data_dir / "home"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedPostgresError, match="choose a data folder"):
        EmbeddedPostgres(closed / "data").start()
    monkeypatch.setattr("crm_server.db.programs.SystemUser.can_run", lambda *_: False)
    with EmbeddedPostgres(data_dir / "open", fast=True) as postgres:
        assert postgres.programs.is_relative_to(data_dir)
        assert query(postgres.url, "SELECT 1") == 1
