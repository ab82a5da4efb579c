"""The test base: one PostgreSQL for the whole run, one migrated template, a fresh copy of it for each test.

The PostgreSQL is the embedded one in a temporary folder, or the one that CRM_DATABASE_URL names (its user must be
allowed to create databases).
"""

import contextlib
import hashlib
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).parents[1]
CLUSTER_FOLDER = "CRM_TEST_CLUSTER_DIR"  # how the controller of pytest-xdist tells its workers
TEMPLATE_LOCK = 0x6F6B6E70
SWEEP_AFTER_S = 3 * 3600

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The clocks of the clients agree with the company's calendar (CRM_TIMEZONE): a paper of today is of today for both.
os.environ["TZ"] = "Europe/Moscow"
if hasattr(time, "tzset"):
    time.tzset()


def pytest_configure(config: pytest.Config) -> None:
    if CLUSTER_FOLDER not in os.environ:
        parent = _memory_folder()
        _sweep(parent or Path(tempfile.gettempdir()))
        os.environ[CLUSTER_FOLDER] = tempfile.mkdtemp(prefix="okno-crm-tests-", dir=parent)
        config.add_cleanup(_remove_cluster_folder)


def _sweep(parent: Path) -> None:
    """Remove what killed runs of long ago left; their guardian has stopped the PostgreSQL."""
    for folder in parent.glob("okno-crm-tests-*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > SWEEP_AFTER_S:
                shutil.rmtree(folder, ignore_errors=True)


def _memory_folder() -> Path | None:
    """A file system in memory, where copying a database takes 20 ms instead of 120; None: the usual place."""
    folder = Path("/dev/shm")
    if not folder.is_dir() or not os.access(folder, os.W_OK) or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return None
    return folder if shutil.disk_usage(folder).free > 2 * 2**30 else None


def _remove_cluster_folder() -> None:
    shutil.rmtree(os.environ.pop(CLUSTER_FOLDER), ignore_errors=True)


def with_database(url: str, name: str) -> str:
    """The same server and user, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
def cluster_url() -> Iterator[str]:
    """Address of the test PostgreSQL; the workers of one run share it, the last one stops it."""
    if url := os.environ.get("CRM_DATABASE_URL"):
        yield url
        return
    from crm_server.db.embedded import EmbeddedPostgres

    with EmbeddedPostgres(Path(os.environ[CLUSTER_FOLDER]), fast=True) as postgres:
        yield postgres.url


@pytest.fixture(scope="session")
def cluster(cluster_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A session that makes and drops databases."""
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def template_database(cluster: psycopg.Connection[tuple[object, ...]], cluster_url: str) -> str:
    """Name of a migrated database that nobody connects to; made once per state of the migrations."""
    from crm_server.db.migrate import migrate

    name = f"okno_template_{_schema_digest()}"
    cluster.execute("SELECT pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
    try:
        if cluster.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            unfinished = f"{name}_unfinished"
            cluster.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(unfinished)))
            cluster.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(unfinished)))
            migrate(with_database(cluster_url, unfinished))
            cluster.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(unfinished)))
            cluster.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
            )
    finally:
        cluster.execute("SELECT pg_advisory_unlock(%s)", (TEMPLATE_LOCK,))
    return name


@pytest.fixture
def database_url(
    cluster: psycopg.Connection[tuple[object, ...]], cluster_url: str, template_database: str
) -> Iterator[str]:
    """Address of an empty migrated database that belongs to this test alone."""
    with new_database(cluster, cluster_url, template_database) as url:
        yield url


@pytest.fixture
def second_database_url(
    cluster: psycopg.Connection[tuple[object, ...]], cluster_url: str, template_database: str
) -> Iterator[str]:
    """Another one beside it."""
    with new_database(cluster, cluster_url, template_database) as url:
        yield url


@contextlib.contextmanager
def new_database(cluster: psycopg.Connection[tuple[object, ...]], cluster_url: str, template: str) -> Iterator[str]:
    """Address of a copy of the database `template`, dropped at the end of the block."""
    name = sql.Identifier(f"okno_test_{secrets.token_hex(6)}")
    cluster.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(name, sql.Identifier(template))
    )
    yield with_database(cluster_url, name.as_string().strip('"'))
    cluster.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _schema_digest() -> str:
    """Changes whenever a migration, its SQL or the code that applies them changes."""
    digest = hashlib.sha256()
    migrations = (path for path in (ROOT / "migrations").rglob("*") if path.suffix in (".py", ".sql"))
    for path in sorted([*migrations, ROOT / "crm_server" / "db" / "migrate.py"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
