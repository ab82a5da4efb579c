"""stocktaking

Revision: 4afcbc486d91
Follows: 44270b9e63db
"""

import sqlalchemy as sa
from alembic import op

from migrations.sql_files import run_sql

revision = '4afcbc486d91'
down_revision = '44270b9e63db'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stocktaking_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('place_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('lot_id', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('listed', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('pass', sa.SmallInteger(), server_default='0', nullable=False),
    sa.Column('wanted', sa.SmallInteger(), server_default='1', nullable=False),
    sa.Column('another', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('counted', sa.Numeric(precision=15, scale=3), nullable=True),
    sa.Column('first_counted', sa.Numeric(precision=15, scale=3), nullable=True),
    sa.Column('booked', sa.Numeric(precision=15, scale=3), nullable=True),
    sa.Column('difference', sa.Numeric(precision=15, scale=3), sa.Computed('counted - booked', persisted=True), nullable=True),
    sa.Column('disturbed', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('employee_id', sa.BigInteger(), nullable=True),
    sa.Column('price', sa.Numeric(precision=19, scale=4), nullable=True),
    sa.Column('cost', sa.Numeric(precision=15, scale=2), nullable=True),
    sa.Column('open', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.CheckConstraint('(counted IS NULL) = (booked IS NULL) AND (counted IS NULL) = (pass = 0)', name=op.f('ck_stocktaking_line_pass')),
    sa.CheckConstraint('counted >= 0 AND price >= 0', name=op.f('ck_stocktaking_line_counted')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_stocktaking_line_document_id')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_stocktaking_line_employee_id')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_stocktaking_line_place_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stocktaking_line_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stocktaking_line')),
    sa.UniqueConstraint('document_id', 'place_id', 'product_id', 'lot_id', name=op.f('uq_stocktaking_line_document_id_place_id_product_id_lot_id'))
    )
    op.create_index('uq_stocktaking_line_open', 'stocktaking_line', ['place_id', 'product_id', 'lot_id'], unique=True, postgresql_where=sa.text('open'))
    op.create_table('stocktaking_count',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('line_id', sa.BigInteger(), nullable=False),
    sa.Column('pass', sa.SmallInteger(), nullable=False),
    sa.Column('adds', sa.Boolean(), nullable=False),
    sa.Column('quantity', sa.Numeric(precision=15, scale=3), nullable=False),
    sa.Column('counted', sa.Numeric(precision=15, scale=3), nullable=False),
    sa.Column('booked', sa.Numeric(precision=15, scale=3), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('employee_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('counted >= 0', name=op.f('ck_stocktaking_count_counted')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_stocktaking_count_employee_id')),
    sa.ForeignKeyConstraint(['line_id'], ['stocktaking_line.id'], name=op.f('fk_stocktaking_count_line_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stocktaking_count'))
    )
    op.create_index(op.f('ix_stocktaking_count_line_id'), 'stocktaking_count', ['line_id'], unique=False)
    run_sql('stocktaking.sql')


def downgrade() -> None:
    op.execute('DROP FUNCTION stock_lock_keys')
    op.drop_index(op.f('ix_stocktaking_count_line_id'), table_name='stocktaking_count')
    op.drop_table('stocktaking_count')
    op.drop_index('uq_stocktaking_line_open', table_name='stocktaking_line', postgresql_where=sa.text('open'))
    op.drop_table('stocktaking_line')
