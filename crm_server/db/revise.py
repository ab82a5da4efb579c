"""Writes the next migration by comparing the declared tables with a fresh database.

`python -m crm_server.db.revise "add party site"`; see migrations/README.md.
"""

import re
import sys

from alembic import command

from crm_server.db.embedded import EmbeddedPostgres, scratch_data_dir
from crm_server.db.migrate import alembic_config, migrate, owner_engine


def revise(message: str) -> None:
    """Create migrations/versions/<time>_<slug>.py, to be read and completed by hand."""
    if not re.fullmatch(r"[a-z0-9 _-]+", message):
        raise ValueError("name the revision in lower-case English: it becomes a file name")
    with scratch_data_dir() as folder, EmbeddedPostgres(folder, fast=True) as database:
        migrate(database.url)
        engine = owner_engine(database.url)
        with engine.connect() as connection:
            command.revision(alembic_config(connection), message=message, autogenerate=True)
        engine.dispose()


if __name__ == "__main__":
    revise(" ".join(sys.argv[1:]))
