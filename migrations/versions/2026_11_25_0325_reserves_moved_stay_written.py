"""reserves moved stay written

Revision: 9d41c07ae2b8
Follows: 6941080b84a2
"""

from alembic import op

revision = '9d41c07ae2b8'
down_revision = '6941080b84a2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE TRIGGER reservation_move_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON reservation_move"
               " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()")
