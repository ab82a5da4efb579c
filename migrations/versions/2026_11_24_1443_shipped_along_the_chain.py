"""shipped along the chain

Revision: 39e8d7204520
Follows: 5d27c1e94a30
"""

from alembic import op

revision = '39e8d7204520'
down_revision = '5d27c1e94a30'
branch_labels = None
depends_on = None


# The share of the goods of orders and invoices that issues made from them, near or far, have taken.
SHIPPED = """
WITH RECURSIVE goods AS (
    SELECT l.id, l.document_id, l.basis_line_id, l.quantity FROM document_line l
    JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')),
issued AS (
    SELECT g.basis_line_id AS line, g.quantity FROM goods g
    JOIN document x ON x.id = g.document_id AND x.kind = 'issue' AND x.accounting = 'posted'
    WHERE g.basis_line_id IS NOT NULL
    UNION ALL SELECT o.basis_line_id, i.quantity FROM issued i JOIN document_line o ON o.id = i.line
    WHERE o.basis_line_id IS NOT NULL),
share AS (
    SELECT o.id, round(least(1, coalesce(s.quantity, 0) / o.quantity), 4) AS shipped
    FROM (SELECT document_id AS id, sum(quantity) AS quantity FROM goods GROUP BY 1) o
    LEFT JOIN (SELECT l.document_id AS id, sum(i.quantity) AS quantity FROM issued i
               JOIN document_line l ON l.id = i.line GROUP BY 1) s USING (id))
UPDATE document d SET shipped = CASE WHEN d.kind IN ('sales_order', 'invoice') THEN s.shipped ELSE 0 END FROM share s
WHERE s.id = d.id AND d.shipped <> CASE WHEN d.kind IN ('sales_order', 'invoice') THEN s.shipped ELSE 0 END
"""


def upgrade() -> None:
    op.execute(SHIPPED)
    # Deleted products and parties (an import undone) are looked for there.
    op.create_index(op.f('ix_document_organization_id'), 'document', ['organization_id'], unique=False)
    op.create_index(op.f('ix_reservation_product_id'), 'reservation', ['product_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_reservation_product_id'), table_name='reservation')
    op.drop_index(op.f('ix_document_organization_id'), table_name='document')
