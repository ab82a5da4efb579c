"""The list of parties."""

from collections import ChainMap

from crm_contract.parties import PARTY_LIST
from crm_contract.permissions import Permission
from crm_server.kit.listing import Expr, Join, ListSource
from crm_server.parties import debt
from crm_server.parties.scope import party_scope

_JOINS: dict[str, Join] = {
    "manager": "LEFT JOIN employee manager ON manager.id = p.manager_id",
    "branch": "LEFT JOIN branch ON branch.id = p.branch_id",
}

PARTIES = ListSource(
    spec=PARTY_LIST,
    permission=Permission.PARTY_VIEW,
    table="party p",
    key="p.id",
    scope=party_scope,
    search=("p.search",),
    joins=ChainMap[str, Join](debt.JOINS, _JOINS),  # a view: sales replaces its joins later
    row_joins=debt.ROW_JOINS,
    always=("archived",),
    exprs={
        "name": Expr("p.name", sort="p.sort"),
        "inn": Expr("p.inn"),
        "kpp": Expr("p.kpp"),
        "phone": Expr("p.phone"),
        "email": Expr("p.email"),
        "manager": Expr("p.manager_id", "manager.name", ("manager",)),
        "branch": Expr("p.branch_id", "branch.title", ("branch",)),
        "segment": Expr("p.segment"),
        "debt": Expr(debt.TOTAL, joins=("debt",)),
        "overdue": Expr(debt.OVERDUE, joins=("debt",)),
        "is_customer": Expr("p.is_customer"),
        "is_supplier": Expr("p.is_supplier"),
        "is_own": Expr("p.is_own"),
        "archived": Expr("p.archived"),
        "created_at": Expr("p.created_at"),
    },
)
