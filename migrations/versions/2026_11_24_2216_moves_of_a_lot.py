"""moves of a lot

Revision: a38db0a7d97c
Follows: 32ec8ba8c330
"""

import sqlalchemy as sa
from alembic import op

revision = 'a38db0a7d97c'
down_revision = '32ec8ba8c330'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_stock_move_lot', 'stock_move', ['lot_id', 'id'], unique=False,
                    postgresql_where=sa.text("lot_id <> 0"))


def downgrade() -> None:
    op.drop_index("ix_stock_move_lot", table_name="stock_move")
