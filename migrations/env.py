"""Alembic's entry point; always called by crm_server.db, which gives it a connection."""

from collections.abc import MutableMapping
from typing import Any

from alembic import context

import crm_server.models  # noqa: F401 - declares the tables of all domains
from crm_server.db.schema import metadata


def include_name(name: str | None, kind: str, parents: MutableMapping[str, Any]) -> bool:
    """The job queue brings its own schema (crm_server/db/migrate.py)."""
    return kind != "table" or not (name or "").startswith(("procrastinate_", "job_rescue"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=include_name,
    compare_server_default=False,  # PostgreSQL prints defaults in its own words
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
