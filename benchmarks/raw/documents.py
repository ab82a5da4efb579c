"""Orders, receipts, issues: one statement for each command. A line is one piece at 100 ₽, 22 % of VAT inside."""

from psycopg.rows import TupleRow

from benchmarks.load import RawConnection
from benchmarks.operations import PAGE
from benchmarks.seat import Seat
from crm_contract.documents import KINDS

# chain_id of a document on a basis is the basis's; `basis` is null without one.
_DRAFT = """
WITH made AS (
    INSERT INTO document (id, kind, number, year, date, state, branch_id, organization_id, party_id, place_id,
        responsible_id, author_id, net, vat, gross, chain_id, search)
    SELECT id, %(kind)s, number, %(year)s, %(date)s, 'draft', %(branch)s, %(organization)s, %(party)s, %(place)s,
           %(employee)s, %(employee)s, 81.97 * %(lines)s, 18.03 * %(lines)s, 100 * %(lines)s, id,
           search_key(number || ' ' || (SELECT name || ' ' || inn FROM party WHERE id = %(party)s))
    FROM (SELECT nextval(pg_get_serial_sequence('document', 'id')) AS id, %(prefix)s || lpad(
            draw_number(%(kind)s, %(branch)s, %(year)s, %(gapless)s)::text, 5, '0') AS number OFFSET 0) n
    RETURNING id),
lines AS (
    INSERT INTO document_line (document_id, position, product_id, name, quantity, unit, price, vat_rate, net, vat,
        gross)
    SELECT made.id, n, p.id, p.name, 1, '796', 100, '22', 81.97, 18.03, 100
    FROM made, unnest(%(products)s::int8[]) WITH ORDINALITY AS t(product_id, n) JOIN product p ON p.id = t.product_id)
SELECT id FROM made
"""
_CONFIRM = """
WITH head AS (
    UPDATE document SET state = 'confirmed', accounting = 'posted', version = version + 1, reserved = 1,
        posted_at = now(), updated_at = now()
    WHERE id = %s AND state = 'draft' RETURNING id, place_id, branch_id, responsible_id)
INSERT INTO reservation (document_id, line_id, product_id, place_id, quantity, until, branch_id, employee_id)
SELECT h.id, l.id, l.product_id, h.place_id, l.quantity, current_date + 5, h.branch_id, h.responsible_id
FROM head h JOIN document_line l ON l.document_id = h.id
"""
_RECEIVE = """
WITH head AS (
    UPDATE document SET state = 'received', accounting = 'posted', version = version + 1, posted_at = now(),
        updated_at = now()
    WHERE id = %s AND state = 'draft' RETURNING id, date, place_id, responsible_id)
INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost, document_id, line_id, employee_id)
SELECT h.date, l.product_id, (SELECT id FROM place WHERE kind = 'supplier'), h.place_id, l.quantity, l.net, h.id, l.id,
       h.responsible_id
FROM head h JOIN document_line l ON l.document_id = h.id
"""
_ISSUE_DRAFT = """
WITH made AS (
    INSERT INTO document (kind, number, year, date, state, branch_id, organization_id, party_id, place_id,
        responsible_id, author_id, net, vat, gross, chain_id, search)
    SELECT 'issue', %(prefix)s || lpad(draw_number('issue', %(branch)s, %(year)s, %(gapless)s)::text, 5, '0'), %(year)s,
           %(date)s, 'draft', branch_id, organization_id, party_id, place_id, responsible_id, author_id, net, vat,
           gross, chain_id, search
    FROM document WHERE id = %(order)s RETURNING id),
link AS (INSERT INTO document_link (basis_id, document_id) SELECT %(order)s, id FROM made),
lines AS (
    INSERT INTO document_line (document_id, position, product_id, name, quantity, unit, price, vat_rate, net, vat,
        gross, basis_line_id)
    SELECT made.id, position, product_id, name, quantity, unit, price, vat_rate, net, vat, gross, l.id
    FROM made, document_line l WHERE l.document_id = %(order)s)
SELECT id FROM made
"""
_ISSUE = """
WITH head AS (
    UPDATE document SET state = 'issued', accounting = 'posted', version = version + 1, posted_at = now(),
        updated_at = now()
    WHERE id = %(issue)s AND state = 'draft' RETURNING id, date, place_id, responsible_id),
basis AS (UPDATE document SET shipped = 1 WHERE id = %(order)s),
locked AS MATERIALIZED (
    SELECT k.* FROM head h, stock_lock(h.place_id, ARRAY(
        SELECT product_id FROM document_line WHERE document_id = %(issue)s)) k),
used AS (
    UPDATE reservation SET used = quantity, state = 'used', version = version + 1, closed_at = now()
    WHERE document_id = %(order)s AND state = 'active')
INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost, document_id, line_id, employee_id)
SELECT h.date, l.product_id, h.place_id, (SELECT id FROM place WHERE kind = 'customer'), l.quantity,
       round(k.value * l.quantity / k.on_hand, 2), h.id, l.id, h.responsible_id
FROM head h JOIN document_line l ON l.document_id = h.id JOIN locked k USING (product_id)
"""
_LIST = """
SELECT d.id, d.number, d.date, d.state, d.due_date, d.gross, d.paid, p.id, p.name, e.id, e.name
FROM (SELECT id FROM document WHERE kind = 'sales_order' AND state = 'confirmed' AND date >= '2020-01-01'
      ORDER BY date DESC, id DESC OFFSET %s LIMIT %s) q
JOIN document d USING (id) LEFT JOIN party p ON p.id = d.party_id LEFT JOIN employee e ON e.id = d.responsible_id
ORDER BY d.date DESC, d.id DESC
"""
_LIST_TOTAL = """
SELECT count(*), sum(gross) FROM (
    SELECT gross FROM document WHERE kind = 'sales_order' AND state = 'confirmed' AND date >= '2020-01-01'
    LIMIT 10001) q
"""


