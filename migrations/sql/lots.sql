-- A balance is of a product on a place, whatever its serial numbers and lots: it is what is reserved and what has a cost.
-- Beside it the ledger keeps how many of each lot lie there, for products that are counted by them. Rows of both are
-- locked with those of stock_balance, in the order (place, product).

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
        SELECT 1 FROM moved m JOIN product p ON p.id = m.product_id
        LEFT JOIN lot t ON (t.id, t.product_id) = (m.lot_id, m.product_id)
        WHERE m.reverses_id IS NULL AND (p.tracking = 'none') <> (m.lot_id = 0) OR m.lot_id <> 0 AND t.id IS NULL)
    THEN
        RAISE EXCEPTION 'a lot is missing or not wanted' USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_move_lot';
    END IF;
    IF EXISTS (SELECT 1 FROM moved WHERE lot_id <> 0) THEN
        PERFORM stock_keep_lots(array_agg(m.id)) FROM moved m WHERE lot_id <> 0;
    END IF;
    RETURN NULL;
END $$;

-- What leaves is taken off before what comes is added: a serial number is never on two places, not even for a moment.
-- Where it only passes through, nothing changes.
CREATE FUNCTION stock_keep_lots(moves bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE change record; touched integer;
BEGIN
    INSERT INTO lot_balance (place_id, lot_id, product_id, serial)
    SELECT DISTINCT m.to_place_id, m.lot_id, m.product_id, t.serial
    FROM stock_move m JOIN lot t ON t.id = m.lot_id JOIN place p ON p.id = m.to_place_id AND p.inner
    WHERE m.id = ANY(moves)
    ON CONFLICT DO NOTHING;

    FOR change IN
        SELECT u.leaves, array_agg(place_id) AS places, array_agg(lot_id) AS lots, array_agg(quantity) AS quantities
        FROM (
            SELECT place_id, lot_id, sum(quantity) AS quantity, sum(quantity) < 0 AS leaves FROM (
                SELECT to_place_id AS place_id, lot_id, quantity FROM stock_move WHERE id = ANY(moves)
                UNION ALL SELECT from_place_id, lot_id, -quantity FROM stock_move WHERE id = ANY(moves)) m
            JOIN place p ON p.id = m.place_id AND p.inner
            GROUP BY place_id, lot_id HAVING sum(quantity) <> 0) u
        GROUP BY u.leaves ORDER BY u.leaves DESC
    LOOP
        UPDATE lot_balance b SET on_hand = b.on_hand + k.quantity
        FROM unnest(change.places, change.lots, change.quantities) AS k(place_id, lot_id, quantity)
        WHERE (b.place_id, b.lot_id) = (k.place_id, k.lot_id);
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched < cardinality(change.places) THEN
            RAISE EXCEPTION 'the lot is not on the place'
                USING ERRCODE = '23514', CONSTRAINT = 'ck_lot_balance_on_hand';
        END IF;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION stock_keep_lots FROM PUBLIC;

-- What lies on a place and can be told apart: a lot where the product is counted by lots, else the product.
CREATE VIEW stock_piece AS
SELECT b.place_id, b.product_id, 0::bigint AS lot_id, b.on_hand FROM stock_balance b
JOIN product p ON p.id = b.product_id AND p.tracking = 'none'
UNION ALL
SELECT place_id, product_id, lot_id, on_hand FROM lot_balance;

-- Pieces of several places with the balances of their products locked in key order, empty ones made first: what is not
-- there yet can then not come unseen between a count and its posting.
DROP FUNCTION stock_lock_keys(bigint[], bigint[], bigint[]);
CREATE FUNCTION stock_lock_keys(places bigint[], products bigint[], lots bigint[])
RETURNS TABLE (place_id bigint, product_id bigint, lot_id bigint, on_hand numeric)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO stock_balance (place_id, product_id)
    SELECT DISTINCT k.* FROM unnest(places, products) AS k(place_id, product_id)
    JOIN place p ON p.id = k.place_id AND p.inner
    ORDER BY 1, 2 ON CONFLICT DO NOTHING;

    PERFORM 1 FROM stock_balance b
    JOIN (SELECT DISTINCT * FROM unnest(places, products) AS u(place_id, product_id)) k USING (place_id, product_id)
    ORDER BY b.place_id, b.product_id FOR UPDATE OF b;

    RETURN QUERY
    SELECT k.place_id, k.product_id, k.lot_id, coalesce(s.on_hand, 0)
    FROM (SELECT DISTINCT * FROM unnest(places, products, lots) AS u(place_id, product_id, lot_id)) k
    JOIN place p ON p.id = k.place_id AND p.inner
    LEFT JOIN stock_piece s USING (place_id, product_id, lot_id) ORDER BY 1, 2, 3;
END $$;

-- Pieces that lie somewhere have their numbers, or have none: the way they are told apart stays while they do.
CREATE FUNCTION stock_keeps_tracking() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM stock_balance b WHERE b.product_id = NEW.id AND b.on_hand > 0) THEN
        RAISE EXCEPTION 'goods are there' USING ERRCODE = '23514', CONSTRAINT = 'ck_product_tracking_kept';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER product_keeps_tracking BEFORE UPDATE OF tracking ON product
FOR EACH ROW WHEN (OLD.tracking <> NEW.tracking) EXECUTE FUNCTION stock_keeps_tracking();
