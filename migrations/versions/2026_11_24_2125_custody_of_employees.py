"""custody of employees

Revision: 42daed3bfa8e
Follows: c519afad3962
"""

import sqlalchemy as sa
from alembic import op

from migrations.sql_files import run_sql

revision = '42daed3bfa8e'
down_revision = 'c519afad3962'
branch_labels = None
depends_on = None

QUANTITY = sa.Numeric(precision=15, scale=3)


def upgrade() -> None:
    for name in ('employee_id', 'employee_to_id'):
        op.add_column('document', sa.Column(name, sa.BigInteger(), nullable=True))
        op.create_foreign_key(op.f(f'fk_document_{name}'), 'document', 'employee', [name], ['id'])
        op.create_index(f'ix_document_{name}', 'document', [name], postgresql_where=sa.text(f'{name} IS NOT NULL'))
    op.add_column('document_line', sa.Column('condition', sa.Text(), server_default='', nullable=False))
    op.add_column('employee', sa.Column('custody_limit', sa.Integer(), server_default='0', nullable=False))
    op.add_column('employee', sa.Column('custody_days', sa.Integer(), server_default='0', nullable=False))
    op.create_check_constraint(op.f('ck_place_employee'), 'place', "(kind = 'employee') = (employee_id IS NOT NULL)")
    op.create_index('uq_place_employee', 'place', ['employee_id'], unique=True,
                    postgresql_where=sa.text("kind = 'employee'"))
    op.create_index('uq_place_repair', 'place', ['parent_id'], unique=True,
                    postgresql_where=sa.text("kind = 'zone' AND code = 'РЕМОНТ'"))
    _create_items()
    run_sql('custody.sql')


def _create_items() -> None:
    op.create_table(
        'custody_item',
        sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column('move_id', sa.BigInteger(), nullable=False),
        sa.Column('place_id', sa.BigInteger(), nullable=False),
        sa.Column('product_id', sa.BigInteger(), nullable=False),
        sa.Column('lot_id', sa.BigInteger(), nullable=False),
        sa.Column('document_id', sa.BigInteger(), nullable=True),
        sa.Column('line_id', sa.BigInteger(), nullable=True),
        sa.Column('at', sa.Date(), nullable=False),
        sa.Column('quantity', QUANTITY, nullable=False),
        sa.Column('rest', QUANTITY, nullable=False),
        sa.CheckConstraint('rest >= 0 AND rest <= quantity', name=op.f('ck_custody_item_rest')),
        sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_custody_item_document_id')),
        sa.ForeignKeyConstraint(['move_id'], ['stock_move.id'], name=op.f('fk_custody_item_move_id')),
        sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_custody_item_place_id')),
        sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_custody_item_product_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_custody_item')),
    )
    op.create_index('ix_custody_item_document', 'custody_item', ['document_id', 'line_id'])
    op.create_index('ix_custody_item_held', 'custody_item', ['place_id', 'product_id', 'lot_id'],
                    postgresql_where=sa.text('rest > 0'))
    op.create_index(op.f('ix_custody_item_product_id'), 'custody_item', ['product_id'])
    op.create_index('uq_custody_item_move_id', 'custody_item', ['move_id'], unique=True)
    op.create_table(
        'custody_use',
        sa.Column('item_id', sa.BigInteger(), nullable=False),
        sa.Column('move_id', sa.BigInteger(), nullable=False),
        sa.Column('quantity', QUANTITY, nullable=False),
        sa.CheckConstraint('quantity > 0', name=op.f('ck_custody_use_quantity')),
        sa.ForeignKeyConstraint(['item_id'], ['custody_item.id'], name=op.f('fk_custody_use_item_id')),
        sa.ForeignKeyConstraint(['move_id'], ['stock_move.id'], name=op.f('fk_custody_use_move_id')),
        sa.PrimaryKeyConstraint('item_id', 'move_id', name=op.f('pk_custody_use')),
    )
    op.create_index(op.f('ix_custody_use_move_id'), 'custody_use', ['move_id'])


def downgrade() -> None:
    op.execute('DROP TRIGGER stock_move_custody ON stock_move')
    op.execute('DROP FUNCTION custody_follow_moves')
    op.execute('DROP FUNCTION custody_take')
    op.drop_table('custody_use')
    op.drop_table('custody_item')
    op.drop_index('uq_place_repair', table_name='place')
    op.drop_index('uq_place_employee', table_name='place')
    op.drop_constraint('ck_place_employee', 'place', type_='check')
    op.drop_column('employee', 'custody_days')
    op.drop_column('employee', 'custody_limit')
    op.drop_column('document_line', 'condition')
    for name in ('employee_to_id', 'employee_id'):
        op.drop_column('document', name)
