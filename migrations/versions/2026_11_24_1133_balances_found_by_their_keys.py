"""balances found by their keys

Revision: 6cbb812857e0
Follows: 8c89b34d0201
"""

import sqlalchemy as sa
from alembic import op

from migrations.sql_files import run_sql

revision = '6cbb812857e0'
down_revision = '8c89b34d0201'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_reservation_line_id'), 'reservation', ['line_id'], unique=False)
    op.add_column('stock_balance', sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False))
    op.create_unique_constraint(op.f('uq_stock_balance_id'), 'stock_balance', ['id'])
    run_sql('stock_keep_balances.sql')


def downgrade() -> None:
    op.drop_constraint(op.f('uq_stock_balance_id'), 'stock_balance', type_='unique')
    op.drop_column('stock_balance', 'id')
    op.drop_index(op.f('ix_reservation_line_id'), table_name='reservation')
