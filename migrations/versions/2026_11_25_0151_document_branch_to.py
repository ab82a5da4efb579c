"""document branch to

Revision: e525b4ab90ec
Follows: fe81f62483c4
"""

import sqlalchemy as sa
from alembic import op

revision = 'e525b4ab90ec'
down_revision = 'fe81f62483c4'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('document', sa.Column('branch_to_id', sa.BigInteger(), nullable=True))
    op.create_index('ix_document_branch_to_id', 'document', ['branch_to_id'], unique=False,
                    postgresql_where=sa.text('branch_to_id IS NOT NULL'))
    op.create_foreign_key(op.f('fk_document_branch_to_id'), 'document', 'branch', ['branch_to_id'], ['id'])


def downgrade() -> None:
    op.drop_constraint(op.f('fk_document_branch_to_id'), 'document', type_='foreignkey')
    op.drop_index('ix_document_branch_to_id', table_name='document')
    op.drop_column('document', 'branch_to_id')
