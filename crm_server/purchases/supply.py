"""What a warehouse will have of a product: the SQL that says it, in one place.

A warehouse counts with its zones and bins. What stands apart (repair, quarantine) is not there for anybody; goods on
their way to a warehouse are its own already.
"""

from crm_contract.settings import LEAD_DAYS, Setting
from crm_server.documents.remainder import BELOW
from crm_server.stock.expected import EXPECTED

#: `rooted`: the balances of a warehouse: its own, where its zones and bins are counted, and that of the way to it.
ROOTED = """
rooted AS MATERIALIZED (
    SELECT p.id AS place_id, p.kind, CASE WHEN p.kind = 'transit' THEN p.parent_id ELSE p.id END AS root
    FROM place p WHERE p.kind IN ('warehouse', 'transit'))
"""

#: Drafts that are to bring goods to a warehouse: nobody has confirmed them, but whoever orders has to know.
DRAFTED = """(
SELECT d.id AS document_id, CASE WHEN d.kind = 'transfer' THEN d.place_to_id ELSE d.place_id END AS place_id,
       l.product_id, sum(l.quantity) AS quantity, d.due_date
FROM document d JOIN document_line l ON l.document_id = d.id
JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
WHERE d.accounting = 'draft' AND (d.kind IN ('purchase_order', 'transfer')
      OR d.kind = 'receipt' AND d.state = 'draft' AND l.basis_line_id IS NULL)
GROUP BY d.id, l.product_id)"""

# Goods that customers were promised and that nobody holds for them: confirmed orders less what was shipped of them and
# what is reserved, by whatever paper made of them.
_WAITING = """
roots AS (
    SELECT l.document_id AS root, l.id AS key, l.id, l.quantity FROM document d JOIN document_line l
        ON l.document_id = d.id JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
    WHERE d.kind = 'sales_order' AND d.state = 'confirmed' AND d.reserved < 1 AND d.shipped < 1),
{below},
taken AS (
    SELECT w.key, coalesce(sum(w.quantity) FILTER (WHERE w.kind = 'issue' AND w.accounting = 'posted'), 0)
           + coalesce(sum((SELECT sum(r.quantity - r.used) FROM reservation r
                           WHERE r.line_id = w.id AND r.state = 'active')), 0) AS quantity
    FROM below w GROUP BY w.key),
waiting AS (
    SELECT d.place_id, l.product_id, sum(o.quantity - t.quantity) AS quantity
    FROM roots o JOIN taken t USING (key) JOIN document d ON d.id = o.root JOIN document_line l ON l.id = o.key
    WHERE o.quantity > t.quantity GROUP BY d.place_id, l.product_id)
""".replace("{below}", BELOW)

#: `supply` (place_id, product_id and the figures of `StockNow`) of every product with a rule anywhere. Begins a WITH.
SUPPLY = """
WITH RECURSIVE {rooted}, {waiting},
there AS (
    SELECT r.root AS place_id, b.product_id,
           sum(CASE WHEN r.kind = 'transit' THEN 0 ELSE b.on_hand - b.reserved END) AS free,
           sum(CASE WHEN r.kind = 'transit' THEN b.on_hand ELSE 0 END) AS way
    FROM stock_balance b JOIN rooted r ON r.place_id = b.place_id
    WHERE b.product_id IN (SELECT product_id FROM stock_rule) AND (b.on_hand > 0 OR b.reserved > 0)
    GROUP BY r.root, b.product_id),
figures AS (
    SELECT place_id, product_id, free, way, 0 AS ordered, 0 AS drafted, 0 AS leaving, 0 AS waiting FROM there
    UNION ALL SELECT place_id, product_id, 0, 0, quantity, 0, 0, 0 FROM {expected} e
    UNION ALL SELECT place_id, product_id, 0, 0, 0, quantity, 0, 0 FROM {drafted} d
    UNION ALL SELECT d.place_id, l.product_id, 0, 0, 0, 0, l.quantity, 0
    FROM document d JOIN document_line l ON l.document_id = d.id WHERE d.kind = 'transfer' AND d.accounting = 'draft'
    UNION ALL SELECT place_id, product_id, 0, 0, 0, 0, 0, quantity FROM waiting),
supply AS MATERIALIZED (
    SELECT place_id, product_id, sum(free) AS free, sum(way) AS way, sum(ordered) AS ordered, sum(drafted) AS drafted,
           sum(leaving) AS leaving, sum(waiting) AS waiting FROM figures GROUP BY place_id, product_id)
""".replace("{rooted}", ROOTED).replace("{waiting}", _WAITING).replace("{expected}", EXPECTED).replace(
    "{drafted}", DRAFTED)


def setting_sql(setting: Setting[int]) -> str:
    """A number of the settings as trusted SQL."""
    chosen = f"SELECT value::text::int FROM setting WHERE key = '{setting.code}'"  # noqa: S608 - a declared code
    return f"coalesce(({chosen}), {setting.default})"


#: In how many days goods of the rule `r` come from the supplier whose item is `i`.
LEAD = f"coalesce(r.lead_days, i.lead_days, {setting_sql(LEAD_DAYS)})"