def create_order(seat: Seat, connection: RawConnection) -> None:
    seat.drafts.append(_draft(seat, connection, "sales_order", seat.customer()))


def confirm_order(seat: Seat, connection: RawConnection) -> None:
    _touch(connection.execute(_CONFIRM, (seat.draft(),)).rowcount)


def receive(seat: Seat, connection: RawConnection) -> None:
    receipt = _draft(seat, connection, "receipt", seat.company.supplier)
    _touch(connection.execute(_RECEIVE, (receipt,)).rowcount)


def ship(seat: Seat, connection: RawConnection) -> None:
    order = seat.draft()
    _touch(connection.execute(_CONFIRM, (order,)).rowcount)
    numbering = KINDS["issue"].numbering
    row = connection.execute(_ISSUE_DRAFT, {
        "order": order, "prefix": numbering.prefix, "gapless": numbering.gapless, "branch": seat.company.branch,
        "year": seat.today.year, "date": seat.today}).fetchone()
    _touch(connection.execute(_ISSUE, {"issue": _id(row), "order": order}).rowcount)


def list_orders(seat: Seat, connection: RawConnection) -> None:
    assert connection.execute(_LIST, (PAGE * seat.random.randrange(4), PAGE)).fetchall()
    connection.execute(_LIST_TOTAL).fetchall()


def _draft(seat: Seat, connection: RawConnection, kind: str, party: int) -> int:
    company, numbering, products = seat.company, KINDS[kind].numbering, seat.basket()
    return _id(connection.execute(_DRAFT, {
        "kind": kind, "prefix": numbering.prefix, "gapless": numbering.gapless, "year": seat.today.year,
        "date": seat.today, "branch": company.branch, "organization": company.organization, "party": party,
        "place": company.warehouse, "employee": company.employee, "lines": len(products), "products": products,
    }).fetchone())


def _id(row: TupleRow | None) -> int:
    assert row is not None
    return row[0]


def _touch(rows: int) -> None:
    """Nothing written means that the statement found nothing to work on."""
    assert rows > 0
