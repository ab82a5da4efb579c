"""first number of a series

Revision: 8c89b34d0201
Follows: a634e8daa991
"""

from migrations.sql_files import run_sql

revision = '8c89b34d0201'
down_revision = 'a634e8daa991'
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("draw_number.sql")


def downgrade() -> None:
    pass  # the function does the same
