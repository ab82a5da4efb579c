"""orders to suppliers and their prices

Revision: 44270b9e63db
Follows: 2230ccca52e8
"""

import sqlalchemy as sa
from alembic import op

revision = '44270b9e63db'
down_revision = '2230ccca52e8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('supplier_item',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('party_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), server_default='', nullable=False),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('price', sa.Numeric(precision=19, scale=4), nullable=True),
    sa.Column('date', sa.Date(), nullable=True),
    sa.Column('document_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('(price IS NULL) = (date IS NULL)', name=op.f('ck_supplier_item_dated')),
    sa.CheckConstraint('price >= 0', name=op.f('ck_supplier_item_price')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_supplier_item_document_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_supplier_item_party_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_supplier_item_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supplier_item')),
    sa.UniqueConstraint('party_id', 'product_id', name=op.f('uq_supplier_item_party_id_product_id'))
    )
    op.create_index('ix_supplier_item_code', 'supplier_item', ['party_id', 'code'], unique=False)
    op.create_index('ix_supplier_item_name', 'supplier_item', ['party_id', 'name'], unique=False)
    op.create_index(op.f('ix_supplier_item_product_id'), 'supplier_item', ['product_id'], unique=False)
    op.add_column('document', sa.Column('received', sa.Numeric(precision=5, scale=4), server_default='0', nullable=False))
    op.create_index('ix_document_open_purchase', 'document', ['place_id'], unique=False, postgresql_where=sa.text("kind = 'purchase_order' AND state = 'confirmed' AND received < 1"))
    op.add_column('document_line', sa.Column('paper_quantity', sa.Numeric(precision=15, scale=3), nullable=True))
    op.create_index('ix_stored_file_sha256', 'stored_file', ['sha256'], unique=False)
    op.drop_constraint('ck_document_line_quantity', 'document_line')
    op.create_check_constraint(op.f('ck_document_line_quantity'), 'document_line',
                               'quantity > 0 OR quantity = 0 AND paper_quantity > 0')
    op.create_check_constraint(op.f('ck_document_line_paper_quantity'), 'document_line', 'paper_quantity >= 0')


def downgrade() -> None:
    op.drop_constraint('ck_document_line_paper_quantity', 'document_line')
    op.drop_constraint('ck_document_line_quantity', 'document_line')
    op.create_check_constraint(op.f('ck_document_line_quantity'), 'document_line', 'quantity > 0')
    op.drop_index('ix_stored_file_sha256', table_name='stored_file')
    op.drop_column('document_line', 'paper_quantity')
    op.drop_index('ix_document_open_purchase', table_name='document', postgresql_where=sa.text("kind = 'purchase_order' AND state = 'confirmed' AND received < 1"))
    op.drop_column('document', 'received')
    op.drop_index(op.f('ix_supplier_item_product_id'), table_name='supplier_item')
    op.drop_index('ix_supplier_item_name', table_name='supplier_item')
    op.drop_index('ix_supplier_item_code', table_name='supplier_item')
    op.drop_table('supplier_item')
