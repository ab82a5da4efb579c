"""Statements that fill the company of the benchmarks. Text in them is what its lists are searched for."""

#: Lines of a document that is there from the beginning.
LINES = 5
#: Names of customers; CUSTOMERS counts on 16 beginnings and 13 endings.
BEGINNINGS = ("Север", "Юг", "Волга", "Урал", "Тепло", "Снаб", "Пром", "Строй", "Монтаж", "Энерго", "Газ", "Гидро",
              "Климат", "Сервис", "Техно", "Дом")
ENDINGS = ("ветер", "строй", "монтаж", "сервис", "торг", "снаб", "инвест", "проект", "комплект", "ресурс", "альянс",
           "центр", "плюс")

OFFICE = """
WITH own AS (
    INSERT INTO party (kind, name, inn, kpp, is_own, is_customer, tax_mode, search)
    VALUES ('legal', 'ООО «Окно-Пример»', '7707083893', '770701001', true, false, %(mode)s,
            search_key(' ооо окно-пример 7707083893 ')) RETURNING id),
mode AS (INSERT INTO tax_mode_period (party_id, tax_mode, valid_from) SELECT id, %(mode)s, '2000-01-01' FROM own),
branch_of AS (UPDATE branch SET organization_id = own.id FROM own WHERE branch.id = %(branch)s),
supplier AS (
    INSERT INTO party (kind, name, is_supplier, is_customer, search)
    VALUES ('legal', 'АО «Завод датчиков»', true, false, search_key(' ао завод датчиков ')))
INSERT INTO place (kind, name, branch_id, "inner")
SELECT 'warehouse', name, %(branch)s, true FROM unnest('{Основной,Северный,Южный}'::text[]) AS name
"""

PRODUCTS = """
WITH made AS (
    INSERT INTO product (sku, name, kind, unit, search)
    SELECT sku, name, 'goods', '796', search_key(sku || ' ' || name)
    FROM (SELECT 'А-' || lpad(n::text, 6, '0') AS sku,
                 (ARRAY['Датчик', 'Клапан', 'Кабель', 'Насос', 'Котёл', 'Реле', 'Фильтр'])[1 + n %% 7] || ' '
                 || (ARRAY['ДД', 'КЭ', 'ПВС', 'НЦ', 'КС'])[1 + n / 7 %% 5] || '-' || n AS name
          FROM generate_series(1, %(count)s) n ORDER BY n) p RETURNING id)
SELECT min(id) FROM made
"""

# Every product has a row on every warehouse from the start, so that the answer is as long after ten thousand moves as
# after a million.
EMPTY_BALANCES = """
INSERT INTO stock_balance (place_id, product_id) SELECT w.id, p.id FROM place w, product p WHERE w.kind = 'warehouse'
"""

CUSTOMERS = """
WITH named AS (
    SELECT n, format('ООО «%%s%%s %%s»',
            (%(beginnings)s::text[])[1 + n %% 16], (%(endings)s::text[])[1 + n / 16 %% 13], n) AS name,
        lpad((7010000000 + n::bigint * 11)::text, 10, '0') AS inn,
        lpad((9000000000 + n::bigint * 7919 %% 999999937)::text, 10, '0') AS phone,
        (ARRAY['Иванова Ольга', 'Петров Дмитрий', 'Гусев Денис', 'Смирнова Анна', 'Фёдоров Пётр'])[1 + n %% 5] AS person
    FROM generate_series(%(first)s::int, %(last)s::int) n),
keyed AS (
    SELECT *, search_key(format(' %%s %%s 7%%s 8%%s office@c%%s.example %%s 7%%s buh@c%%s.example ',
        translate(lower(name), '«»', ''), inn, phone, phone, n, person, phone, n)) AS search FROM named),
made AS (
    INSERT INTO party (kind, name, inn, kpp, phone, email, segment, manager_id, search, name_key)
    SELECT 'legal', name, inn, left(inn, 4) || '01001', '+7 ' || phone, format('office@c%%s.example', n),
           (ARRAY['Опт', 'Розница', 'Монтаж'])[1 + n %% 3], %(employee)s, search,
           search_key(translate(name, '«»', ''))
    FROM keyed ORDER BY n RETURNING id, search),
first AS (SELECT min(id) AS id FROM made),
contacts AS (
    INSERT INTO contact (party_id, name, position, roles, phones, emails, search)
    SELECT f.id + n - %(first)s, person, 'бухгалтер', '{accountant}', ARRAY['+7 ' || phone],
           ARRAY[format('buh@c%%s.example', n)], search_key(format(' %%s 7%%s buh@c%%s.example ', person, phone, n))
    FROM keyed, first f)
SELECT id FROM first
"""

# The first move of each product is a delivery of a million pieces, so that nobody ever runs out; after it deliveries
# and sales take turns on each of the warehouses.
MOVES = """
INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost)
SELECT current_date - 1 - n %% 300, %(product)s + n %% %(products)s,
       CASE WHEN comes THEN (SELECT id FROM place WHERE kind = 'supplier') ELSE inner_id END,
       CASE WHEN comes THEN inner_id ELSE (SELECT id FROM place WHERE kind = 'customer') END, quantity, quantity * 100
FROM (SELECT n, (%(places)s::bigint[])[1 + n / %(products)s %% 3] AS inner_id, n / %(products)s / 3 %% 2 = 0 AS comes,
             CASE WHEN n < %(products)s THEN 1000000 WHEN n / %(products)s / 3 %% 2 = 0 THEN 10 ELSE 3 END AS quantity
      FROM generate_series(%(first)s::int, %(last)s::int) n) m
"""

