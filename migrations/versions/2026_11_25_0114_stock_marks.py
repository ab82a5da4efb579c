"""stock marks

Revision: fe81f62483c4
Follows: 0c05ecb94570
"""

import sqlalchemy as sa
from alembic import op

from migrations.sql_files import run_sql

revision = 'fe81f62483c4'
down_revision = '0c05ecb94570'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stock_mark_day',
        sa.Column('day', sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint('day', name=op.f('pk_stock_mark_day')))
    op.create_table('stock_mark',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('place_id', sa.BigInteger(), nullable=False),
        sa.Column('product_id', sa.BigInteger(), nullable=False),
        sa.Column('came', sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column('came_value', sa.Numeric(precision=15, scale=2), nullable=False),
        sa.Column('went', sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column('went_value', sa.Numeric(precision=15, scale=2), nullable=False),
        sa.Column('issued', sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column('first_in', sa.Date(), nullable=True),
        sa.Column('last_issue', sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(['day'], ['stock_mark_day.day'], name=op.f('fk_stock_mark_day'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('day', 'place_id', 'product_id', name=op.f('pk_stock_mark')))
    op.create_index('ix_stock_move_at', 'stock_move', ['at', 'id'], unique=False)
    run_sql('stock_marks.sql')
    op.execute("SELECT stock_make_marks()")


def downgrade() -> None:
    op.execute("DROP TRIGGER stock_move_marks ON stock_move")
    op.execute("DROP FUNCTION stock_idle, stock_at, stock_sheet, stock_until, stock_nearest_mark, stock_keep_marks,"
               " stock_make_marks, stock_make_mark")
    op.execute("DROP VIEW stock_side")
    op.drop_index('ix_stock_move_at', table_name='stock_move')
    op.drop_table('stock_mark')
    op.drop_table('stock_mark_day')
