"""places in transit

Revision: b27f60a1c8d4
Follows: 39e8d7204520
"""

import sqlalchemy as sa
from alembic import op

revision = 'b27f60a1c8d4'
down_revision = '39e8d7204520'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('uq_place_transit', 'place', ['parent_id'], unique=True,
                    postgresql_where=sa.text("kind = 'transit'"))


def downgrade() -> None:
    op.drop_index('uq_place_transit', table_name='place')
