"""turnover is planned apart

Revision: 7c1be9420d55
Follows: a38db0a7d97c
"""

from alembic import op

revision = '7c1be9420d55'
down_revision = 'a38db0a7d97c'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Inlined into a list its rows were guessed at a dozen, and each was looked up by itself; a year of a million moves
    # did not fit into the memory of a sort.
    op.execute("ALTER FUNCTION stock_turnover(date, date) ROWS 20000 SET search_path = public, pg_temp"
               " SET work_mem = '64MB'")


def downgrade() -> None:
    op.execute("ALTER FUNCTION stock_turnover(date, date) ROWS 1000 RESET ALL")
