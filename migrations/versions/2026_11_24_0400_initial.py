"""initial

Revision: 0001
Follows: 
"""

import sqlalchemy as sa
from alembic import op

from migrations.sql_files import run_sql
from sqlalchemy.dialects import postgresql
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql("search_key.sql")
    op.create_table('audit_log',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=True),
    sa.Column('person', sa.Text(), server_default='', nullable=False),
    sa.Column('branch_id', sa.BigInteger(), nullable=True),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), nullable=True),
    sa.Column('title', sa.Text(), server_default='', nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('after', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('reason', sa.Text(), server_default='', nullable=False),
    sa.Column('address', sa.Text(), server_default='', nullable=False),
    sa.Column('request_id', sa.Text(), server_default='', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_log'))
    )
    op.create_index('ix_audit_log_at', 'audit_log', ['at'], unique=False)
    op.create_index('ix_audit_log_entity_entity_id', 'audit_log', ['entity', 'entity_id'], unique=False)
    op.create_table('audit_seal',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('row_id', sa.BigInteger(), nullable=False),
    sa.Column('row_hash', sa.LargeBinary(), nullable=False),
    sa.Column('chain', sa.LargeBinary(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_seal')),
    sa.UniqueConstraint('source', 'row_id', name=op.f('uq_audit_seal_source_row_id'))
    )
    op.create_table('branch',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), server_default='', nullable=False),
    sa.Column('organization_id', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_branch')),
    sa.UniqueConstraint('title', name=op.f('uq_branch_title'))
    )
    op.create_table('change_log',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('xid', sa.BigInteger(), server_default=sa.text('((pg_current_xact_id())::text)::bigint'), nullable=False),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('ids', postgresql.ARRAY(sa.BigInteger()), nullable=False),
    sa.Column('branch_id', sa.BigInteger(), nullable=True),
    sa.Column('user_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_log'))
    )
    op.create_index('ix_change_log_xid_id', 'change_log', ['xid', 'id'], unique=False)
    op.create_table('contact_role',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('tone', sa.Text(), server_default='neutral', nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_role')),
    sa.UniqueConstraint('code', name=op.f('uq_contact_role_code'))
    )
    op.create_table('file_content',
    sa.Column('sha256', sa.LargeBinary(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('sha256', name=op.f('pk_file_content'))
    )
    op.create_table('idempotency_key',
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('fingerprint', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('answer', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('user_id', 'key', name=op.f('pk_idempotency_key'))
    )
    op.create_index('ix_idempotency_key_created_at', 'idempotency_key', ['created_at'], unique=False)
    op.create_table('login_failure',
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('blocked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('address', name=op.f('pk_login_failure'))
    )
    op.create_table('number_series',
    sa.Column('series', sa.Text(), nullable=False),
    sa.Column('branch_id', sa.BigInteger(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('series', 'branch_id', 'year', name=op.f('pk_number_series'))
    )
    op.create_table('price_kind',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('vat_included', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('main', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price_kind')),
    sa.UniqueConstraint('title', name=op.f('uq_price_kind_title'))
    )
    op.create_index('uq_price_kind_main', 'price_kind', ['main'], unique=True, postgresql_where=sa.text('main'))
    op.create_table('product_group',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['parent_id'], ['product_group.id'], name=op.f('fk_product_group_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product_group')),
    sa.UniqueConstraint('parent_id', 'title', name=op.f('uq_product_group_parent_id_title'), postgresql_nulls_not_distinct=True)
    )
    op.create_table('role',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('title', name=op.f('uq_role_title'))
    )
    op.create_table('setting',
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('value', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_setting'))
    )
    op.create_table('department',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('branch_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_department_branch_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_department')),
    sa.UniqueConstraint('branch_id', 'title', name=op.f('uq_department_branch_id_title'))
    )
    op.create_table('role_grant',
    sa.Column('role_id', sa.BigInteger(), nullable=False),
    sa.Column('permission', sa.Text(), nullable=False),
    sa.Column('scope', sa.SmallInteger(), nullable=False),
    sa.CheckConstraint('scope BETWEEN 1 AND 4', name=op.f('ck_role_grant_scope')),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_role_grant_role_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('role_id', 'permission', name=op.f('pk_role_grant'))
    )
    op.create_table('routing_rule',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.ForeignKeyConstraint(['role'], ['contact_role.code'], name=op.f('fk_routing_rule_role')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_routing_rule')),
    sa.UniqueConstraint('kind', 'role', name=op.f('uq_routing_rule_kind_role'))
    )
    op.create_table('employee',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('position', sa.Text(), server_default='', nullable=False),
    sa.Column('phone', sa.Text(), server_default='', nullable=False),
    sa.Column('email', sa.Text(), server_default='', nullable=False),
    sa.Column('branch_id', sa.BigInteger(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_employee_branch_id')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_employee_department_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_employee'))
    )
    op.create_table('app_user',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('login', sa.Text(), nullable=False),
    sa.Column('login_key', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('employee_id', sa.BigInteger(), nullable=False),
    sa.Column('active', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('must_change_password', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
    sa.Column('blocked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_login_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_app_user_employee_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_app_user')),
    sa.UniqueConstraint('login_key', name=op.f('uq_app_user_login_key'))
    )
    op.create_table('party',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('full_name', sa.Text(), server_default='', nullable=False),
    sa.Column('inn', sa.Text(), server_default='', nullable=False),
    sa.Column('kpp', sa.Text(), server_default='', nullable=False),
    sa.Column('ogrn', sa.Text(), server_default='', nullable=False),
    sa.Column('legal_address', sa.Text(), server_default='', nullable=False),
    sa.Column('actual_address', sa.Text(), server_default='', nullable=False),
    sa.Column('phone', sa.Text(), server_default='', nullable=False),
    sa.Column('email', sa.Text(), server_default='', nullable=False),
    sa.Column('is_customer', sa.Boolean(), server_default=sa.text('true'), nullable=False),
    sa.Column('is_supplier', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('is_own', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('tax_mode', sa.Text(), nullable=True),
    sa.Column('director_title', sa.Text(), server_default='', nullable=False),
    sa.Column('director_name', sa.Text(), server_default='', nullable=False),
    sa.Column('director_basis', sa.Text(), server_default='', nullable=False),
    sa.Column('accountant_name', sa.Text(), server_default='', nullable=False),
    sa.Column('manager_id', sa.BigInteger(), nullable=True),
    sa.Column('branch_id', sa.BigInteger(), nullable=True),
    sa.Column('price_kind_id', sa.BigInteger(), nullable=True),
    sa.Column('segment', sa.Text(), server_default='', nullable=False),
    sa.Column('payment_days', sa.Integer(), server_default='0', nullable=False),
    sa.Column('debt_limit', sa.Numeric(precision=15, scale=2), nullable=True),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('search', sa.Text(), server_default='', nullable=False),
    sa.Column('name_key', sa.Text(), server_default='', nullable=False),
    sa.Column('sort', sa.Text(), sa.Computed('sort_key(name)', persisted=True), nullable=True),
    sa.Column('archived', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('merged_into_id', sa.BigInteger(), nullable=True),
    sa.Column('import_batch_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_by_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("inn = '' OR inn ~ '^[0-9]{10}([0-9]{2})?$'", name=op.f('ck_party_inn')),
    sa.CheckConstraint("kind IN ('legal', 'sole', 'person')", name=op.f('ck_party_kind')),
    sa.CheckConstraint('tax_mode IS NOT NULL OR NOT is_own', name=op.f('ck_party_own_has_tax_mode')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_party_branch_id')),
    sa.ForeignKeyConstraint(['manager_id'], ['employee.id'], name=op.f('fk_party_manager_id')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['party.id'], name=op.f('fk_party_merged_into_id')),
    sa.ForeignKeyConstraint(['price_kind_id'], ['price_kind.id'], name=op.f('fk_party_price_kind_id')),
    sa.ForeignKeyConstraint(['updated_by_id'], ['employee.id'], name=op.f('fk_party_updated_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party'))
    )
    op.create_index('ix_party_name_key', 'party', ['name_key'], unique=False, postgresql_ops={'name_key': 'text_pattern_ops'})
    op.create_index('ix_party_search', 'party', ['search'], unique=False, postgresql_using='gin', postgresql_ops={'search': 'gin_trgm_ops'})
    op.create_index('ix_party_sort', 'party', ['sort', 'id'], unique=False, postgresql_include=['archived', 'is_customer', 'is_supplier', 'branch_id', 'manager_id'])
    op.create_index('uq_party_inn_kpp', 'party', ['inn', 'kpp'], unique=True, postgresql_where=sa.text("inn <> '' AND NOT archived"))
    op.create_table('place',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), server_default='', nullable=False),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.Column('branch_id', sa.BigInteger(), nullable=True),
    sa.Column('employee_id', sa.BigInteger(), nullable=True),
    sa.Column('archived', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('inner', sa.Boolean(), nullable=False),
    sa.CheckConstraint("kind IN ('warehouse', 'zone', 'bin', 'employee', 'transit', 'customer', 'supplier', 'loss')", name=op.f('ck_place_kind')),
    sa.CheckConstraint('"inner" = (kind IN (\'warehouse\', \'zone\', \'bin\', \'employee\', \'transit\'))', name=op.f('ck_place_inner')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_place_branch_id')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_place_employee_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['place.id'], name=op.f('fk_place_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_place'))
    )
    op.create_index('uq_place_outer', 'place', ['kind'], unique=True, postgresql_where=sa.text('NOT "inner"'))
    op.create_table('product',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('kind', sa.Text(), server_default='goods', nullable=False),
    sa.Column('sku', sa.Text(), server_default='', nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('full_name', sa.Text(), server_default='', nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=True),
    sa.Column('unit', sa.Text(), server_default='796', nullable=False),
    sa.Column('vat_kind', sa.Text(), server_default='standard', nullable=False),
    sa.Column('min_stock', sa.Numeric(precision=15, scale=3), nullable=True),
    sa.Column('country', sa.Text(), server_default='', nullable=False),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('search', sa.Text(), server_default='', nullable=False),
    sa.Column('sort', sa.Text(), sa.Computed('sort_key(name)', persisted=True), nullable=True),
    sa.Column('archived', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('import_batch_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_by_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("kind IN ('goods', 'service', 'work', 'kit')", name=op.f('ck_product_kind')),
    sa.CheckConstraint("vat_kind IN ('standard', 'reduced', 'zero', 'exempt')", name=op.f('ck_product_vat_kind')),
    sa.ForeignKeyConstraint(['group_id'], ['product_group.id'], name=op.f('fk_product_group_id')),
    sa.ForeignKeyConstraint(['updated_by_id'], ['employee.id'], name=op.f('fk_product_updated_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_product'))
    )
    op.create_index(op.f('ix_product_group_id'), 'product', ['group_id'], unique=False)
    op.create_index('ix_product_search', 'product', ['search'], unique=False, postgresql_using='gin', postgresql_ops={'search': 'gin_trgm_ops'})
    op.create_index('ix_product_sort', 'product', ['sort', 'id'], unique=False, postgresql_include=['archived', 'kind', 'group_id'])
    op.create_index('uq_product_sku', 'product', ['sku'], unique=True, postgresql_where=sa.text("sku <> '' AND NOT archived"))
    op.create_table('stored_file',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.LargeBinary(), nullable=False),
    sa.Column('media_type', sa.Text(), server_default='', nullable=False),
    sa.Column('source', sa.Text(), server_default='upload', nullable=False),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("source IN ('upload', 'print', 'send')", name=op.f('ck_stored_file_source')),
    sa.ForeignKeyConstraint(['author_id'], ['employee.id'], name=op.f('fk_stored_file_author_id')),
    sa.ForeignKeyConstraint(['sha256'], ['file_content.sha256'], name=op.f('fk_stored_file_sha256')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stored_file'))
    )
    op.create_index('ix_stored_file_entity', 'stored_file', ['entity', 'entity_id'], unique=False)
    op.create_table('bank_account',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('party_id', sa.BigInteger(), nullable=False),
    sa.Column('bic', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('bank', sa.Text(), server_default='', nullable=False),
    sa.Column('corr_account', sa.Text(), server_default='', nullable=False),
    sa.Column('main', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('sequence', sa.Integer(), server_default='0', nullable=False),
    sa.Column('archived', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_bank_account_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bank_account'))
    )
    op.create_index(op.f('ix_bank_account_party_id'), 'bank_account', ['party_id'], unique=False)
    op.create_table('barcode',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_barcode_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_barcode'))
    )
    op.create_index(op.f('ix_barcode_product_id'), 'barcode', ['product_id'], unique=False)
    op.create_table('contact',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('party_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('position', sa.Text(), server_default='', nullable=False),
    sa.Column('roles', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('phones', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('emails', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('mail_consent', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('sequence', sa.Integer(), server_default='0', nullable=False),
    sa.Column('search', sa.Text(), server_default='', nullable=False),
    sa.Column('archived', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_contact_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact'))
    )
    op.create_index(op.f('ix_contact_party_id'), 'contact', ['party_id'], unique=False)
    op.create_index('ix_contact_search', 'contact', ['search'], unique=False, postgresql_using='gin', postgresql_ops={'search': 'gin_trgm_ops'})
    op.create_table('party_note',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('party_id', sa.BigInteger(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['employee.id'], name=op.f('fk_party_note_author_id')),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_party_note_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_party_note'))
    )
    op.create_index(op.f('ix_party_note_party_id'), 'party_note', ['party_id'], unique=False)
    op.create_table('price',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('price_kind_id', sa.BigInteger(), nullable=False),
    sa.Column('price', sa.Numeric(precision=19, scale=4), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('import_batch_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('price >= 0', name=op.f('ck_price_price')),
    sa.ForeignKeyConstraint(['price_kind_id'], ['price_kind.id'], name=op.f('fk_price_price_kind_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_price_product_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_price')),
    sa.UniqueConstraint('product_id', 'price_kind_id', 'valid_from', name=op.f('uq_price_product_id_price_kind_id_valid_from'))
    )
    op.create_table('saved_view',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('list_code', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('shared', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('query', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('columns', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_saved_view_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_view')),
    sa.UniqueConstraint('user_id', 'list_code', 'title', name=op.f('uq_saved_view_user_id_list_code_title'))
    )
    op.create_table('site',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('party_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), server_default='', nullable=False),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('sequence', sa.Integer(), server_default='0', nullable=False),
    sa.Column('archived', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_site_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_site'))
    )
    op.create_index(op.f('ix_site_party_id'), 'site', ['party_id'], unique=False)
    op.create_table('stock_balance',
    sa.Column('place_id', sa.BigInteger(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('lot_id', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('on_hand', sa.Numeric(precision=15, scale=3), server_default='0', nullable=False),
    sa.Column('reserved', sa.Numeric(precision=15, scale=3), server_default='0', nullable=False),
    sa.Column('value', sa.Numeric(precision=15, scale=2), server_default='0', nullable=False),
    sa.CheckConstraint('on_hand >= 0', name=op.f('ck_stock_balance_on_hand')),
    sa.CheckConstraint('reserved >= 0 AND reserved <= on_hand', name=op.f('ck_stock_balance_reserved')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_stock_balance_place_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stock_balance_product_id')),
    sa.PrimaryKeyConstraint('place_id', 'product_id', 'lot_id', name=op.f('pk_stock_balance'))
    )
    op.create_index('ix_stock_balance_product', 'stock_balance', ['product_id'], unique=False)
    op.create_table('stock_period_lock',
    sa.Column('place_id', sa.BigInteger(), nullable=False),
    sa.Column('closed_until', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_stock_period_lock_place_id')),
    sa.PrimaryKeyConstraint('place_id', name=op.f('pk_stock_period_lock'))
    )
    op.create_table('tax_mode_period',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('party_id', sa.BigInteger(), nullable=False),
    sa.Column('tax_mode', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_tax_mode_period_party_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tax_mode_period')),
    sa.UniqueConstraint('party_id', 'valid_from', name=op.f('uq_tax_mode_period_party_id_valid_from'))
    )
    op.create_table('user_role',
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('role_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_user_role_role_id')),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_user_role_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'role_id', name=op.f('pk_user_role'))
    )
    op.create_table('user_session',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('client', sa.Text(), server_default='', nullable=False),
    sa.Column('address', sa.Text(), server_default='', nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['app_user.id'], name=op.f('fk_user_session_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_user_session_token_hash'))
    )
    op.create_index(op.f('ix_user_session_user_id'), 'user_session', ['user_id'], unique=False)
    op.create_table('document',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('date', sa.Date(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('accounting', sa.Text(), server_default='draft', nullable=False),
    sa.Column('revision', sa.Integer(), server_default='1', nullable=False),
    sa.Column('marked', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('branch_id', sa.BigInteger(), nullable=False),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('organization_id', sa.BigInteger(), nullable=True),
    sa.Column('party_id', sa.BigInteger(), nullable=True),
    sa.Column('contact_id', sa.BigInteger(), nullable=True),
    sa.Column('consignee_id', sa.BigInteger(), nullable=True),
    sa.Column('site_id', sa.BigInteger(), nullable=True),
    sa.Column('contract_id', sa.BigInteger(), nullable=True),
    sa.Column('place_id', sa.BigInteger(), nullable=True),
    sa.Column('place_to_id', sa.BigInteger(), nullable=True),
    sa.Column('responsible_id', sa.BigInteger(), nullable=True),
    sa.Column('price_kind_id', sa.BigInteger(), nullable=True),
    sa.Column('vat_mode', sa.Text(), server_default='included', nullable=False),
    sa.Column('due_date', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('title', sa.Text(), server_default='', nullable=False),
    sa.Column('comment', sa.Text(), server_default='', nullable=False),
    sa.Column('extra', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('net', sa.Numeric(precision=15, scale=2), server_default='0', nullable=False),
    sa.Column('vat', sa.Numeric(precision=15, scale=2), server_default='0', nullable=False),
    sa.Column('gross', sa.Numeric(precision=15, scale=2), server_default='0', nullable=False),
    sa.Column('paid', sa.Numeric(precision=15, scale=2), server_default='0', nullable=False),
    sa.Column('shipped', sa.Numeric(precision=5, scale=4), server_default='0', nullable=False),
    sa.Column('reserved', sa.Numeric(precision=5, scale=4), server_default='0', nullable=False),
    sa.Column('chain_id', sa.BigInteger(), nullable=False),
    sa.Column('search', sa.Text(), server_default='', nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('posted_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("accounting IN ('draft', 'posted', 'annulled')", name=op.f('ck_document_accounting')),
    sa.CheckConstraint("vat_mode IN ('included', 'on_top')", name=op.f('ck_document_vat_mode')),
    sa.CheckConstraint('gross = net + vat', name=op.f('ck_document_sums')),
    sa.CheckConstraint('gross >= 0 AND paid >= 0', name=op.f('ck_document_not_negative')),
    sa.ForeignKeyConstraint(['author_id'], ['employee.id'], name=op.f('fk_document_author_id')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_document_branch_id')),
    sa.ForeignKeyConstraint(['consignee_id'], ['party.id'], name=op.f('fk_document_consignee_id')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_document_contact_id')),
    sa.ForeignKeyConstraint(['contract_id'], ['document.id'], name=op.f('fk_document_contract_id')),
    sa.ForeignKeyConstraint(['department_id'], ['department.id'], name=op.f('fk_document_department_id')),
    sa.ForeignKeyConstraint(['organization_id'], ['party.id'], name=op.f('fk_document_organization_id')),
    sa.ForeignKeyConstraint(['party_id'], ['party.id'], name=op.f('fk_document_party_id')),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_document_place_id')),
    sa.ForeignKeyConstraint(['place_to_id'], ['place.id'], name=op.f('fk_document_place_to_id')),
    sa.ForeignKeyConstraint(['price_kind_id'], ['price_kind.id'], name=op.f('fk_document_price_kind_id')),
    sa.ForeignKeyConstraint(['responsible_id'], ['employee.id'], name=op.f('fk_document_responsible_id')),
    sa.ForeignKeyConstraint(['site_id'], ['site.id'], name=op.f('fk_document_site_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document')),
    sa.UniqueConstraint('kind', 'branch_id', 'year', 'number', name=op.f('uq_document_kind_branch_id_year_number'))
    )
    op.create_index(op.f('ix_document_chain_id'), 'document', ['chain_id'], unique=False)
    op.create_index(op.f('ix_document_contract_id'), 'document', ['contract_id'], unique=False)
    op.create_index('ix_document_kind_branch', 'document', ['kind', 'branch_id', 'id'], unique=False)
    op.create_index('ix_document_kind_date', 'document', ['kind', 'date', 'id'], unique=False)
    op.create_index('ix_document_kind_id', 'document', ['kind', 'id'], unique=False)
    op.create_index('ix_document_kind_state', 'document', ['kind', 'state', 'id'], unique=False)
    op.create_index('ix_document_open_invoice', 'document', ['party_id', 'due_date'], unique=False, postgresql_where=sa.text("kind = 'invoice' AND accounting = 'posted' AND paid < gross"))
    op.create_index(op.f('ix_document_party_id'), 'document', ['party_id'], unique=False)
    op.create_index('ix_document_search', 'document', ['search'], unique=False, postgresql_using='gin', postgresql_ops={'search': 'gin_trgm_ops'})
    op.create_table('document_comment',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['employee.id'], name=op.f('fk_document_comment_author_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_comment_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_comment'))
    )
    op.create_index(op.f('ix_document_comment_document_id'), 'document_comment', ['document_id'], unique=False)
    op.create_table('document_line',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('quantity', sa.Numeric(precision=15, scale=3), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('price', sa.Numeric(precision=19, scale=4), server_default='0', nullable=False),
    sa.Column('discount', sa.Numeric(precision=5, scale=2), server_default='0', nullable=False),
    sa.Column('vat_rate', sa.Text(), server_default='none', nullable=False),
    sa.Column('net', sa.Numeric(precision=15, scale=2), nullable=False),
    sa.Column('vat', sa.Numeric(precision=15, scale=2), nullable=False),
    sa.Column('gross', sa.Numeric(precision=15, scale=2), nullable=False),
    sa.Column('basis_line_id', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint('gross = net + vat', name=op.f('ck_document_line_sums')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_document_line_quantity')),
    sa.ForeignKeyConstraint(['basis_line_id'], ['document_line.id'], name=op.f('fk_document_line_basis_line_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_line_document_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_document_line_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_line'))
    )
    op.create_index(op.f('ix_document_line_basis_line_id'), 'document_line', ['basis_line_id'], unique=False)
    op.create_index('ix_document_line_document', 'document_line', ['document_id', 'position'], unique=False)
    op.create_index('ix_document_line_product', 'document_line', ['product_id'], unique=False)
    op.create_table('document_link',
    sa.Column('basis_id', sa.BigInteger(), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['basis_id'], ['document.id'], name=op.f('fk_document_link_basis_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_link_document_id')),
    sa.PrimaryKeyConstraint('basis_id', 'document_id', name=op.f('pk_document_link'))
    )
    op.create_index(op.f('ix_document_link_document_id'), 'document_link', ['document_id'], unique=False)
    op.create_table('document_revision',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('snapshot', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['employee.id'], name=op.f('fk_document_revision_author_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_document_revision_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_revision')),
    sa.UniqueConstraint('document_id', 'revision', name=op.f('uq_document_revision_document_id_revision'))
    )
    op.create_table('letter',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), server_default='', nullable=False),
    sa.Column('author_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.Text(), server_default='queued', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('error', sa.Text(), server_default='', nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('search', sa.Text(), server_default='', nullable=False),
    sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed')", name=op.f('ck_letter_state')),
    sa.ForeignKeyConstraint(['author_id'], ['employee.id'], name=op.f('fk_letter_author_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_letter_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter'))
    )
    op.create_index(op.f('ix_letter_document_id'), 'letter', ['document_id'], unique=False)
    op.create_index('ix_letter_queued_at', 'letter', ['queued_at', 'id'], unique=False)
    op.create_index('ix_letter_search', 'letter', ['search'], unique=False, postgresql_using='gin', postgresql_ops={'search': 'gin_trgm_ops'})
    op.create_index('ix_letter_unsent', 'letter', ['id'], unique=False, postgresql_where=sa.text("state <> 'sent'"))
    op.create_table('payment_allocation',
    sa.Column('payment_id', sa.BigInteger(), nullable=False),
    sa.Column('invoice_id', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.Numeric(precision=15, scale=2), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_payment_allocation_amount')),
    sa.ForeignKeyConstraint(['invoice_id'], ['document.id'], name=op.f('fk_payment_allocation_invoice_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['document.id'], name=op.f('fk_payment_allocation_payment_id')),
    sa.PrimaryKeyConstraint('payment_id', 'invoice_id', name=op.f('pk_payment_allocation'))
    )
    op.create_index(op.f('ix_payment_allocation_invoice_id'), 'payment_allocation', ['invoice_id'], unique=False)
    op.create_table('stock_move',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('at', sa.Date(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('lot_id', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('from_place_id', sa.BigInteger(), nullable=False),
    sa.Column('to_place_id', sa.BigInteger(), nullable=False),
    sa.Column('quantity', sa.Numeric(precision=15, scale=3), nullable=False),
    sa.Column('cost', sa.Numeric(precision=15, scale=2), server_default='0', nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=True),
    sa.Column('line_id', sa.BigInteger(), nullable=True),
    sa.Column('reverses_id', sa.BigInteger(), nullable=True),
    sa.Column('employee_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint('from_place_id <> to_place_id', name=op.f('ck_stock_move_balanced')),
    sa.CheckConstraint('quantity > 0', name=op.f('ck_stock_move_quantity')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_stock_move_document_id')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_stock_move_employee_id')),
    sa.ForeignKeyConstraint(['from_place_id'], ['place.id'], name=op.f('fk_stock_move_from_place_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_stock_move_product_id')),
    sa.ForeignKeyConstraint(['reverses_id'], ['stock_move.id'], name=op.f('fk_stock_move_reverses_id')),
    sa.ForeignKeyConstraint(['to_place_id'], ['place.id'], name=op.f('fk_stock_move_to_place_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stock_move'))
    )
    op.create_index('ix_stock_move_document', 'stock_move', ['document_id'], unique=False)
    op.create_index('ix_stock_move_from', 'stock_move', ['from_place_id', 'product_id', 'id'], unique=False)
    op.create_index('ix_stock_move_to', 'stock_move', ['to_place_id', 'product_id', 'id'], unique=False)
    op.create_index('uq_stock_move_reverses', 'stock_move', ['reverses_id'], unique=True, postgresql_where=sa.text('reverses_id IS NOT NULL'))
    op.create_table('letter_file',
    sa.Column('letter_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('file_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['stored_file.id'], name=op.f('fk_letter_file_file_id')),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_letter_file_letter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('letter_id', 'position', name=op.f('pk_letter_file'))
    )
    op.create_table('letter_recipient',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('letter_id', sa.BigInteger(), nullable=False),
    sa.Column('contact_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), server_default='', nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), server_default='', nullable=False),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), server_default='queued', nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('error', sa.Text(), server_default='', nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed')", name=op.f('ck_letter_recipient_state')),
    sa.ForeignKeyConstraint(['contact_id'], ['contact.id'], name=op.f('fk_letter_recipient_contact_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_letter_recipient_letter_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_recipient')),
    sa.UniqueConstraint('letter_id', 'email', name=op.f('uq_letter_recipient_letter_id_email')),
    sa.UniqueConstraint('message_id', name=op.f('uq_letter_recipient_message_id'))
    )
    op.create_index(op.f('ix_letter_recipient_letter_id'), 'letter_recipient', ['letter_id'], unique=False)
    op.create_table('reservation',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=True),
    sa.Column('line_id', sa.BigInteger(), nullable=True),
    sa.Column('product_id', sa.BigInteger(), nullable=False),
    sa.Column('place_id', sa.BigInteger(), nullable=False),
    sa.Column('lot_id', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('quantity', sa.Numeric(precision=15, scale=3), nullable=False),
    sa.Column('used', sa.Numeric(precision=15, scale=3), server_default='0', nullable=False),
    sa.Column('state', sa.Text(), server_default='active', nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('note', sa.Text(), server_default='', nullable=False),
    sa.Column('branch_id', sa.BigInteger(), nullable=False),
    sa.Column('employee_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state <> 'used' OR used = quantity", name=op.f('ck_reservation_used')),
    sa.CheckConstraint("state IN ('active', 'used', 'released', 'expired')", name=op.f('ck_reservation_state')),
    sa.CheckConstraint('quantity > 0 AND used >= 0 AND used <= quantity', name=op.f('ck_reservation_quantity')),
    sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_reservation_branch_id')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_reservation_document_id')),
    sa.ForeignKeyConstraint(['employee_id'], ['employee.id'], name=op.f('fk_reservation_employee_id')),
    sa.ForeignKeyConstraint(['line_id'], ['document_line.id'], name=op.f('fk_reservation_line_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['place_id'], ['place.id'], name=op.f('fk_reservation_place_id')),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], name=op.f('fk_reservation_product_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reservation'))
    )
    op.create_index('ix_reservation_active', 'reservation', ['place_id', 'product_id'], unique=False, postgresql_where=sa.text("state = 'active'"))
    op.create_index(op.f('ix_reservation_document_id'), 'reservation', ['document_id'], unique=False)
    op.create_index('ix_reservation_until', 'reservation', ['until'], unique=False, postgresql_where=sa.text("state = 'active'"))
    run_sql("ledger.sql")
    run_sql("documents.sql")


def downgrade() -> None:
    raise RuntimeError("the first revision is not undone: drop the database instead")
