-- What goods turned out to be worth: a move of money without goods between the places of an earlier one (`adjusts_id`).
-- The balance remembers the day of its latest move, by which a posting knows that it is dated back.

-- The cost of a move with all that was found out later.
CREATE FUNCTION stock_cost(m stock_move) RETURNS numeric
LANGUAGE sql STABLE
AS $$
    SELECT m.cost + coalesce((SELECT sum(CASE WHEN a.from_place_id = m.from_place_id THEN a.cost ELSE -a.cost END)
                              FROM stock_move a WHERE a.adjusts_id = m.id), 0)
$$;

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

    -- What is taken back or adjusted is no later move of the goods.
    UPDATE stock_balance b SET on_hand = b.on_hand + d.quantity, value = b.value + d.cost,
                               last_at = greatest(b.last_at, d.at)
    FROM (
        SELECT place_id, product_id, sum(quantity) AS quantity, sum(cost) AS cost, max(at) AS at FROM (
            SELECT to_place_id AS place_id, product_id, quantity, cost,
                   CASE WHEN coalesce(reverses_id, adjusts_id) IS NULL THEN at END AS at FROM moved
            UNION ALL
            SELECT from_place_id, product_id, -quantity, -cost,
                   CASE WHEN coalesce(reverses_id, adjusts_id) IS NULL THEN at END FROM moved) u
        GROUP BY place_id, product_id) d
    WHERE (b.place_id, b.product_id) = (d.place_id, d.product_id);

    -- A move names a lot of its product when the product is counted by lots, and none otherwise. What is taken back goes
    -- as it came.
    IF EXISTS (
        SELECT 1 FROM moved m
        WHERE coalesce(m.reverses_id, m.adjusts_id) IS NULL
              AND ((SELECT p.tracking FROM product p WHERE p.id = m.product_id) = 'none') <> (m.lot_id = 0)
           OR m.lot_id <> 0 AND (SELECT t.product_id FROM lot t WHERE t.id = m.lot_id) IS DISTINCT FROM m.product_id)
    THEN
        RAISE EXCEPTION 'a lot is missing or not wanted' USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_move_lot';
    END IF;
    IF EXISTS (SELECT 1 FROM moved WHERE lot_id <> 0 AND quantity > 0) THEN
        PERFORM stock_keep_lots(array_agg(m.id)) FROM moved m WHERE lot_id <> 0 AND quantity > 0;
    END IF;

    -- Money follows the goods that it is for: the same product and lot, between the same places.
    IF EXISTS (SELECT 1 FROM moved WHERE adjusts_id IS NOT NULL) AND EXISTS (
        SELECT 1 FROM moved m LEFT JOIN stock_move o ON o.id = m.adjusts_id
        WHERE m.adjusts_id IS NOT NULL AND (o.adjusts_id IS NOT NULL OR
            (o.product_id, o.lot_id, least(o.from_place_id, o.to_place_id), greatest(o.from_place_id, o.to_place_id))
            IS DISTINCT FROM (m.product_id, m.lot_id, least(m.from_place_id, m.to_place_id),
                              greatest(m.from_place_id, m.to_place_id))))
    THEN
        RAISE EXCEPTION 'an adjusting move goes the way of its own'
            USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_move_adjusts';
    END IF;
    RETURN NULL;
END $$;

