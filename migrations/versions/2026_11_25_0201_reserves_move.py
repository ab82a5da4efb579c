"""reserves move

Revision: 1ba5c8fd0d9c
Follows: e525b4ab90ec
"""

import sqlalchemy as sa
from alembic import op

revision = '1ba5c8fd0d9c'
down_revision = 'e525b4ab90ec'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reservation_move',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('reservation_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('from_document_id', sa.BigInteger(), nullable=True),
    sa.Column('to_document_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.Numeric(precision=15, scale=3), nullable=False),
    sa.Column('employee_id', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_reservation_move_reason')),
    sa.CheckConstraint('from_document_id <> to_document_id', name=op.f('ck_reservation_move_other')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_reservation_move_quantity')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_reservation_move_employee_id')),
    sa.ForeignKeyConstraint(['from_document_id'], ['document.id'], name=op.f('fk_reservation_move_from_document_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_reservation_move_product_id')),
    sa.ForeignKeyConstraint(['reservation_id'], ['reservation.id'], name=op.f('fk_reservation_move_reservation_id')),
    sa.ForeignKeyConstraint(['to_document_id'], ['document.id'], name=op.f('fk_reservation_move_to_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reservation_move'))
    )
    op.create_index('ix_reservation_move_from', 'reservation_move', ['from_document_id', 'at'], unique=False)
    op.create_index('ix_reservation_move_to', 'reservation_move', ['to_document_id'], unique=False)
    op.drop_constraint(op.f('ck_reservation_state'), 'reservation')
    op.create_check_constraint(op.f('ck_reservation_state'), 'reservation',
                               "state IN ('active', 'used', 'released', 'expired', 'moved')")


def downgrade() -> None:
    raise RuntimeError('reserves that were given away have no place in the older tables')
