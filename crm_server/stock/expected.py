"""What is to come: the one place that says what «ожидается» means.

Confirmed orders to suppliers as far as posted receipts have not brought the goods, and receipts that are expected
without an order. Each row has the document behind it, so that the number can be opened.
"""

#: Rows (document_id, place_id, product_id, quantity, due_date) in parentheses, for a FROM with an alias of the caller.
#: A condition on `product_id` or `place_id` outside goes down into it.
EXPECTED = """(
SELECT o.document_id, o.place_id, o.product_id, sum(o.quantity - o.taken) AS quantity, o.due_date FROM (
    SELECT d.id AS document_id, d.place_id, l.product_id, l.quantity, d.due_date, coalesce((
        SELECT sum(c.quantity) FROM document_line c JOIN document x ON x.id = c.document_id
        WHERE c.basis_line_id = l.id AND x.kind = 'receipt' AND x.accounting = 'posted'), 0) AS taken
    FROM document d JOIN document_line l ON l.document_id = d.id
    JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
    WHERE d.kind = 'purchase_order' AND d.state = 'confirmed' AND d.received < 1) o
GROUP BY o.document_id, o.place_id, o.product_id, o.due_date HAVING sum(o.quantity - o.taken) > 0
UNION ALL
SELECT d.id, d.place_id, l.product_id, sum(l.quantity), d.due_date
FROM document d JOIN document_line l ON l.document_id = d.id AND l.basis_line_id IS NULL
JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
WHERE d.kind = 'receipt' AND d.state = 'expected'
GROUP BY d.id, d.place_id, l.product_id, d.due_date)"""
