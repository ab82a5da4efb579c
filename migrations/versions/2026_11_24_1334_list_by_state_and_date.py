"""list by state and date

Revision: c30f01763f6f
Follows: 6cbb812857e0
"""

from alembic import op

revision = 'c30f01763f6f'
down_revision = '6cbb812857e0'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index('ix_document_kind_state', table_name='document')
    op.create_index('ix_document_kind_state', 'document', ['kind', 'state', 'date', 'id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_document_kind_state', table_name='document')
    op.create_index('ix_document_kind_state', 'document', ['kind', 'state', 'id'], unique=False)
