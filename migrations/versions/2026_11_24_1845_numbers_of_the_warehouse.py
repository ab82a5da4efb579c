"""numbers of the warehouse

Revision: 8c4e19d05b72
Follows: 39e8d7204520
"""

from alembic import op

revision = '8c4e19d05b72'
down_revision = '39e8d7204520'
branch_labels = None
depends_on = None


# Receipts and issues are numbered by sequences now (decision 5), which go on where the counters stand.
TO_SEQUENCES = """
DO $$
DECLARE s record;
BEGIN
    FOR s IN DELETE FROM number_series WHERE series IN ('issue', 'receipt') AND last > 0
             RETURNING series, branch_id, year, last LOOP
        EXECUTE format('CREATE SEQUENCE %I START %s',
                       format('number_%s_%s_%s', s.series, s.branch_id, s.year), s.last + 1);
    END LOOP;
END $$
"""
TO_COUNTERS = """
DO $$
DECLARE s record; parts text[];
BEGIN
    FOR s IN SELECT sequencename AS name, last_value FROM pg_sequences
             WHERE schemaname = 'public' AND sequencename ~ '^number_(issue|receipt)_\\d+_\\d+$' LOOP
        parts := string_to_array(s.name, '_');
        INSERT INTO number_series (series, branch_id, year, last)
        VALUES (parts[2], parts[3]::bigint, parts[4]::integer, coalesce(s.last_value, 0));
        EXECUTE format('DROP SEQUENCE %I', s.name);
    END LOOP;
END $$
"""


def upgrade() -> None:
    op.execute(TO_SEQUENCES)


def downgrade() -> None:
    op.execute(TO_COUNTERS)
