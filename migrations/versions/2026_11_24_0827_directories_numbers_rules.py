"""Versions of directories, number formats of branches, events of routing rules, one log-in per employee

Revision: 954eed9d281b
Follows: 7d692be2cf78
"""

import sqlalchemy as sa
from alembic import op

revision = '954eed9d281b'
down_revision = '7d692be2cf78'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('number_format',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('branch_id', sa.BigInteger(), nullable=False),
    sa.Column('prefix', sa.Text(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint("prefix !~ '[0-9]$' AND length(prefix) <= 12", name=op.f('ck_number_format_prefix')),
    sa.CheckConstraint('width BETWEEN 1 AND 9', name=op.f('ck_number_format_width')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_number_format_branch_id')),
    sa.PrimaryKeyConstraint('kind', 'branch_id', name=op.f('pk_number_format'))
    )
    op.create_unique_constraint(op.f('uq_app_user_employee_id'), 'app_user', ['employee_id'])
    op.add_column('contact_role', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('place', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('price_kind', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('product_group', sa.Column('version', sa.Integer(), server_default='1', nullable=False))
    op.add_column('routing_rule', sa.Column('event', sa.Text(), server_default='document', nullable=False))
    op.drop_constraint(op.f('uq_routing_rule_kind_role'), 'routing_rule', type_='unique')
    op.create_unique_constraint(op.f('uq_routing_rule_kind_event_role'), 'routing_rule', ['kind', 'event', 'role'])


def downgrade() -> None:
    op.drop_constraint(op.f('uq_routing_rule_kind_event_role'), 'routing_rule', type_='unique')
    op.create_unique_constraint(op.f('uq_routing_rule_kind_role'), 'routing_rule', ['kind', 'role'], postgresql_nulls_not_distinct=False)
    op.drop_column('routing_rule', 'event')
    op.drop_column('product_group', 'version')
    op.drop_column('price_kind', 'version')
    op.drop_column('place', 'version')
    op.drop_column('contact_role', 'version')
    op.drop_constraint(op.f('uq_app_user_employee_id'), 'app_user', type_='unique')
    op.drop_table('number_format')
