"""Brings a database to the schema of this program: extension, application role, job queue, Alembic, rights.

Runs as the owner of the database, never as the application role. Several servers may start at once: a session lock
lets one of them migrate while the others wait and then find nothing to do.
"""

import importlib.metadata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import structlog
from alembic import command
from alembic.config import Config
from psycopg import errors, sql
from sqlalchemy import Connection, Engine, NullPool, create_engine

from crm_server.db.pool import APP_ROLE

log = structlog.get_logger(__name__)

MIGRATION_LOCK = 0x6F6B6E6F  # "okno", the key of the advisory lock
OTHERS_TIMEOUT_S = 600  # how long we wait for another server that migrates
DDL_LOCK_TIMEOUT = "15s"  # a table in use makes the migration fail rather than everybody behind it wait

#: What we add to procrastinate's tables (crm_server/kit/jobs.py, job_runner.py).
JOB_QUEUE_ADDITIONS = """
-- How often a worker died while running a job.
CREATE TABLE IF NOT EXISTS job_rescue (
    job_id bigint PRIMARY KEY, times integer NOT NULL, at timestamptz NOT NULL DEFAULT now()
);
-- Unique among waiting jobs: a job that has begun gives its place away. Else it could not wait again after a failure
-- while a twin waits, and would stay 'doing' for ever.
CREATE OR REPLACE FUNCTION job_gives_up_its_unique_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.queueing_lock := NULL;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER job_gives_up_its_unique_place BEFORE UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW WHEN (NEW.status = 'doing') EXECUTE FUNCTION job_gives_up_its_unique_place();
-- A NOTIFY inside a business transaction makes all commits of the cluster queue up; our workers poll instead.
ALTER TABLE procrastinate_jobs DISABLE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1;
"""

#: Tables the server may only add rows to.
APPEND_ONLY = ("audit_log", "audit_seal", "stock_move", "document_revision", "stocktaking_count", "reservation_move")
#: Tables the server may only read; triggers that run as the owner keep them.
READ_ONLY = ("stock_balance", "lot_balance", "bin_balance", "stock_period_lock", "stock_period", "stock_snapshot",
             "stock_mark_day", "stock_mark", "custody_item", "custody_use", "alembic_version")


def owner_engine(url: str) -> Engine:
    """An SQLAlchemy engine for schema work, with the rights that the address itself has."""
    scheme, rest = url.split("://", 1)
    if scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError(f"CRM_DATABASE_URL must begin with postgresql://, not {scheme}://")
    return create_engine(
        f"postgresql+psycopg://{rest}",
        poolclass=NullPool,
        connect_args={"application_name": "crm-migrate", "options": "-c timezone=UTC"},
    )


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings; the scripts travel with the package, so no alembic.ini is needed."""
    import migrations

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__path__[0])))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s")
    config.set_main_option("timezone", "UTC")
    config.attributes["connection"] = connection
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Upgrade the database to `revision` and set the rights of the application role. Safe to run at any time."""
    engine = owner_engine(url)
    try:
        with engine.connect() as connection, _migration_lock(connection):
            raw = _psycopg(connection)
            raw.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            has_role = _ensure_app_role(raw)
            _apply_job_queue_schema(raw)
            raw.commit()
            raw.execute(sql.SQL("SET lock_timeout = {}").format(DDL_LOCK_TIMEOUT))
            raw.commit()
            command.upgrade(alembic_config(connection), revision)
            if has_role:
                _grant(raw)
            raw.commit()
    finally:
        engine.dispose()


def _psycopg(connection: Connection) -> psycopg.Connection[tuple[object, ...]]:
    """The driver's own connection, inside the same transaction."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


@contextmanager
def _migration_lock(connection: Connection) -> Iterator[None]:
    raw = _psycopg(connection)
    raw.execute(sql.SQL("SET lock_timeout = {}").format(f"{OTHERS_TIMEOUT_S}s"))
    raw.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
    raw.commit()
    # Released with the session, which NullPool closes: an explicit unlock would fail after a broken transaction.
    yield


def _ensure_app_role(raw: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Create the role the server works as, shared by all databases of the cluster. False if we may not."""
    role = sql.Identifier(APP_ROLE)
    if raw.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APP_ROLE,)).fetchone() is None:
        try:
            with raw.transaction():
                raw.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
        except (errors.DuplicateObject, errors.UniqueViolation):
            log.info("another database of this cluster made the application role at the same moment")
        except errors.InsufficientPrivilege:
            log.warning("the application role cannot be created; ask the database administrator", role=APP_ROLE)
            return False
    member = raw.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", (APP_ROLE,)).fetchone()
    if member != (True,):
        with raw.transaction():
            raw.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
    return True


def _apply_job_queue_schema(raw: psycopg.Connection[tuple[object, ...]]) -> None:
    """Install procrastinate's tables, or run its own migrations that came since.

    The comment of its main table remembers the last migration file that was applied.
    """
    from procrastinate.schema import SchemaManager, migrations_path

    names = sorted(path.name for path in migrations_path.glob("*.sql"))
    row = raw.execute("SELECT to_regclass('procrastinate_jobs'), obj_description(to_regclass('procrastinate_jobs'))")
    table, applied = row.fetchone() or (None, None)
    if table is None:
        raw.execute(SchemaManager.get_schema())
    elif applied == names[-1]:
        return
    else:
        for name in names:
            if name > str(applied):
                raw.execute((migrations_path / name).read_bytes())
    raw.execute(JOB_QUEUE_ADDITIONS)
    raw.execute(sql.SQL("COMMENT ON TABLE procrastinate_jobs IS {}").format(names[-1]))
    log.info("job queue schema", procrastinate=importlib.metadata.version("procrastinate"), migration=names[-1])


def _grant(raw: psycopg.Connection[tuple[object, ...]]) -> None:
    """Everything to the application role except what history and balances must be safe from."""
    role = sql.Identifier(APP_ROLE)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    ):
        raw.execute(sql.SQL(statement).format(role))
    found = raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = {str(name) for (name,) in found.fetchall()}
    for table in tables.intersection(APPEND_ONLY):
        raw.execute(sql.SQL("REVOKE UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), role))
    for table in tables.intersection(READ_ONLY):
        raw.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}").format(sql.Identifier(table), role))
