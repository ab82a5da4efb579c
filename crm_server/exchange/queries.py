"""Which batches an actor sees, and their list."""

from psycopg import sql

from crm_contract.exchange import IMPORT_LIST, ImportTarget
from crm_contract.permissions import Permission
from crm_server.kit.actor import Actor, scope_condition
from crm_server.kit.listing import Expr, ListSource


def batch_scope(actor: Actor) -> sql.Composable:
    """The WHERE condition over the batch `b`: who may change what it loaded may see it."""
    reached = [sql.SQL("(b.target = {} AND {})").format(target.value, scope_condition(
        actor, target.permission, branch="b.branch_id", department="b.department_id", owner="b.author_id"))
        for target in ImportTarget]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(reached))


BATCHES = ListSource(
    spec=IMPORT_LIST,
    permission=Permission.IMPORT_RUN,
    table="import_batch b",
    key="b.id",
    scope=batch_scope,
    search=("b.search",),
    joins={"author": "LEFT JOIN employee author ON author.id = b.author_id"},
    exprs={
        "created_at": Expr("b.created_at"), "file_name": Expr("b.file_name"), "target": Expr("b.target"),
        "state": Expr("b.state"), "done": Expr("b.done"), "total": Expr("b.total"),
        "added": Expr("(b.counts->>'add')::int8"), "updated": Expr("(b.counts->>'update')::int8"),
        "author": Expr("b.author_id", "author.name", ("author",)), "sheet": Expr("b.sheet"),
        "finished_at": Expr("b.finished_at", nullable=True), "message": Expr("b.message"),
    },
)
