"""The company that the benchmarks work in: as many customers, goods, moves and documents as a real one has.

Rows are made by set-based SQL of the owner with triggers off; balances are then set by one statement, and
`crm-server check` at the end of a run tells whether they agree with the ledger.
"""

import secrets
from dataclasses import dataclass, replace
from typing import LiteralString

import psycopg

from benchmarks import prefill
from crm_contract.documents import KINDS, DocumentKind
from crm_contract.vat import TaxMode
from crm_server import first_admin
from crm_server.audit.sealing import RUN_LIMIT, seal
from crm_server.kit.sql import Sql

LOGIN = "bench"
#: The kinds that lists are full of; every fifth document is of each.
FILLED_KINDS = ("sales_order", "invoice", "issue", "receipt", "offer")
HOT = 100         # products that everybody wants in the hot row
OWN = 20          # products of one client in all other rows

Owner = psycopg.Connection[tuple[object, ...]]


@dataclass(frozen=True)
class Size:
    """How much there is. Moves, documents and customers grow in steps during a run."""

    customers: int
    products: int
    moves: int
    documents: int


@dataclass(frozen=True)
class Company:
    """Identifiers of what the clients work with; those of customers and products follow one another."""

    url: str
    password: str
    branch: int
    employee: int
    organization: int
    supplier: int
    warehouses: tuple[int, ...]
    products: range
    customers: range

    @property
    def warehouse(self) -> int:
        """The one that everything is sold from."""
        return self.warehouses[0]

    def hot(self) -> range:
        return self.products[:HOT]

    def own(self, client: int) -> range:
        """The products that only this client touches."""
        first = HOT + client * OWN
        if first + OWN > len(self.products):
            raise ValueError(f"{len(self.products)} products are too few for client {client}")
        return self.products[first:first + OWN]


def found(url: str, products: int) -> Company:
    """A company that has a name, a user who may do everything, three warehouses and goods, but no history."""
    password = secrets.token_urlsafe(12)
    first_admin.create(url, LOGIN, "Орлова Елена Викторовна", password)
    with psycopg.connect(url) as owner:
        branch, employee = _row(owner, "SELECT branch_id, id FROM employee")
        _fill(owner, prefill.OFFICE, {"branch": branch, "mode": TaxMode.GENERAL})
        (organization,) = _row(owner, "SELECT id FROM party WHERE is_own")
        (supplier,) = _row(owner, "SELECT id FROM party WHERE is_supplier")
        warehouses = owner.execute("SELECT id FROM place WHERE kind = 'warehouse' ORDER BY id").fetchall()
        first_product = _fill(owner, prefill.PRODUCTS, {"count": products})
        _fill(owner, prefill.EMPTY_BALANCES, {})
        return Company(
            url, password, branch, employee, organization, supplier, tuple(int(str(w)) for (w,) in warehouses),
            range(first_product, first_product + products), range(0))


def grow(company: Company, before: Size, after: Size) -> Company:
    """Adds what lies between two sizes, then gathers statistics: plans are made for what is there."""
    with psycopg.connect(company.url) as owner:
        owner.execute("SET session_replication_role = replica")  # no triggers, no checks of references: ours are right
        if after.customers > before.customers:
            first = _fill(owner, prefill.CUSTOMERS, {
                "first": before.customers, "last": after.customers - 1, "employee": company.employee,
                "beginnings": list(prefill.BEGINNINGS), "endings": list(prefill.ENDINGS)})
            # Of later ones nobody works with each: others that the rows of a run made stand between them.
            company = replace(company, customers=company.customers or range(first, first + after.customers))
        if after.moves > before.moves:
            _fill(owner, prefill.MOVES, {
                "first": before.moves, "last": after.moves - 1, "products": len(company.products),
                "product": company.products.start, "places": list(company.warehouses)})
            for statement in (prefill.BALANCES, *prefill.MARKS):
                _fill(owner, statement, {})
        if after.documents > before.documents:
            _add_documents(owner, company, after.documents - before.documents,
                           lines=1 if before.documents else prefill.LINES)
            if not before.documents:
                _fill(owner, prefill.CHAINS, {})
                _fill(owner, prefill.RESERVES, {})
    seal_journal(company)
    with psycopg.connect(company.url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    return company


def seal_journal(company: Company) -> None:
    """Does what the queue worker does every minute, so that it has nothing to do while something is measured."""
    with psycopg.connect(company.url) as owner:
        while seal(Sql(owner)) >= RUN_LIMIT:
            owner.commit()


def _add_documents(owner: Owner, company: Company, count: int, *, lines: int) -> None:
    first = 0
    for code in FILLED_KINDS:
        params = _kind_params(owner, company, KINDS[code], count // len(FILLED_KINDS))
        made = _fill(owner, prefill.DOCUMENTS, params | {"lines": lines})
        first = first or made
    _fill(owner, prefill.DOCUMENT_LINES, {
        "first": first, "lines": lines, "product": company.products.start, "products": len(company.products)})


def _kind_params(owner: Owner, company: Company, kind: DocumentKind, count: int) -> dict[str, object]:
    """Numbers are drawn as the server draws them, and the series goes on where these documents end."""
    numbering = kind.numbering
    (year,) = _row(owner, "SELECT extract(year FROM current_date)::int")
    params: dict[str, object] = {"series": numbering.series, "branch": company.branch, "year": year}
    (number,) = _row(owner, "SELECT draw_number(%(series)s, %(branch)s, %(year)s, %(gapless)s)",
                     params | {"gapless": numbering.gapless})
    owner.execute(prefill.SET_SERIES if numbering.gapless else prefill.SET_SEQUENCE,
                  params | {"last": number + count - 1})
    states = kind.workflow.states
    return params | {
        "kind": kind.code, "prefix": numbering.prefix, "width": numbering.width, "number": number, "count": count,
        "states": [s.code for s in states], "accounting": [str(s.accounting) for s in states],
        "organization": company.organization, "warehouse": company.warehouse, "employee": company.employee,
        "party": company.customers.start, "parties": len(company.customers)}


def _fill(owner: Owner, statement: LiteralString, params: dict[str, object]) -> int:
    """Runs a statement of `prefill`; answers the first id that it made, if it tells."""
    cursor = owner.execute(statement, params)
    row = cursor.fetchone() if cursor.description else None
    return int(str(row[0])) if row else 0


def _row(owner: Owner, statement: LiteralString, params: dict[str, object] | None = None) -> tuple[int, ...]:
    row = owner.execute(statement, params).fetchone()
    assert row is not None, statement
    return tuple(int(str(value)) for value in row)
