-- The same function again: the product and the lot of a move are looked up one by one. Nobody can tell the planner how few
-- moves there are, and a join may read the whole catalogue.
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

    INSERT INTO stock_balance (place_id, product_id)
    SELECT DISTINCT m.to_place_id, m.product_id FROM moved m JOIN place p ON p.id = m.to_place_id AND p.inner
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING;

    PERFORM 1 FROM stock_balance b
    JOIN (SELECT from_place_id AS place_id, product_id FROM moved
          UNION SELECT to_place_id, product_id FROM moved) k USING (place_id, product_id)
    ORDER BY b.place_id, b.product_id FOR UPDATE OF b;

    IF EXISTS (
        SELECT 1 FROM moved m JOIN place p ON p.id = m.from_place_id AND p.inner
        LEFT JOIN stock_balance b ON (b.place_id, b.product_id) = (m.from_place_id, m.product_id)
        WHERE b.place_id IS NULL)
    THEN
        RAISE EXCEPTION 'nothing on the place' USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_balance_on_hand';
    END IF;

    UPDATE stock_balance b SET on_hand = b.on_hand + d.quantity, value = b.value + d.cost
    FROM (
        SELECT place_id, product_id, sum(quantity) AS quantity, sum(cost) AS cost FROM (
            SELECT to_place_id AS place_id, product_id, quantity, cost FROM moved
            UNION ALL
            SELECT from_place_id, product_id, -quantity, -cost FROM moved) u
        GROUP BY place_id, product_id) d
    WHERE (b.place_id, b.product_id) = (d.place_id, d.product_id);

    -- A move names a lot of its product when the product is counted by lots, and none otherwise. What is taken back goes
    -- as it came.
    IF EXISTS (
        SELECT 1 FROM moved m
        WHERE m.reverses_id IS NULL
              AND ((SELECT p.tracking FROM product p WHERE p.id = m.product_id) = 'none') <> (m.lot_id = 0)
           OR m.lot_id <> 0 AND (SELECT t.product_id FROM lot t WHERE t.id = m.lot_id) IS DISTINCT FROM m.product_id)
    THEN
        RAISE EXCEPTION 'a lot is missing or not wanted' USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_move_lot';
    END IF;
    IF EXISTS (SELECT 1 FROM moved WHERE lot_id <> 0) THEN
        PERFORM stock_keep_lots(array_agg(m.id)) FROM moved m WHERE lot_id <> 0;
    END IF;
    RETURN NULL;
END $$;
