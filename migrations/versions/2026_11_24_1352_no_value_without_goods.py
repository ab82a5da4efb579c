"""no value without goods

Revision: 5d27c1e94a30
Follows: c30f01763f6f
"""

from alembic import op

revision = '5d27c1e94a30'
down_revision = 'c30f01763f6f'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not for the rows that an older server left: `crm-server check` names them, and the next receipt puts them right.
    op.execute("ALTER TABLE stock_balance ADD CONSTRAINT ck_stock_balance_value"
               " CHECK (value >= 0 AND (on_hand > 0 OR value = 0)) NOT VALID")


def downgrade() -> None:
    op.drop_constraint('ck_stock_balance_value', 'stock_balance')
