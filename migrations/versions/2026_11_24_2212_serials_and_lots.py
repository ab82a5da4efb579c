"""serials and lots

Revision: 32ec8ba8c330
Follows: 42daed3bfa8e
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.sql_files import run_sql

revision = '32ec8ba8c330'
down_revision = '42daed3bfa8e'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('lot',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('serial', sa.Boolean(), nullable=False),
    sa.Column('expires', sa.Date(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("code <> ''", name=op.f('ck_lot_code')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_lot_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lot')),
    sa.UniqueConstraint('product_id', 'code', name=op.f('uq_lot_product_id_code'))
    )
    op.create_index('ix_lot_code', 'lot', [sa.literal_column('search_key(code)')], unique=False, postgresql_using='gin', postgresql_ops={'search_key(code)': 'gin_trgm_ops'})
    op.create_table('lot_balance',
    sa.Column('place_id', sa.BigInteger(), nullable=False),
    sa.Column('lot_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('serial', sa.Boolean(), nullable=False),
    sa.Column('on_hand', sa.Numeric(precision=15, scale=3), server_default='0', nullable=False),
    sa.CheckConstraint('NOT serial OR on_hand IN (0, 1)', name=op.f('ck_lot_balance_serial')),
    sa.CheckConstraint('on_hand >= 0', name=op.f('ck_lot_balance_on_hand')),
    sa.ForeignKeyConstraint(['lot_id'], ['lot.id'], name=op.f('fk_lot_balance_lot_id')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_lot_balance_place_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_lot_balance_product_id')),
    sa.PrimaryKeyConstraint('place_id', 'lot_id', name=op.f('pk_lot_balance'))
    )
    op.create_index('ix_lot_balance_product', 'lot_balance', ['product_id', 'place_id'], unique=False, postgresql_where=sa.text('on_hand > 0'))
    op.create_index('uq_lot_balance_serial', 'lot_balance', ['lot_id'], unique=True, postgresql_where=sa.text('serial AND on_hand > 0'))
    op.add_column('document_line', sa.Column('lots', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    op.add_column('product', sa.Column('tracking', sa.Text(), server_default='none', nullable=False))
    op.create_check_constraint(op.f('ck_product_tracking'), 'product',
                               "tracking = 'none' OR tracking IN ('lot', 'serial') AND kind IN ('goods', 'kit')")
    op.create_check_constraint(op.f('ck_stock_balance_lot'), 'stock_balance', 'lot_id = 0')
    run_sql('lots.sql')


def downgrade() -> None:
    raise RuntimeError('goods that are counted by serial numbers have no place in the older tables')
