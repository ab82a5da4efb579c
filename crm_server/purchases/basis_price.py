"""What one unit of an act of discrepancy is worth: by the paper of the goods, or at the cost they set out with."""

# Trusted SQL over `l` (line) and `d` (document), without VAT. A line that has not come at all has no sum to divide, its
# price is all that is known. The price of goods of our own, which move at cost, is that of the transfer's line.
BASIS_PRICE = """(
SELECT coalesce(
    CASE WHEN b.price > 0 AND b.quantity > 0 THEN round(b.net / b.quantity, 2)
         WHEN b.price > 0 THEN round(b.price * (100 - b.discount) / CASE
             WHEN bd.vat_mode = 'included' AND b.vat_rate ~ '^[0-9]+$' THEN 100 + b.vat_rate::numeric ELSE 100 END, 2)
    END,
    (SELECT round(sum(stock_cost(m)) / nullif(sum(m.quantity), 0), 2) FROM stock_move m
     JOIN place w ON w.id = m.from_place_id AND w.kind <> 'transit'
     WHERE m.line_id = b.basis_line_id AND m.reverses_id IS NULL AND m.adjusts_id IS NULL
     AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses_id = m.id)))
FROM document_line b JOIN document bd ON bd.id = b.document_id
WHERE b.id = l.basis_line_id AND d.kind = 'discrepancy')"""
