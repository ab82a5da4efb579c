"""landed cost

Revision: 0c05ecb94570
Follows: 27f09240fd01
"""

import sqlalchemy as sa
from alembic import op

from migrations.sql_files import run_sql

revision = '0c05ecb94570'
down_revision = '27f09240fd01'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('product', sa.Column('weight', sa.Numeric(precision=15, scale=3), nullable=True))
    op.create_check_constraint(op.f('ck_product_weight'), 'product', 'weight > 0')
    op.add_column('stock_balance', sa.Column('last_at', sa.Date(), nullable=True))
    op.add_column('stock_move', sa.Column('adjusts_id', sa.BigInteger(), nullable=True))
    op.create_index('ix_stock_move_adjusts', 'stock_move', ['adjusts_id'], unique=False, postgresql_where=sa.text('adjusts_id IS NOT NULL'))
    op.create_foreign_key(op.f('fk_stock_move_adjusts_id'), 'stock_move', 'stock_move', ['adjusts_id'], ['id'])
    op.drop_constraint(op.f('ck_stock_move_quantity'), 'stock_move', type_='check')
    op.create_check_constraint(
        op.f('ck_stock_move_quantity'), 'stock_move',
        'CASE WHEN adjusts_id IS NULL THEN quantity > 0 ELSE quantity = 0 AND cost <> 0 END')
    op.execute("""
        UPDATE stock_balance b SET last_at = m.at FROM (
            SELECT place_id, product_id, max(at) AS at FROM (
                SELECT to_place_id AS place_id, product_id, at FROM stock_move WHERE reverses_id IS NULL
                UNION ALL SELECT from_place_id, product_id, at FROM stock_move WHERE reverses_id IS NULL) u
            GROUP BY place_id, product_id) m
        WHERE (b.place_id, b.product_id) = (m.place_id, m.product_id)""")
    run_sql('stock_cost.sql')


def downgrade() -> None:
    raise RuntimeError('money that moved without goods has no place in the older tables')
