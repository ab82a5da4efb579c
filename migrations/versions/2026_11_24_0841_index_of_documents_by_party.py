"""index of documents by party

Revision: ef683ca23c79
Follows: 954eed9d281b
"""

import sqlalchemy as sa
from alembic import op

revision = 'ef683ca23c79'
down_revision = '954eed9d281b'
branch_labels = None
depends_on = None

def upgrade() -> None:

    op.drop_index(op.f('ix_document_party_id'), table_name='document')
    op.create_index('ix_document_party', 'document', ['party_id', 'kind', 'id'], unique=False)

def downgrade() -> None:

    op.drop_index('ix_document_party', table_name='document')
    op.create_index(op.f('ix_document_party_id'), 'document', ['party_id'], unique=False)

