"""stock rules

Revision: 27f09240fd01
Follows: c83f1d6e0b57
"""

import sqlalchemy as sa
from alembic import op

revision = '27f09240fd01'
down_revision = 'c83f1d6e0b57'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stock_rule',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('place_id', sa.BigInteger(), nullable=False),
    sa.Column('minimum', sa.Numeric(precision=15, scale=3), nullable=False),
    sa.Column('target', sa.Numeric(precision=15, scale=3), nullable=False),
    sa.Column('maximum', sa.Numeric(precision=15, scale=3), nullable=True),
    sa.Column('pack', sa.Numeric(precision=15, scale=3), server_default='1', nullable=False),
    sa.Column('lead_days', sa.Integer(), nullable=True),
    sa.Column('supplier_id', sa.BigInteger(), nullable=True),
    sa.Column('donor_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('donor_id <> place_id', name=op.f('ck_stock_rule_donor')),
    sa.CheckConstraint('lead_days >= 0', name=op.f('ck_stock_rule_lead_days')),
    sa.CheckConstraint('maximum >= target', name=op.f('ck_stock_rule_maximum')),
    sa.CheckConstraint('minimum >= 0', name=op.f('ck_stock_rule_minimum')),
    sa.CheckConstraint('pack > 0', name=op.f('ck_stock_rule_pack')),
    sa.CheckConstraint('target > 0 AND target >= minimum', name=op.f('ck_stock_rule_target')),
    sa.ForeignKeyConstraint(['donor_id'], ['place.id'], name=op.f('fk_stock_rule_donor_id')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_stock_rule_place_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stock_rule_product_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['supplier_id'], ['party.id'], name=op.f('fk_stock_rule_supplier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_rule')),
    sa.UniqueConstraint('product_id', 'place_id', name=op.f('uq_stock_rule_product_id_place_id'))
    )
    op.create_index(op.f('ix_stock_rule_donor_id'), 'stock_rule', ['donor_id'], unique=False)
    op.create_index(op.f('ix_stock_rule_place_id'), 'stock_rule', ['place_id'], unique=False)
    op.create_index(op.f('ix_stock_rule_supplier_id'), 'stock_rule', ['supplier_id'], unique=False)
    op.add_column('supplier_item', sa.Column('lead_days', sa.Integer(), nullable=True))
    op.create_check_constraint(op.f('ck_supplier_item_lead_days'), 'supplier_item', 'lead_days >= 0')


def downgrade() -> None:
    op.drop_column('supplier_item', 'lead_days')
    op.drop_index(op.f('ix_stock_rule_supplier_id'), table_name='stock_rule')
    op.drop_index(op.f('ix_stock_rule_place_id'), table_name='stock_rule')
    op.drop_index(op.f('ix_stock_rule_donor_id'), table_name='stock_rule')
    op.drop_table('stock_rule')
