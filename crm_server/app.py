"""The composition root of the server: the domains and what they hang on."""

from collections.abc import Sequence

from crm_server.access import directories as access_directories
from crm_server.access import routes as access_routes
from crm_server.access.queries import ROLES, USERS
from crm_server.access.sessions import authenticate
from crm_server.audit import routes as audit_routes
from crm_server.audit.queries import JOURNAL
from crm_server.catalog import directories as catalog_directories
from crm_server.catalog import routes as catalog_routes
from crm_server.catalog.availability import register_stock
from crm_server.catalog.directories import UNIT_SOURCE
from crm_server.catalog.listing import PRODUCTS
from crm_server.catalog.picks import PRODUCT_SEARCH
from crm_server.db.pool import Pool
from crm_server.documents import file_routes, numbering_routes, party_merge, registry
from crm_server.documents import routes as documents_routes
from crm_server.documents.listing import SOURCES as DOCUMENT_SOURCES
from crm_server.documents.search import DOCUMENT_SEARCH
from crm_server.exchange import routes as exchange_routes
from crm_server.exchange.queries import BATCHES
from crm_server.exchange.upd import routes as upd_routes
from crm_server.kit.application import Application
from crm_server.kit.directories import DirectoryTable, directory_router
from crm_server.kit.dispatch import Service
from crm_server.kit.edge import Edge, Router
from crm_server.kit.edge import Route as DeclaredRoute
from crm_server.kit.list_routes import list_router
from crm_server.kit.listing import ListSource
from crm_server.kit.live import ChangeFeed
from crm_server.kit.meta import router as meta_router
from crm_server.kit.search_routes import SearchProvider, search_router
from crm_server.mailing import routes as mailing_routes
from crm_server.mailing.listing import LETTERS
from crm_server.parties import contact_roles
from crm_server.parties import routes as parties_routes
from crm_server.parties.listing import PARTIES
from crm_server.parties.picks import CONTACT_SEARCH, PARTY_SEARCH
from crm_server.payments import effects as payments_effects
from crm_server.payments import routes as payments_routes
from crm_server.purchases import acceptance, rule_routes
from crm_server.purchases import effects as purchases_effects
from crm_server.purchases import merge as purchases_merge
from crm_server.purchases import routes as purchases_routes
from crm_server.purchases.consumption import CONSUMPTION
from crm_server.purchases.listing import SUPPLIER_ITEMS
from crm_server.purchases.replenishment import REPLENISHMENT
from crm_server.purchases.rules import RULES
from crm_server.reports import routes as reports_routes
from crm_server.sales import effects as sales_effects
from crm_server.sales import parties as sales_parties
from crm_server.settings import routes as settings_routes
from crm_server.stock import (
    custody,
    custody_list,
    custody_staff,
    landed_cost,
    period_routes,
    placement,
    places,
    returns,
    stocktaking,
    stocktaking_routes,
    transit,
    turnover,
)
from crm_server.stock import effects as stock_effects
from crm_server.stock import routes as stock_routes
from crm_server.stock.listing import SOURCES as STOCK_SOURCES
from crm_server.stock.listing import product_stock
from crm_server.stock.lot_queries import LOTS
from crm_server.stock.stocktaking_queries import SOURCES as STOCKTAKING_SOURCES

for parts in (stock_effects.DOCUMENTS, landed_cost.DOCUMENTS, returns.DOCUMENTS, custody.DOCUMENTS,
              stocktaking.DOCUMENTS, placement.DOCUMENTS, transit.DOCUMENTS, purchases_effects.DOCUMENTS,
              acceptance.DOCUMENTS, sales_effects.DOCUMENTS, payments_effects.DOCUMENTS):
    registry.install(parts)
register_stock(product_stock)
sales_parties.install()
custody_staff.install()
party_merge.install()
purchases_merge.install()

#: The domains, in the order of the architecture; nothing is discovered.
DIRECTORIES: Sequence[DirectoryTable] = (
    *access_directories.TABLES, *catalog_directories.TABLES, *contact_roles.TABLES, *places.TABLES)
LIST_SOURCES: Sequence[ListSource] = (
    PARTIES, PRODUCTS, *DOCUMENT_SOURCES, *STOCK_SOURCES, LOTS, custody_list.CUSTODY, *STOCKTAKING_SOURCES,
    *turnover.SOURCES, SUPPLIER_ITEMS, RULES, REPLENISHMENT, CONSUMPTION, LETTERS, BATCHES, JOURNAL, USERS, ROLES,
    UNIT_SOURCE, *(table.source() for table in DIRECTORIES))
SEARCH_PROVIDERS: Sequence[SearchProvider] = (PARTY_SEARCH, CONTACT_SEARCH, DOCUMENT_SEARCH, PRODUCT_SEARCH)
ROUTERS: Sequence[Router] = (
    meta_router,
    list_router(LIST_SOURCES),
    search_router(SEARCH_PROVIDERS),
    directory_router(DIRECTORIES),
    access_routes.router,
    audit_routes.router,
    settings_routes.router,
    parties_routes.router,
    catalog_routes.router,
    documents_routes.picks,
    documents_routes.router,
    file_routes.router,
    numbering_routes.router,
    mailing_routes.router,
    exchange_routes.router,
    upd_routes.router,
    stock_routes.router,
    stocktaking_routes.router,
    purchases_routes.router,
    rule_routes.router,
    period_routes.router,
    payments_routes.router,
    reports_routes.router,
)


def all_routes() -> list[DeclaredRoute]:
    """Every declared route, for the tests of permissions."""
    return [route for router in ROUTERS for route in router.routes]


def create_app(pool: Pool) -> Application:
    """The ASGI application over an open pool."""
    edge = Edge(pool, authenticate)
    return Application(edge, Service(edge, all_routes()), ChangeFeed(pool))
