"""stock periods

Revision: c519afad3962
Follows: 4afcbc486d91
"""

import sqlalchemy as sa
from alembic import op

from migrations.sql_files import run_sql

revision = 'c519afad3962'
down_revision = '4afcbc486d91'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stock_period',
        sa.Column('place_id', sa.BigInteger(), nullable=False),
        sa.Column('until', sa.Date(), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('closed_by_id', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['closed_by_id'], ['employee.id'], name=op.f('fk_stock_period_closed_by_id')),
        sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_stock_period_place_id')),
        sa.PrimaryKeyConstraint('place_id', 'until', name=op.f('pk_stock_period')))
    op.create_table('stock_snapshot',
        sa.Column('place_id', sa.BigInteger(), nullable=False),
        sa.Column('until', sa.Date(), nullable=False),
        sa.Column('product_id', sa.BigInteger(), nullable=False),
        sa.Column('lot_id', sa.BigInteger(), server_default=sa.text('0'), nullable=False),
        sa.Column('on_hand', sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column('value', sa.Numeric(precision=15, scale=2), nullable=False),
        sa.ForeignKeyConstraint(['place_id', 'until'], ['stock_period.place_id', 'stock_period.until'],
                                name=op.f('fk_stock_snapshot_place_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stock_snapshot_product_id')),
        sa.PrimaryKeyConstraint('place_id', 'until', 'product_id', 'lot_id', name=op.f('pk_stock_snapshot')))
    op.create_index('ix_stock_snapshot_product', 'stock_snapshot', ['product_id'], unique=False)
    op.create_index('ix_stock_move_from_at', 'stock_move', ['from_place_id', 'at'], unique=False)
    op.create_index('ix_stock_move_to_at', 'stock_move', ['to_place_id', 'at'], unique=False)
    run_sql("stock_periods.sql")
    # Periods that were closed before there were snapshots.
    op.execute("SELECT stock_close_places(array_agg(place_id), closed_until, NULL) FROM stock_period_lock"
               " GROUP BY closed_until ORDER BY closed_until")


def downgrade() -> None:
    op.execute("DROP TRIGGER place_is_closed_when_made ON place; DROP TRIGGER place_is_closed_when_put ON place;"
               " DROP FUNCTION place_is_closed_with_its_parent, stock_reopen_period, stock_close_period,"
               " stock_close_places, stock_turnover, stock_inside")
    op.drop_index('ix_stock_move_to_at', table_name='stock_move')
    op.drop_index('ix_stock_move_from_at', table_name='stock_move')
    op.drop_index('ix_stock_snapshot_product', table_name='stock_snapshot')
    op.drop_table('stock_snapshot')
    op.drop_table('stock_period')
