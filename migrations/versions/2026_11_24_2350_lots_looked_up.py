"""lots looked up

Revision: 5b0e7d41c9a2
Follows: 7c1be9420d55
"""

from migrations.sql_files import run_sql

revision = '5b0e7d41c9a2'
down_revision = '7c1be9420d55'
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql('lots_looked_up.sql')


def downgrade() -> None:
    pass  # the same rule, only read otherwise
