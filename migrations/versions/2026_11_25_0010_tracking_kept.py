"""tracking kept

Revision: c83f1d6e0b57
Follows: 5b0e7d41c9a2
"""

from migrations.sql_files import run_sql

revision = 'c83f1d6e0b57'
down_revision = '5b0e7d41c9a2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql('tracking_kept.sql')


def downgrade() -> None:
    pass  # the same rule, without waiting