BALANCES = """
UPDATE stock_balance b SET on_hand = m.quantity, value = m.cost, last_at = m.at
FROM (SELECT place_id, product_id, sum(quantity) AS quantity, sum(cost) AS cost, max(at) AS at
      FROM (SELECT to_place_id AS place_id, product_id, quantity, cost, at FROM stock_move
            UNION ALL SELECT from_place_id, product_id, -quantity, -cost, at FROM stock_move) u GROUP BY 1, 2) m
WHERE (b.place_id, b.product_id) = (m.place_id, m.product_id)
"""

# What the trigger of the ledger and the nightly job keep.
MARKS = ("DELETE FROM stock_mark", "DELETE FROM stock_mark_day", "SELECT stock_make_marks()")

SET_SERIES = """
UPDATE number_series SET last = %(last)s WHERE series = %(series)s AND branch_id = %(branch)s AND year = %(year)s
"""
SET_SEQUENCE = "SELECT setval(format('number_%%s_%%s_%%s', %(series)s::text, %(branch)s, %(year)s)::regclass, %(last)s)"

DOCUMENTS = """
WITH n AS MATERIALIZED (
    SELECT nextval(pg_get_serial_sequence('document', 'id')) AS id, i,
           i %% array_length(%(states)s::text[], 1) + 1 AS s,
           %(prefix)s || lpad((%(number)s + i)::text, %(width)s, '0') AS number,
           %(party)s + i * 7919::bigint %% %(parties)s AS party, (100 + i %% 9973)::numeric AS price
    FROM generate_series(0, %(count)s - 1) i),
made AS (
    INSERT INTO document (id, kind, number, year, date, due_date, state, accounting, branch_id, organization_id,
        party_id, place_id, responsible_id, author_id, net, gross, chain_id, search)
    SELECT n.id, %(kind)s, n.number, %(year)s, current_date - i %% 700, current_date - i %% 700 + 10,
           (%(states)s::text[])[s], (%(accounting)s::text[])[s], %(branch)s, %(organization)s, n.party, %(warehouse)s,
           %(employee)s, %(employee)s, price * %(lines)s, price * %(lines)s, n.id,
           search_key(format('%%s %%s %%s', n.number, p.name, p.inn))
    FROM n JOIN party p ON p.id = n.party ORDER BY n.id RETURNING id)
SELECT min(id) FROM made
"""

DOCUMENT_LINES = """
INSERT INTO document_line (document_id, position, product_id, name, quantity, unit, price, net, vat, gross)
SELECT d.id, k, p.id, p.name, 1, '796', d.net / %(lines)s, d.net / %(lines)s, 0, d.net / %(lines)s
FROM document d CROSS JOIN generate_series(1, %(lines)s) k
JOIN product p ON p.id = %(product)s + (d.id * 31 + k * 577) %% %(products)s
WHERE d.id >= %(first)s
"""

# Issued issues were made on completed orders, whose shipment and reserve they tell; confirmed orders hold their goods.
CHAINS = """
WITH pair AS MATERIALIZED (
    SELECT o.id AS order_id, i.id AS issue_id
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM document
          WHERE kind = 'sales_order' AND state = 'completed') o
    JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM document
          WHERE kind = 'issue' AND state = 'issued') i USING (n)),
link AS (INSERT INTO document_link (basis_id, document_id) SELECT order_id, issue_id FROM pair),
chained AS (UPDATE document d SET chain_id = order_id FROM pair WHERE d.id = issue_id),
shipped AS (UPDATE document d SET shipped = 1, reserved = 1 FROM pair WHERE d.id = order_id),
used AS (
    INSERT INTO reservation (document_id, line_id, product_id, place_id, quantity, used, state, closed_at, branch_id)
    SELECT d.id, l.id, l.product_id, d.place_id, l.quantity, l.quantity, 'used', now(), d.branch_id
    FROM pair JOIN document d ON d.id = order_id JOIN document_line l ON l.document_id = d.id)
UPDATE document_line c SET basis_line_id = l.id
FROM pair JOIN document_line l ON l.document_id = order_id WHERE c.document_id = issue_id AND c.position = l.position
"""
RESERVES = """
WITH held AS (
    INSERT INTO reservation (document_id, line_id, product_id, place_id, quantity, until, branch_id)
    SELECT d.id, l.id, l.product_id, d.place_id, l.quantity, current_date + 5, d.branch_id
    FROM document d JOIN document_line l ON l.document_id = d.id WHERE d.kind = 'sales_order' AND d.state = 'confirmed'
    RETURNING product_id, place_id, quantity),
marked AS (UPDATE document SET reserved = 1 WHERE kind = 'sales_order' AND state = 'confirmed')
UPDATE stock_balance b SET reserved = h.quantity
FROM (SELECT place_id, product_id, sum(quantity) AS quantity FROM held GROUP BY 1, 2) h
WHERE (b.place_id, b.product_id) = (h.place_id, h.product_id)
"""


def customer_name(n: int) -> str:
    """The word in the name of the n-th customer."""
    return BEGINNINGS[n % 16] + ENDINGS[n // 16 % 13]


def customer_inn(n: int) -> str:
    """The ИНН that CUSTOMERS gives to the n-th one."""
    return f"{7010000000 + n * 11:010}"


def customer_phone(n: int) -> str:
    """The phone of the n-th customer, ten digits."""
    return f"{9000000000 + n * 7919 % 999999937:010}"
