"""bins beside balances

Revision: 6941080b84a2
Follows: 1ba5c8fd0d9c
"""

import sqlalchemy as sa
from alembic import op

from migrations.sql_files import run_sql

revision = '6941080b84a2'
down_revision = '1ba5c8fd0d9c'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('bin_balance',
    sa.Column('place_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('lot_id', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('keeper_id', sa.BigInteger(), nullable=False),
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('on_hand', sa.Numeric(precision=15, scale=3), server_default='0', nullable=False),
    sa.CheckConstraint('on_hand >= 0', name=op.f('ck_bin_balance_on_hand')),
    sa.ForeignKeyConstraint(['keeper_id'], ['place.id'], name=op.f('fk_bin_balance_keeper_id')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_bin_balance_place_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_bin_balance_product_id')),
    sa.PrimaryKeyConstraint('place_id', 'product_id', 'lot_id', name=op.f('pk_bin_balance')),
    sa.UniqueConstraint('id', name=op.f('uq_bin_balance_id'))
    )
    op.create_index('ix_bin_balance_keeper', 'bin_balance', ['keeper_id', 'product_id'], unique=False, postgresql_where=sa.text('on_hand > 0'))
    op.create_index('ix_bin_balance_product', 'bin_balance', ['product_id'], unique=False)
    op.create_table('home_bin',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('place_id', sa.BigInteger(), nullable=False),
    sa.Column('keeper_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['keeper_id'], ['place.id'], name=op.f('fk_home_bin_keeper_id')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_home_bin_place_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_home_bin_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_home_bin')),
    sa.UniqueConstraint('product_id', 'keeper_id', name=op.f('uq_home_bin_product_id_keeper_id'))
    )
    op.create_index(op.f('ix_home_bin_place_id'), 'home_bin', ['place_id'], unique=False)
    op.add_column('document_line', sa.Column('bin_id', sa.BigInteger(), nullable=True))
    op.add_column('document_line', sa.Column('bin_to_id', sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f('fk_document_line_bin_id'), 'document_line', 'place', ['bin_id'], ['id'])
    op.create_foreign_key(op.f('fk_document_line_bin_to_id'), 'document_line', 'place', ['bin_to_id'], ['id'])
    op.add_column('lot_balance', sa.Column('placed', sa.Numeric(precision=15, scale=3), server_default='0', nullable=False))
    op.add_column('place', sa.Column('apart', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('place', sa.Column('pick_order', sa.Integer(), server_default='0', nullable=False))
    op.add_column('place', sa.Column('keeper_id', sa.BigInteger(), nullable=True))
    op.add_column('place', sa.Column('route', sa.Text(), server_default='', nullable=False))
    op.create_index(op.f('ix_place_keeper_id'), 'place', ['keeper_id'], unique=False)
    op.create_foreign_key(op.f('fk_place_keeper_id'), 'place', 'place', ['keeper_id'], ['id'])
    op.add_column('stock_balance', sa.Column('placed', sa.Numeric(precision=15, scale=3), server_default='0', nullable=False))
    op.add_column('stock_move', sa.Column('from_bin_id', sa.BigInteger(), nullable=True))
    op.add_column('stock_move', sa.Column('to_bin_id', sa.BigInteger(), nullable=True))
    op.create_index('ix_stock_move_from_bin', 'stock_move', ['from_bin_id', 'product_id', 'id'], unique=False, postgresql_where=sa.text('from_bin_id IS NOT NULL'))
    op.create_index('ix_stock_move_to_bin', 'stock_move', ['to_bin_id', 'product_id', 'id'], unique=False, postgresql_where=sa.text('to_bin_id IS NOT NULL'))
    op.create_foreign_key(op.f('fk_stock_move_to_bin_id'), 'stock_move', 'place', ['to_bin_id'], ['id'])
    op.create_foreign_key(op.f('fk_stock_move_from_bin_id'), 'stock_move', 'place', ['from_bin_id'], ['id'])
    op.create_check_constraint(op.f('ck_place_apart'), 'place', "NOT apart OR kind = 'zone'")
    op.create_check_constraint(op.f('ck_place_pick_order'), 'place', 'pick_order BETWEEN 0 AND 999999')
    op.create_check_constraint(op.f('ck_stock_balance_placed'), 'stock_balance', 'placed >= 0 AND placed <= on_hand')
    op.create_check_constraint(op.f('ck_lot_balance_placed'), 'lot_balance', 'placed >= 0 AND placed <= on_hand')
    op.drop_constraint(op.f('ck_stock_move_balanced'), 'stock_move')
    op.create_check_constraint(op.f('ck_stock_move_balanced'), 'stock_move',
                               'from_place_id <> to_place_id OR from_bin_id IS DISTINCT FROM to_bin_id')
    op.create_check_constraint(op.f('ck_stock_move_inside'), 'stock_move', 'from_place_id <> to_place_id OR cost = 0')
    run_sql('bins.sql')
    op.alter_column('place', 'keeper_id', nullable=False)


def downgrade() -> None:
    raise RuntimeError('goods that lie in bins of a warehouse have no place in the older tables')
