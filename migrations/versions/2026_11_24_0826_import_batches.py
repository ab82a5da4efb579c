"""import batches

Revision: 7d692be2cf78
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '7d692be2cf78'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('import_file',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.LargeBinary(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['employee.id'], name=op.f('fk_import_file_author_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_file'))
    )
    op.create_table('import_mapping',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('headings', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("target IN ('parties', 'products')", name=op.f('ck_import_mapping_target')),
    sa.ForeignKeyConstraint(['author_id'], ['employee.id'], name=op.f('fk_import_mapping_author_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_mapping')),
    sa.UniqueConstraint('target', 'name', name=op.f('uq_import_mapping_target_name'))
    )
    op.create_table('import_batch',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('file_id', sa.BigInteger(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sheet', sa.Text(), nullable=False),
    sa.Column('options', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.Text(), server_default='queued', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('done', sa.Integer(), server_default='0', nullable=False),
    sa.Column('total', sa.Integer(), server_default='0', nullable=False),
    sa.Column('counts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('cancelling', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('message', sa.Text(), server_default='', nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('branch_id', sa.BigInteger(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('search', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint("state IN ('queued', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone')", name=op.f('ck_import_batch_state')),
    sa.CheckConstraint("target IN ('parties', 'products')", name=op.f('ck_import_batch_target')),
    sa.ForeignKeyConstraint(['author_id'], ['employee.id'], name=op.f('fk_import_batch_author_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_import_batch_branch_id')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_import_batch_department_id')),
    sa.ForeignKeyConstraint(['file_id'], ['import_file.id'], name=op.f('fk_import_batch_file_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batch'))
    )
    op.create_index('ix_import_batch_created_at', 'import_batch', ['created_at', 'id'], unique=False)
    op.create_index(op.f('ix_import_batch_file_id'), 'import_batch', ['file_id'], unique=False)
    op.create_table('import_failure',
    sa.Column('batch_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], name=op.f('fk_import_failure_batch_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('batch_id', 'number', name=op.f('pk_import_failure'))
    )
    op.create_table('import_record',
    sa.Column('batch_id', sa.BigInteger(), nullable=False),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['import_batch.id'], name=op.f('fk_import_record_batch_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('batch_id', 'entity', 'entity_id', name=op.f('pk_import_record'))
    )


def downgrade() -> None:
    op.drop_table('import_record')
    op.drop_table('import_failure')
    op.drop_index(op.f('ix_import_batch_file_id'), table_name='import_batch')
    op.drop_index('ix_import_batch_created_at', table_name='import_batch')
    op.drop_table('import_batch')
    op.drop_table('import_mapping')
    op.drop_table('import_file')
