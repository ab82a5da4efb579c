"""Our own PostgreSQL in the data folder: made once, started with the server, stopped when nobody uses it.

Several processes may use one data folder at a time (the server, its workers, a command typed beside it). Each holds a
shared lock on `postgres.users.lock`; the last one to leave stops the database. When all of them are killed, the
guardian process (`guardian.py`) is the one that notices and stops it.
"""

import hashlib
import os
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psutil

from crm_server.db.cluster_settings import FAST_SETTINGS, OFFICE_SETTINGS
from crm_server.db.file_lock import FileLock
from crm_server.db.programs import (
    EmbeddedPostgresError,
    programs_for,
    run_program,
    unprivileged_user,
    wheel_version,
)

OWNER = "okno"
DATABASE = "okno"
START_TIMEOUT_S = 300  # recovery after a power cut may replay a lot of WAL
STOP_TIMEOUT_S = 60
SOCKET_PATH_LIMIT = 100  # sun_path holds 104 to 108 bytes, by system


@dataclass(frozen=True)
class Postmaster:
    """What postmaster.pid says about a live server."""

    pid: int
    port: int
    socket_folder: str
    ready: bool


class EmbeddedPostgres:
    """One user of the PostgreSQL in `data_dir`; `start` makes, starts or joins it, `stop` leaves it."""

    def __init__(self, data_dir: Path, *, fast: bool = False, guarded: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self.cluster = self.data_dir / "postgres"
        self.fast = fast
        self.guarded = guarded
        self._users = FileLock(self.data_dir / "postgres.users.lock")
        self._url = ""

    # --- public ---

    @property
    def url(self) -> str:
        """Address of the database, with its password. Raises when not started."""
        if not self._url:
            raise EmbeddedPostgresError("the embedded database is not started")
        return self._url

    @property
    def programs(self) -> Path:
        """The folder of pg_dump, pg_restore and the others, runnable by the user that owns the cluster."""
        return programs_for(unprivileged_user(self.cluster), self.data_dir)

    def start(self) -> str:
        """Make the cluster if there is none, start it if it does not run, and return its address."""
        if self._users.held:
            return self.url
        try:
            self._join()
        except BaseException as error:
            self._users.release()
            if isinstance(error, TimeoutError):
                raise EmbeddedPostgresError(f"another process starts or stops the database: {error}") from error
            if isinstance(error, PermissionError):
                raise EmbeddedPostgresError(f"{error.filename} belongs to another user: run as its owner") from error
            raise
        return self._url

    def _join(self) -> None:
        self._prepare_folder()
        # Waits while the last user of a moment ago is stopping the server.
        self._users.acquire(shared=True, timeout_s=STOP_TIMEOUT_S + 10)
        with FileLock(self.data_dir / "postgres.start.lock").exclusive(timeout_s=START_TIMEOUT_S):
            self._ensure_cluster()
            server = self._ensure_running()
            self._url = self._address(server)
            self._ensure_database()
            if self.guarded:
                self._ensure_guardian()

    def stop(self) -> None:
        """Leave the database; the last user stops it (fast: open transactions are rolled back)."""
        if not self._users.held:
            return
        self._users.release()
        self._url = ""
        lock = FileLock(self._users.path)
        while not lock.try_acquire():
            if lock.try_acquire(shared=True):  # others still use it
                lock.release()
                return
            time.sleep(0.05)  # the guardian was faster and is stopping it
        try:
            self.shut_down()
        finally:
            lock.release()

    def revive(self) -> None:
        """Start a database that ended by itself; its address stays."""
        with FileLock(self.data_dir / "postgres.start.lock").exclusive(timeout_s=START_TIMEOUT_S):
            if self.running() is None:
                self._launch()

    def shut_down(self) -> None:
        """Stop the server now, whoever uses it. Only for the holder of the exclusive users' lock."""
        server = self.running()
        if server is None:
            return
        done = self._pg_ctl("stop", "-m", "fast", "-w", "-t", str(STOP_TIMEOUT_S), timeout_s=STOP_TIMEOUT_S + 10)
        if done.returncode != 0 and self.running() is not None:
            raise EmbeddedPostgresError(f"PostgreSQL did not stop: {done.stdout.strip()}")

    def running(self) -> Postmaster | None:
        """The live server of this cluster, by its pid file, or None."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
            pid, port, folder = int(lines[0]), int(lines[3]), lines[4]
        except (FileNotFoundError, IndexError, ValueError):
            return None
        if not _is_postgres(pid):
            return None
        return Postmaster(pid, port, folder, ready=len(lines) > 7 and lines[7].strip() == "ready")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    # --- folder and cluster ---

    def _prepare_folder(self) -> None:
        if not self.data_dir.exists():
            self.data_dir.mkdir(parents=True, mode=0o700)
        user = unprivileged_user(self.cluster)
        if user is None:
            return
        if self.data_dir.stat().st_uid == 0:
            self.data_dir.chmod(0o711)  # may be passed through, not listed
        if not user.can_enter(self.data_dir):
            raise EmbeddedPostgresError(
                f"PostgreSQL runs as the user {user.name}, who cannot enter {self.data_dir}: "
                "choose a data folder outside private home folders, such as /var/lib/okno-crm"
            )

    def _ensure_cluster(self) -> None:
        version_file = self.cluster / "PG_VERSION"
        if version_file.exists():
            found, wanted = version_file.read_text().strip(), wheel_version().split(".")[0]
            if found != wanted:
                raise EmbeddedPostgresError(
                    f"{self.cluster} was made by PostgreSQL {found}, this program brings {wanted}: "
                    "make a backup with the old version of the program and restore it with this one"
                )
            return
        user = unprivileged_user(self.cluster)
        unfinished = self.data_dir / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if user is not None:
            os.chown(unfinished, user.uid, user.gid)
        password = secrets.token_urlsafe(24)
        self._write_private(self._password_file, password)
        self._initdb(unfinished, password)
        unfinished.rename(self.cluster)  # a cluster that carries its name is always complete

    def _initdb(self, cluster: Path, password: str) -> None:
        user = unprivileged_user(cluster)
        descriptor, name = tempfile.mkstemp(prefix="okno-initdb-")
        password_file = Path(name)
        try:
            os.write(descriptor, password.encode())
            os.close(descriptor)
            if user is not None:
                os.chown(password_file, user.uid, user.gid)
            done = run_program(
                programs_for(user, self.data_dir) / "initdb",
                *("-D", cluster, "-U", OWNER, "--pwfile", password_file, "--auth=scram-sha-256"),
                *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(("--no-sync",) if self.fast else ()),
                user=user,
            )
        finally:
            password_file.unlink()
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"initdb failed: {done.stdout.strip()}")
        with (cluster / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write("\ninclude_if_exists 'okno.conf'  # rewritten at every start\n")

    @property
    def _password_file(self) -> Path:
        return self.data_dir / "postgres.password"

    def _write_private(self, path: Path, text: str) -> None:
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        if os.name == "posix" and os.geteuid() == 0:
            owner = self.data_dir.stat()
            os.chown(path, owner.st_uid, owner.st_gid)

    # --- start ---

    def _ensure_running(self) -> Postmaster:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            server = self.running()
            if server is None:
                self._start_server()
            elif server.ready:
                return server
            time.sleep(0.01)
        raise EmbeddedPostgresError(f"PostgreSQL in {self.cluster} is not ready after {START_TIMEOUT_S} s")

    def _start_server(self) -> None:
        self._write_settings()
        self._launch()

    def _launch(self) -> None:
        self._clear_after_crash()
        options = ("-w", "-t", str(START_TIMEOUT_S), "-l", str(self.cluster / "start.log"))
        done = self._pg_ctl("start", *options, timeout_s=START_TIMEOUT_S + 10)
        if done.returncode != 0:
            raise EmbeddedPostgresError(f"PostgreSQL did not start: {done.stdout.strip()}\n{self._last_log_lines()}")

    def _last_log_lines(self) -> str:
        logs = [*self.cluster.glob("start.log"), *self.cluster.glob("log/*.log")]
        tails = (path.read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
                 for path in sorted(logs, key=lambda path: path.stat().st_mtime))
        return "\n".join(line for tail in tails for line in tail)

    def _write_settings(self) -> None:
        settings = dict(FAST_SETTINGS if self.fast else OFFICE_SETTINGS)
        if os.name == "posix":
            settings |= {
                "listen_addresses": "",
                "port": "5432",
                "unix_socket_directories": str(self._socket_folder()),
                "unix_socket_permissions": "0700",
            }
        else:
            settings |= {"listen_addresses": "127.0.0.1", "port": str(_free_port())}
        path = self.cluster / "okno.conf"
        path.write_text("".join(f"{name} = '{value}'\n" for name, value in settings.items()), encoding="utf-8")
        path.chmod(0o644)  # inside a 0700 folder; read by the user that runs PostgreSQL

    def _socket_folder(self) -> Path:
        """A folder that only the database's user and root can enter, with a path short enough for a socket."""
        folder = self.data_dir / "postgres-socket"
        if len(os.fsencode(folder / ".s.PGSQL.5432")) > SOCKET_PATH_LIMIT:
            digest = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:16]
            folder = Path("/tmp") / f"okno-crm-{digest}"  # its owner and mode are checked below
        user = unprivileged_user(self.cluster)
        owner = os.geteuid() if user is None else user.uid
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if user is not None:
                os.chown(folder, user.uid, user.gid)
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != owner or status.st_mode & 0o077:
            raise EmbeddedPostgresError(f"{folder} is not a private folder of the database's user: remove it")
        return folder

    def _clear_after_crash(self) -> None:
        """Make way for a new server when a killed one left its lock files behind. Nothing runs here any more."""
        if not (self.cluster / "postmaster.pid").exists():
            return
        # The children of a killed postmaster end by themselves in a moment; until then PostgreSQL refuses to start.
        deadline = time.monotonic() + 30
        while self._has_orphans():
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"processes of a killed PostgreSQL still run in {self.cluster}: end them")
            time.sleep(0.1)
        # PostgreSQL would believe the files when their number belongs to a zombie or, after a reboot or in a
        # restarted container, to another program.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        if os.name == "posix":
            for lock in self._socket_folder().glob(".s.PGSQL.*"):
                lock.unlink()

    def _has_orphans(self) -> bool:
        cluster = os.path.realpath(self.cluster)
        for process in psutil.process_iter(["name", "cwd"]):
            name, folder = process.info["name"], process.info["cwd"]
            if name and name.lower().startswith("postgres") and folder == cluster:
                return True
        return False

    def _pg_ctl(self, action: str, *arguments: str, timeout_s: float) -> subprocess.CompletedProcess[str]:
        user = unprivileged_user(self.cluster)
        program = programs_for(user, self.data_dir) / "pg_ctl"
        return run_program(program, action, "-D", self.cluster, *arguments, user=user, timeout_s=timeout_s)

    # --- joining ---

    def _address(self, server: Postmaster) -> str:
        password = quote(self._password_file.read_text(encoding="utf-8").strip())
        if os.name == "posix":
            return f"postgresql://{OWNER}:{password}@/{DATABASE}?host={quote(server.socket_folder)}&port={server.port}"
        return f"postgresql://{OWNER}:{password}@127.0.0.1:{server.port}/{DATABASE}"

    def _ensure_database(self) -> None:
        import psycopg

        with psycopg.connect(self.url, dbname="postgres", autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")  # a constant

    def _ensure_guardian(self) -> None:
        if getattr(sys, "frozen", False):
            return  # a packed program has no interpreter to run it; the next start joins the database instead
        lock = FileLock(self.data_dir / "postgres.guardian.lock")
        if not lock.try_acquire():
            return
        lock.release()
        import crm_server

        options: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
        subprocess.Popen(
            [sys.executable, "-m", "crm_server.db.guardian", self.data_dir],
            cwd=Path(crm_server.__path__[0]).parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **options,
        )


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.name().lower().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def scratch_data_dir(prefix: str = "okno-crm-") -> Iterator[Path]:
    """A temporary data folder that the database's user can enter, removed at the end (demo, tests, benchmarks)."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