-- Employees hold goods: money alone is no custody.
CREATE OR REPLACE FUNCTION custody_follow_moves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE takers bigint[];
BEGIN
    IF NOT EXISTS (SELECT FROM moved m JOIN place p ON p.id = m.from_place_id AND p.kind = 'employee')
       AND NOT EXISTS (SELECT FROM moved m JOIN place p ON p.id = m.to_place_id AND p.kind = 'employee') THEN
        RETURN NULL;
    END IF;

    -- A reversed taking gives back what it took.
    UPDATE custody_item i SET rest = i.rest + u.quantity
    FROM (SELECT u.item_id, sum(u.quantity) AS quantity FROM custody_use u JOIN moved m ON m.reverses_id = u.move_id
          GROUP BY u.item_id) u
    WHERE i.id = u.item_id;
    DELETE FROM custody_use u USING moved m WHERE u.move_id = m.reverses_id;

    -- What took of a giving that is reversed now has to take of the others; the balance says that they suffice.
    SELECT array_agg(DISTINCT u.move_id) INTO takers FROM custody_use u
    JOIN custody_item i ON i.id = u.item_id JOIN moved m ON m.reverses_id = i.move_id;
    DELETE FROM custody_use u USING custody_item i, moved m WHERE i.id = u.item_id AND i.move_id = m.reverses_id;
    DELETE FROM custody_item i USING moved m WHERE i.move_id = m.reverses_id;

    INSERT INTO custody_item (move_id, place_id, product_id, lot_id, document_id, line_id, at, quantity, rest)
    SELECT m.id, m.to_place_id, m.product_id, m.lot_id, m.document_id, m.line_id, m.at, m.quantity, m.quantity
    FROM moved m JOIN place p ON p.id = m.to_place_id AND p.kind = 'employee'
    WHERE m.reverses_id IS NULL AND m.quantity > 0 ORDER BY m.id;

    takers := coalesce(takers, '{}') || ARRAY(
        SELECT m.id FROM moved m JOIN place p ON p.id = m.from_place_id AND p.kind = 'employee'
        WHERE m.reverses_id IS NULL AND m.quantity > 0);
    IF cardinality(takers) > 0 THEN
        PERFORM custody_take(takers, true);
        PERFORM custody_take(takers, false);
    END IF;
    RETURN NULL;
END $$;

-- The same question; money that moved without goods came where it came and went where it went.
CREATE OR REPLACE FUNCTION stock_turnover(since date, until date)
RETURNS TABLE (place_id bigint, product_id bigint, lot_id bigint, opening numeric, opening_value numeric,
               came numeric, came_value numeric, went numeric, went_value numeric)
LANGUAGE sql STABLE ROWS 20000 SET search_path = public, pg_temp SET work_mem = '64MB'
AS $$
    WITH base AS (
        SELECT p.id, coalesce(max(s.until), '-infinity'::date) AS until FROM place p
        LEFT JOIN stock_period s ON s.place_id = p.id AND s.until < $1 WHERE p."inner" GROUP BY p.id),
    side AS (
        SELECT b.id AS place_id, s.product_id, s.lot_id, s.until AS at, s.on_hand AS quantity, s.value AS cost, true AS inward
        FROM base b JOIN stock_snapshot s ON s.place_id = b.id AND s.until = b.until
        UNION ALL
        SELECT b.id, m.product_id, m.lot_id, m.at, m.quantity, m.cost, true
        FROM base b JOIN stock_move m ON m.to_place_id = b.id AND m.at > b.until WHERE m.at <= $2
        UNION ALL
        SELECT b.id, m.product_id, m.lot_id, m.at, -m.quantity, -m.cost, false
        FROM base b JOIN stock_move m ON m.from_place_id = b.id AND m.at > b.until WHERE m.at <= $2)
    SELECT place_id, product_id, lot_id,
           coalesce(sum(quantity) FILTER (WHERE at < $1), 0), coalesce(sum(cost) FILTER (WHERE at < $1), 0),
           coalesce(sum(quantity) FILTER (WHERE at >= $1 AND inward), 0),
           coalesce(sum(cost) FILTER (WHERE at >= $1 AND inward), 0),
           coalesce(-sum(quantity) FILTER (WHERE at >= $1 AND NOT inward), 0),
           coalesce(-sum(cost) FILTER (WHERE at >= $1 AND NOT inward), 0)
    FROM side GROUP BY place_id, product_id, lot_id
$$;

-- Locks all balances of products in key order and answers them.
CREATE FUNCTION stock_lock_products(products bigint[])
RETURNS TABLE (place_id bigint, product_id bigint, on_hand numeric, value numeric)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT b.place_id, b.product_id, b.on_hand, b.value FROM stock_balance b
    WHERE b.product_id = ANY(products) ORDER BY b.place_id, b.product_id FOR UPDATE
$$;
