"""Customers: find, open, create."""

from psycopg.types.json import Jsonb

from benchmarks.load import RawConnection
from benchmarks.operations import PAGE, new_customer, search_for
from benchmarks.seat import Seat
from crm_server.access.passwords import hash_password, verify_password
from crm_server.kit.search import fold

_DEBT = """
LEFT JOIN LATERAL (
    SELECT sum(d.gross - d.paid) AS total, sum(d.gross - d.paid) FILTER (WHERE d.due_date < current_date) AS overdue
    FROM document d WHERE d.party_id = p.id AND d.kind = 'invoice' AND d.accounting = 'posted' AND d.paid < d.gross
) debt ON true
"""
# Found by the trigram index and then sorted: with a bare LIMIT the planner walks the names in their order instead.
_PAGE = """
WITH found AS MATERIALIZED (SELECT p.id, p.sort FROM party p WHERE p.search LIKE %(word)s)
SELECT p.id, p.name, p.inn, p.phone, m.id, m.name, p.segment, coalesce(debt.total, 0), coalesce(debt.overdue, 0)
FROM (SELECT id FROM found ORDER BY sort, id LIMIT %(limit)s) f JOIN party p USING (id)
LEFT JOIN employee m ON m.id = p.manager_id""" + _DEBT + "ORDER BY p.sort, p.id"
_TOTAL = """
SELECT count(*), sum(debt.total), sum(debt.overdue)
FROM (SELECT p.id FROM party p WHERE p.search LIKE %(word)s LIMIT 10001) p""" + _DEBT
_CARD = """
SELECT p.*, m.name, b.title, k.title,
    (SELECT jsonb_agg(c ORDER BY c.sequence, c.id) FROM contact c WHERE c.party_id = p.id AND NOT c.archived),
    (SELECT jsonb_agg(s ORDER BY s.sequence, s.id) FROM site s WHERE s.party_id = p.id AND NOT s.archived),
    (SELECT jsonb_agg(a ORDER BY a.sequence, a.id) FROM bank_account a WHERE a.party_id = p.id AND NOT a.archived)
FROM party p LEFT JOIN employee m ON m.id = p.manager_id LEFT JOIN branch b ON b.id = p.branch_id
LEFT JOIN price_kind k ON k.id = p.price_kind_id WHERE p.id = %s
"""
_COUNTERS = """
SELECT kind, count(*), sum(gross), sum(gross - paid) FILTER (WHERE kind = 'invoice' AND accounting = 'posted'),
       count(*) FILTER (WHERE accounting = 'draft'), count(*) FILTER (WHERE accounting = 'posted' AND paid < gross)
FROM document WHERE party_id = %s AND accounting <> 'annulled' GROUP BY kind
"""
_CREATE = """
WITH made AS (
    INSERT INTO party (kind, name, inn, kpp, phone, email, search, name_key)
    VALUES ('legal', %(name)s, %(inn)s, %(kpp)s, %(phone)s, %(email)s, %(search)s, %(key)s) RETURNING id)
INSERT INTO contact (party_id, name, position, roles, phones, emails, sequence, search)
SELECT made.id, t.* FROM made, jsonb_to_recordset(%(contacts)s::jsonb)
    AS t(name text, position text, roles text[], phones text[], emails text[], sequence int, search text)
RETURNING party_id
"""

_PASSWORD = "верный пароль 7"
_HASH = hash_password(_PASSWORD)


def find_customers(seat: Seat, connection: RawConnection) -> None:
    text, _, _ = search_for(seat, seat.random.randrange(len(seat.company.customers)))
    words = {"limit": PAGE, "word": f"%{fold(text)}%"}
    assert connection.execute(_PAGE, words).fetchall()
    connection.execute(_TOTAL, words).fetchall()


def open_card(seat: Seat, connection: RawConnection) -> None:
    customer = (seat.customer(),)
    assert connection.execute(_CARD, customer).fetchone()
    connection.execute(_COUNTERS, customer).fetchall()


def create_customer(seat: Seat, connection: RawConnection) -> None:
    body = new_customer(seat)
    contacts = [contact | {"sequence": number, "roles": contact.get("roles", []), "search": _key(
        contact["name"], *contact["phones"], *contact["emails"])} for number, contact in enumerate(body["contacts"])]
    row = {name: body[name] for name in ("name", "inn", "kpp", "phone", "email")}
    row["search"] = _key(*row.values(), *(contact["search"] for contact in contacts))
    connection.execute(_CREATE, row | {"key": fold(body["name"]), "contacts": Jsonb(contacts)})


def log_in(seat: Seat, connection: RawConnection) -> None:
    """Only the hash: what a log-in cannot do without."""
    assert verify_password(_HASH, _PASSWORD)


def _key(*parts: str) -> str:
    return f" {fold(' '.join(parts))} "
