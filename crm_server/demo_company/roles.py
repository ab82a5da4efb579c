"""The roles of the company: which rights they grant and how far."""

from collections.abc import Iterable, Mapping

from crm_contract.documents import KINDS, kind_of
from crm_contract.permissions import Permission, Scope
from crm_server.kit.actor import ANY_PERMISSION

ADMINISTRATOR = "Администратор"
DIRECTOR = "Директор"
BRANCH_HEAD = "Руководитель филиала"
SALES_HEAD = "Руководитель отдела продаж"
SELLER = "Менеджер по продажам"
CHIEF_ACCOUNTANT = "Главный бухгалтер"
ACCOUNTANT = "Бухгалтер филиала"
STOREKEEPER = "Кладовщик"
DISPATCHER = "Диспетчер монтажа и сервиса"
SUPPORT = "Специалист техподдержки"
FITTER = "Монтажник"

Grants = dict[str, int]

_SALES = ("offer", "contract", "sales_order", "invoice")
_WAREHOUSE = ("purchase_order", "receipt", "discrepancy", "issue", "transfer", "transfer_acceptance",
              "supplier_return", "sales_return", "scrap", "stocktaking", "placement")
_CUSTODY = ("custody_issue", "custody_return", "custody_handover")
_CLOSING = ("upd", "act", "payment")


def _may(scope: Scope, *permissions: Permission) -> Grants:
    return {str(permission): int(scope) for permission in permissions}


def _documents(scope: Scope, kinds: Iterable[str], *, without: Iterable[str] = ()) -> Grants:
    """Every verb of the kinds but these."""
    left_out = set(without)
    return {kind_of(code).permission(verb): int(scope) for code in kinds for verb, _ in kind_of(code).verbs
            if verb not in left_out}


def _see(scope: Scope, kinds: Iterable[str]) -> Grants:
    return {kind_of(code).permission("view"): int(scope) for code in kinds}


_P = Permission
_READER = (_P.PARTY_VIEW, _P.PRODUCT_VIEW, _P.STOCK_VIEW, _P.DASHBOARD_VIEW)
#: Whoever sells sees the stock, the shipments and the payments of the branch, not only of their own customers.
_SEES_BRANCH = _see(Scope.BRANCH, (*_WAREHOUSE, *_CLOSING)) | _may(Scope.BRANCH, *_READER)
_KEEPS_BOOKS = (_P.PARTY_VIEW, _P.PARTY_EDIT, _P.PRODUCT_VIEW, _P.PRODUCT_COST, _P.STOCK_VIEW, _P.CUSTODY_VIEW,
                _P.DASHBOARD_VIEW, _P.MAIL_SEND, _P.EXPORT_RUN, _P.STOCK_CLOSE)


def _books(scope: Scope) -> Grants:
    return (_see(scope, KINDS) | _documents(scope, (*_CLOSING, "invoice", "landed_cost")) | _may(scope, *_KEEPS_BOOKS))


#: Everybody sees what is on themselves, and accepts it; only they do.
_OWN_CUSTODY = _see(Scope.OWN, _CUSTODY) | _may(Scope.OWN, _P.CUSTODY_VIEW) | {
    kind_of(code).permission("accept"): int(Scope.OWN) for code in ("custody_issue", "custody_handover")}
_ROLES: Mapping[str, Grants] = {
    ADMINISTRATOR: dict.fromkeys(sorted(ANY_PERMISSION), int(Scope.ALL)),
    DIRECTOR: _documents(Scope.ALL, KINDS, without=("unpost",)) | _may(
        Scope.ALL, *_READER, _P.CUSTODY_VIEW, _P.CUSTODY_EXCEED, _P.PARTY_EDIT, _P.PARTY_MERGE, _P.PRODUCT_COST,
        _P.STOCK_RELEASE_OTHERS, _P.STOCK_MOVE_RESERVE, _P.STOCK_RULES,
        _P.STOCK_RESERVE, _P.MAIL_SEND, _P.EXPORT_RUN, _P.SETTINGS_VIEW, _P.USERS_VIEW, _P.AUDIT_VIEW, _P.VIEWS_SHARE),
    BRANCH_HEAD: _documents(Scope.BRANCH, KINDS) | _may(
        Scope.BRANCH, *_READER, _P.CUSTODY_VIEW, _P.CUSTODY_EXCEED, _P.PARTY_EDIT, _P.PARTY_MERGE, _P.PRODUCT_EDIT,
        _P.PRODUCT_COST, _P.STOCK_RESERVE,
        _P.STOCK_RELEASE_OTHERS, _P.STOCK_MOVE_RESERVE, _P.STOCK_RULES, _P.STOCK_BACKDATE,
        _P.STOCK_SETUP, _P.MAIL_SEND, _P.MAIL_RULES, _P.IMPORT_RUN,
        _P.EXPORT_RUN, _P.USERS_VIEW, _P.VIEWS_SHARE),
    SALES_HEAD: _SEES_BRANCH | _documents(Scope.DEPARTMENT, _SALES) | _may(
        Scope.BRANCH, _P.PARTY_EDIT, _P.PARTY_MERGE, _P.PRODUCT_EDIT, _P.STOCK_RESERVE, _P.STOCK_RELEASE_OTHERS,
        _P.STOCK_MOVE_RESERVE, _P.MAIL_SEND, _P.IMPORT_RUN, _P.EXPORT_RUN, _P.VIEWS_SHARE),
    SELLER: _SEES_BRANCH | _documents(Scope.OWN, _SALES, without=("approve", "terminate")) | _may(
        Scope.OWN, _P.PARTY_EDIT, _P.MAIL_SEND, _P.STOCK_RESERVE),
    CHIEF_ACCOUNTANT: _books(Scope.ALL) | _may(Scope.ALL, _P.AUDIT_VIEW, _P.STOCK_REOPEN, _P.STOCK_BACKDATE),
    ACCOUNTANT: _books(Scope.BRANCH),
    STOREKEEPER: _see(Scope.BRANCH, (*_SALES, "upd", "act")) | _documents(
        Scope.BRANCH, (*_WAREHOUSE, *_CUSTODY), without=("approve", "accept_others")) | _may(
        Scope.BRANCH, *_READER, _P.CUSTODY_VIEW, _P.PRODUCT_EDIT, _P.PRODUCT_COST, _P.STOCK_RESERVE, _P.STOCK_SETUP,
        _P.STOCK_RULES, _P.MAIL_SEND),
    DISPATCHER: _SEES_BRANCH | _see(Scope.BRANCH, _SALES) | _documents(
        Scope.DEPARTMENT, ("offer", "sales_order", "invoice")) | _may(
        Scope.DEPARTMENT, _P.PARTY_EDIT, _P.MAIL_SEND, _P.STOCK_RESERVE),
    SUPPORT: _SEES_BRANCH | _see(Scope.BRANCH, ("contract", "sales_order", "invoice")),
    FITTER: _may(Scope.ALL, _P.PRODUCT_VIEW),
}
ROLES: Mapping[str, Grants] = {title: _OWN_CUSTODY | grants for title, grants in _ROLES.items()}
