"""indexes of contacts and sites

Revision: a634e8daa991
Follows: ef683ca23c79
"""

import sqlalchemy as sa
from alembic import op

revision = 'a634e8daa991'
down_revision = 'ef683ca23c79'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_document_consignee_id', 'document', ['consignee_id'], unique=False, postgresql_where=sa.text('consignee_id IS NOT NULL'))
    op.create_index('ix_document_contact_id', 'document', ['contact_id'], unique=False, postgresql_where=sa.text('contact_id IS NOT NULL'))
    op.create_index('ix_document_site_id', 'document', ['site_id'], unique=False, postgresql_where=sa.text('site_id IS NOT NULL'))
    op.create_index('ix_letter_recipient_contact_id', 'letter_recipient', ['contact_id'], unique=False, postgresql_where=sa.text('contact_id IS NOT NULL'))
    op.create_index('ix_party_merged_into_id', 'party', ['merged_into_id'], unique=False, postgresql_where=sa.text('merged_into_id IS NOT NULL'))


def downgrade() -> None:
    op.drop_index('ix_party_merged_into_id', table_name='party', postgresql_where=sa.text('merged_into_id IS NOT NULL'))
    op.drop_index('ix_letter_recipient_contact_id', table_name='letter_recipient', postgresql_where=sa.text('contact_id IS NOT NULL'))
    op.drop_index('ix_document_site_id', table_name='document', postgresql_where=sa.text('site_id IS NOT NULL'))
    op.drop_index('ix_document_contact_id', table_name='document', postgresql_where=sa.text('contact_id IS NOT NULL'))
    op.drop_index('ix_document_consignee_id', table_name='document', postgresql_where=sa.text('consignee_id IS NOT NULL'))
