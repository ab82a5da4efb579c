"""Backups with PostgreSQL's own programs: one file in its custom format, with everything that the database holds."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg.rows import DictRow, dict_row

from crm_server.access.sessions import authenticate
from crm_server.audit.sealing import head_file
from crm_server.db.migrate import migrate
from crm_server.db.pool import open_pool
from crm_server.db.programs import EmbeddedPostgresError, run_program, wheel_programs
from crm_server.kit.edge import Edge
from crm_server.kit.jobs import SERVER_ACTOR
from crm_server.kit.sql import Sql

TIMEOUT_S = 4 * 3600


class BackupError(RuntimeError):
    """A backup or a restoration that did not happen; the message is for the operator."""


def backup(url: str, file: Path) -> int:
    """Write the whole database to a file that did not exist, and return its size in bytes.

    The journal tells that it was taken out, in the copy as well.
    """
    if file.exists():
        raise BackupError(f"Файл {file} уже есть: укажите другое имя")
    if not has_data(url):
        raise BackupError("База пуста: сохранять нечего")
    _record(url, "export", file)
    unfinished = file.with_name(file.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    address, environment = _without_password(url)
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # it holds personal data
        done = run_program(_program("pg_dump"), "--format=custom", "--no-owner", f"--file={unfinished.absolute()}",
                           f"--dbname={address}", user=None, environment=environment, timeout_s=TIMEOUT_S)
        if done.returncode != 0:
            raise BackupError(f"pg_dump: {done.stdout.strip()}")
        unfinished.rename(file)
    except OSError as error:
        raise BackupError(f"Не записать {error.filename}: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return file.stat().st_size


def replace(url: str, file: Path, data_dir: Path, *, force: bool) -> Path | None:
    """Restore, but never over somebody's work unasked; returns where the replaced data were saved, if any were.

    Refuses while other programs of ours are connected, and a database with data without `force`.
    """
    others = other_sessions(url)
    if others:
        raise BackupError(f"С базой работают {', '.join(others)}: остановите сервер и повторите")
    listed = run_program(_program("pg_restore"), "--list", file.absolute(), user=None)
    if listed.returncode != 0:
        raise BackupError(f"{file} не читается как резервная копия: {listed.stdout.strip()}")
    kept = None
    if has_data(url):
        if not force:
            raise BackupError("В базе уже есть данные: укажите --force, чтобы заменить их (они будут сохранены рядом)")
        kept = data_dir / f"before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}.dump"
        data_dir.mkdir(parents=True, exist_ok=True)
        backup(url, kept)
    _restore(url, file)
    _record(url, "import", file)
    _set_head_aside(url, data_dir)
    return kept


def _restore(url: str, file: Path) -> None:
    """Replace the contents of the database by those of a backup, then bring it to this program's schema."""
    migrate(url)  # makes the application role that the rights in the copy name
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")
        with connection.transaction():
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public AUTHORIZATION pg_database_owner")
            connection.execute("GRANT USAGE ON SCHEMA public TO PUBLIC")
    address, environment = _without_password(url)
    done = run_program(_program("pg_restore"), "--no-owner", "--single-transaction", "--exit-on-error",
                       f"--dbname={address}", file.absolute(), user=None, environment=environment, timeout_s=TIMEOUT_S)
    if done.returncode != 0:
        raise BackupError(f"pg_restore: {done.stdout.strip()}")
    migrate(url)


def _set_head_aside(url: str, data_dir: Path) -> None:
    """The chain of the restored journal ends elsewhere; what was noted stays beside for whoever asks."""
    with psycopg.Connection[DictRow].connect(url, row_factory=dict_row) as connection:
        noted = head_file(Sql(connection), data_dir)
    if noted.exists():
        noted.replace(noted.with_name(f"{noted.name}.before-restore-{datetime.now(UTC):%Y%m%d-%H%M%S}"))


def has_data(url: str) -> bool:
    """Whether anybody works in this database yet."""
    with psycopg.connect(url) as connection:
        table = connection.execute("SELECT to_regclass('public.app_user') IS NOT NULL").fetchone()
        if table != (True,):
            return False
        return connection.execute("SELECT EXISTS (SELECT FROM audit_log) OR EXISTS (SELECT FROM app_user)"
                                  " OR EXISTS (SELECT FROM party)").fetchone() == (True,)


def other_sessions(url: str) -> list[str]:
    """Programs of ours that are connected to the database now."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND application_name LIKE 'crm-%'").fetchall()
    return [name for (name,) in rows]


def _record(url: str, action: str, file: Path) -> None:
    with (open_pool(url, size=1, wait_s=30) as pool,
          Edge(pool, authenticate).committed(SERVER_ACTOR, "crm-server") as ctx):
        ctx.audit(action, "database", None, "Резервная копия базы", after={"file": file.name})


def _program(name: str) -> Path:
    """The embedded PostgreSQL's program, or the one on PATH."""
    suffix = ".exe" if os.name == "nt" else ""
    try:
        program = wheel_programs() / (name + suffix)
    except EmbeddedPostgresError:
        program = Path()
    if program.is_file():
        return program
    found = shutil.which(name)
    if found is None:
        raise BackupError(f"Нет программы {name}: установите клиентские программы PostgreSQL")
    return Path(found)


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """The address that may be seen among the arguments of a process, and the environment with the password."""
    parts = urlsplit(url)
    user, _, rest = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    bare = urlunsplit(parts._replace(netloc=f"{quote(unquote(name))}@{rest}" if user else rest))
    return bare, {"PGPASSWORD": unquote(password)} if password else {}
