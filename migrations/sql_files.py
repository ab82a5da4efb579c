"""Runs the hand-written SQL of `migrations/sql/`: functions, triggers, indexes that SQLAlchemy cannot describe."""

from pathlib import Path

from alembic import op

FOLDER = Path(__file__).parent / "sql"


def run_sql(name: str) -> None:
    """Execute `migrations/sql/<name>` as it stands: several statements, `%` and `:` mean nothing special."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    op.get_bind().execution_options(no_parameters=True).exec_driver_sql(text)
