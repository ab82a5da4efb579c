-- The same function again: the balances of a posting are found by their keys. With EXISTS … IN (from, to) every posting
-- read all balances, 4 ms with 30,000 of them.
CREATE OR REPLACE FUNCTION stock_keep_balances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE closed record;
BEGIN
    SELECT m.id, l.closed_until INTO closed FROM moved m
    JOIN stock_period_lock l ON l.place_id IN (m.from_place_id, m.to_place_id) AND m.at <= l.closed_until LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'period closed until %', closed.closed_until
            USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_move_closed_period';
    END IF;

    INSERT INTO stock_balance (place_id, product_id, lot_id)
    SELECT DISTINCT m.to_place_id, m.product_id, m.lot_id FROM moved m JOIN place p ON p.id = m.to_place_id AND p.inner
    ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING;

    PERFORM 1 FROM stock_balance b
    JOIN (SELECT from_place_id AS place_id, product_id, lot_id FROM moved
          UNION SELECT to_place_id, product_id, lot_id FROM moved) k USING (place_id, product_id, lot_id)
    ORDER BY b.place_id, b.product_id, b.lot_id FOR UPDATE OF b;

    IF EXISTS (
        SELECT 1 FROM moved m JOIN place p ON p.id = m.from_place_id AND p.inner
        LEFT JOIN stock_balance b ON (b.place_id, b.product_id, b.lot_id) = (m.from_place_id, m.product_id, m.lot_id)
        WHERE b.place_id IS NULL)
    THEN
        RAISE EXCEPTION 'nothing on the place' USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_balance_on_hand';
    END IF;

    UPDATE stock_balance b SET on_hand = b.on_hand + d.quantity, value = b.value + d.cost
    FROM (
        SELECT place_id, product_id, lot_id, sum(quantity) AS quantity, sum(cost) AS cost FROM (
            SELECT to_place_id AS place_id, product_id, lot_id, quantity, cost FROM moved
            UNION ALL
            SELECT from_place_id, product_id, lot_id, -quantity, -cost FROM moved) u
        GROUP BY place_id, product_id, lot_id) d
    WHERE (b.place_id, b.product_id, b.lot_id) = (d.place_id, d.product_id, d.lot_id);
    RETURN NULL;
END $$;
