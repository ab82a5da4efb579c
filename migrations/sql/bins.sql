-- Bins lie beside the balances, as lots do. A balance is of a product in a warehouse: it is what is reserved, what has a
-- cost and what is locked. Beside it the ledger keeps how much lies in which zone or bin, from moves that name them.

-- The place whose balance counts what lies here, and the place in the walk: by the turn, then by the code, in which
-- «А-9» comes before «А-10».
CREATE FUNCTION place_finds_its_keeper() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE outer_place record; name_key text;
BEGIN
    NEW.keeper_id := NEW.id;
    NEW.route := '';
    IF NEW.kind IN ('zone', 'bin') THEN
        SELECT * INTO outer_place FROM place WHERE id = NEW.parent_id FOR SHARE;
        IF FOUND AND NOT NEW.apart THEN
            NEW.keeper_id := outer_place.keeper_id;
        END IF;
        name_key := sort_key(coalesce(nullif(NEW.code, ''), NEW.name));
        name_key := regexp_replace(regexp_replace(name_key, '\d+', '00000\&', 'g'), '\d*(\d{6})', '\1', 'g');
        NEW.route := CASE WHEN NEW.apart THEN '' ELSE coalesce(outer_place.route, '') END
            || lpad(NEW.pick_order::text, 6, '0') || name_key || '/';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.keeper_id <> OLD.keeper_id
       AND (EXISTS (SELECT FROM bin_balance WHERE place_id = NEW.id)
            OR EXISTS (SELECT FROM stock_balance WHERE place_id = NEW.id)) THEN
        RAISE EXCEPTION 'goods have been here' USING ERRCODE = '23514', CONSTRAINT = 'ck_place_keeper';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION place_tells_those_inside() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    UPDATE place SET parent_id = parent_id WHERE parent_id = NEW.id AND kind IN ('zone', 'bin');
    RETURN NULL;
END $$;

UPDATE place SET apart = true WHERE kind = 'zone' AND code = 'РЕМОНТ';
CREATE TRIGGER place_keeper BEFORE INSERT OR UPDATE ON place
FOR EACH ROW EXECUTE FUNCTION place_finds_its_keeper();
CREATE TRIGGER place_keeper_inside AFTER UPDATE ON place
FOR EACH ROW WHEN ((NEW.keeper_id, NEW.route) IS DISTINCT FROM (OLD.keeper_id, OLD.route))
EXECUTE FUNCTION place_tells_those_inside();

-- Zones and bins have no balance of their own.
CREATE FUNCTION stock_balance_is_of_a_keeper() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM place p WHERE p.id = NEW.place_id AND p.keeper_id <> p.id) THEN
        RAISE EXCEPTION 'goods of a bin belong to its warehouse'
            USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_balance_place';
    END IF;
    RETURN NULL;
END $$;

-- The same as before, with `placed`: what is in zones and bins leaves and comes with the goods.
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

    -- What is taken back, adjusted or put elsewhere inside of its place is no later move of the goods.
    UPDATE stock_balance b SET on_hand = b.on_hand + d.quantity, value = b.value + d.cost, placed = b.placed + d.placed,
                               last_at = greatest(b.last_at, d.at)
    FROM (
        SELECT place_id, product_id, sum(quantity) AS quantity, sum(cost) AS cost, max(at) AS at,
               coalesce(sum(quantity) FILTER (WHERE bin_id IS NOT NULL), 0) AS placed FROM (
            SELECT to_place_id AS place_id, product_id, quantity, cost, to_bin_id AS bin_id,
                   CASE WHEN coalesce(reverses_id, adjusts_id) IS NULL AND from_place_id <> to_place_id THEN at END AS at
            FROM moved
            UNION ALL
            SELECT from_place_id, product_id, -quantity, -cost, from_bin_id,
                   CASE WHEN coalesce(reverses_id, adjusts_id) IS NULL AND from_place_id <> to_place_id THEN at END
            FROM moved) u
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
    IF EXISTS (SELECT 1 FROM moved WHERE from_bin_id IS NOT NULL OR to_bin_id IS NOT NULL) THEN
        PERFORM stock_keep_bins(array_agg(m.id)) FROM moved m WHERE from_bin_id IS NOT NULL OR to_bin_id IS NOT NULL;
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

-- What leaves is taken off before what comes is added: a serial number is never on two places, not even for a moment.
-- Where it only passes through, nothing changes but its bin.
CREATE OR REPLACE FUNCTION stock_keep_lots(moves bigint[]) RETURNS void
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
        SELECT u.leaves, array_agg(place_id) AS places, array_agg(lot_id) AS lots, array_agg(quantity) AS quantities,
               array_agg(placed) AS placed
        FROM (
            SELECT place_id, lot_id, sum(quantity) AS quantity, sum(quantity) < 0 AS leaves,
                   coalesce(sum(quantity) FILTER (WHERE bin_id IS NOT NULL), 0) AS placed FROM (
                SELECT to_place_id AS place_id, lot_id, quantity, to_bin_id AS bin_id FROM stock_move
                WHERE id = ANY(moves)
                UNION ALL SELECT from_place_id, lot_id, -quantity, from_bin_id FROM stock_move WHERE id = ANY(moves)) m
            JOIN place p ON p.id = m.place_id AND p.inner
            GROUP BY place_id, lot_id
            HAVING sum(quantity) <> 0 OR coalesce(sum(quantity) FILTER (WHERE bin_id IS NOT NULL), 0) <> 0) u
        GROUP BY u.leaves ORDER BY u.leaves DESC
    LOOP
        UPDATE lot_balance b SET on_hand = b.on_hand + k.quantity, placed = b.placed + k.placed
        FROM unnest(change.places, change.lots, change.quantities, change.placed)
            AS k(place_id, lot_id, quantity, placed)
        WHERE (b.place_id, b.lot_id) = (k.place_id, k.lot_id);
        GET DIAGNOSTICS touched = ROW_COUNT;
        IF touched < cardinality(change.places) THEN
            RAISE EXCEPTION 'the lot is not on the place'
                USING ERRCODE = '23514', CONSTRAINT = 'ck_lot_balance_on_hand';
        END IF;
    END LOOP;
END $$;

-- A bin is named by moves of the place that keeps its goods, which stays so while they do: the row is locked.
CREATE FUNCTION stock_keep_bins(moves bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE touched integer; wanted integer;
BEGIN
    PERFORM 1 FROM place WHERE id IN (
        SELECT unnest(ARRAY[from_bin_id, to_bin_id]) FROM stock_move WHERE id = ANY(moves)) ORDER BY id FOR SHARE;
    IF EXISTS (
        SELECT FROM (SELECT from_place_id AS place_id, from_bin_id AS bin_id FROM stock_move WHERE id = ANY(moves)
                     UNION SELECT to_place_id, to_bin_id FROM stock_move WHERE id = ANY(moves)) m
        JOIN place b ON b.id = m.bin_id WHERE b.keeper_id <> m.place_id OR b.id = m.place_id)
    THEN
        RAISE EXCEPTION 'the bin is of another place' USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_move_bin';
    END IF;

    INSERT INTO bin_balance (place_id, product_id, lot_id, keeper_id)
    SELECT DISTINCT to_bin_id, product_id, lot_id, to_place_id FROM stock_move
    WHERE id = ANY(moves) AND to_bin_id IS NOT NULL
    ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING;

    WITH change AS (
        SELECT bin_id, product_id, lot_id, sum(quantity) AS quantity FROM (
            SELECT to_bin_id AS bin_id, product_id, lot_id, quantity FROM stock_move WHERE id = ANY(moves)
            UNION ALL SELECT from_bin_id, product_id, lot_id, -quantity FROM stock_move WHERE id = ANY(moves)) m
        WHERE bin_id IS NOT NULL GROUP BY bin_id, product_id, lot_id),
    changed AS (
        UPDATE bin_balance b SET on_hand = b.on_hand + c.quantity FROM change c
        WHERE (b.place_id, b.product_id, b.lot_id) = (c.bin_id, c.product_id, c.lot_id) RETURNING 1)
    SELECT (SELECT count(*) FROM changed), (SELECT count(*) FROM change) INTO touched, wanted;
    IF touched < wanted THEN
        RAISE EXCEPTION 'nothing in the bin' USING ERRCODE = '23514', CONSTRAINT = 'ck_bin_balance_on_hand';
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION stock_keep_bins FROM PUBLIC;

-- Locks the balances of products on a place in key order and answers them.
DROP FUNCTION stock_lock(bigint, bigint[]);
CREATE FUNCTION stock_lock(at_place bigint, products bigint[])
RETURNS TABLE (product_id bigint, on_hand numeric, reserved numeric, value numeric, placed numeric)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT b.product_id, b.on_hand, b.reserved, b.value, b.placed FROM stock_balance b
    WHERE b.place_id = at_place AND b.lot_id = 0 AND b.product_id = ANY(products)
    ORDER BY b.place_id, b.product_id, b.lot_id FOR UPDATE
$$;

-- What is put elsewhere inside of its place neither comes to it nor goes.
CREATE OR REPLACE VIEW stock_side AS
SELECT m.id, m.at, m.to_place_id AS place_id, m.product_id, m.quantity AS came, m.cost AS came_value,
       0::numeric AS went, 0::numeric AS went_value,
       CASE WHEN m.reverses_id IS NOT NULL AND NOT o."inner" THEN -m.quantity ELSE 0 END AS issued,
       CASE WHEN m.quantity > 0 THEN m.at END AS came_at, false AS issue
FROM stock_move m JOIN place w ON w.id = m.to_place_id AND w."inner" JOIN place o ON o.id = m.from_place_id
WHERE m.from_place_id <> m.to_place_id
UNION ALL
SELECT m.id, m.at, m.from_place_id, m.product_id, 0, 0, m.quantity, m.cost,
       CASE WHEN m.reverses_id IS NULL AND NOT o."inner" THEN m.quantity ELSE 0 END,
       NULL, m.reverses_id IS NULL AND m.adjusts_id IS NULL AND NOT o."inner"
FROM stock_move m JOIN place w ON w.id = m.from_place_id AND w."inner" JOIN place o ON o.id = m.to_place_id
WHERE m.from_place_id <> m.to_place_id;

-- What lies somewhere and can be told apart: in a bin, or on a place outside of its bins; a lot where the product is
-- counted by lots, else the product.
CREATE OR REPLACE VIEW stock_piece AS
SELECT b.place_id, b.product_id, 0::bigint AS lot_id, (b.on_hand - b.placed)::numeric(15, 3) AS on_hand
FROM stock_balance b JOIN product p ON p.id = b.product_id AND p.tracking = 'none'
UNION ALL
SELECT place_id, product_id, lot_id, (on_hand - placed)::numeric(15, 3) FROM lot_balance
UNION ALL
SELECT place_id, product_id, lot_id, on_hand FROM bin_balance;

-- Pieces with the balances of their products locked in key order, empty ones made first: what is not there yet can then
-- not come unseen between a count and its posting.
CREATE OR REPLACE FUNCTION stock_lock_keys(places bigint[], products bigint[], lots bigint[])
RETURNS TABLE (place_id bigint, product_id bigint, lot_id bigint, on_hand numeric)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO stock_balance (place_id, product_id)
    SELECT DISTINCT p.keeper_id, k.product_id FROM unnest(places, products) AS k(place_id, product_id)
    JOIN place p ON p.id = k.place_id AND p.inner
    ORDER BY 1, 2 ON CONFLICT DO NOTHING;

    PERFORM 1 FROM stock_balance b
    JOIN (SELECT DISTINCT p.keeper_id AS place_id, u.product_id FROM unnest(places, products) AS u(place_id, product_id)
          JOIN place p ON p.id = u.place_id) k USING (place_id, product_id)
    ORDER BY b.place_id, b.product_id FOR UPDATE OF b;

    RETURN QUERY
    SELECT k.place_id, k.product_id, k.lot_id, coalesce(s.on_hand, 0)
    FROM (SELECT DISTINCT * FROM unnest(places, products, lots) AS u(place_id, product_id, lot_id)) k
    JOIN place p ON p.id = k.place_id AND p.inner
    LEFT JOIN stock_piece s USING (place_id, product_id, lot_id) ORDER BY 1, 2, 3;
END $$;

-- What lay in zones and bins with a balance of its own goes to the warehouse, with the reserves on it.
UPDATE place SET parent_id = parent_id;
UPDATE document d SET place_id = p.keeper_id FROM place p
WHERE p.id = d.place_id AND p.keeper_id <> p.id AND d.kind <> 'stocktaking';
UPDATE document d SET place_to_id = p.keeper_id FROM place p WHERE p.id = d.place_to_id AND p.keeper_id <> p.id;

CREATE TEMPORARY TABLE held_in_bins ON COMMIT DROP AS
SELECT p.keeper_id, b.product_id, sum(b.reserved) AS reserved FROM stock_balance b JOIN place p ON p.id = b.place_id
WHERE p.keeper_id <> p.id GROUP BY p.keeper_id, b.product_id HAVING sum(b.reserved) > 0;
ALTER TABLE reservation DISABLE TRIGGER reservation_update;
UPDATE reservation r SET place_id = p.keeper_id FROM place p WHERE p.id = r.place_id AND p.keeper_id <> p.id;
ALTER TABLE reservation ENABLE TRIGGER reservation_update;
UPDATE stock_balance b SET reserved = 0 FROM place p WHERE p.id = b.place_id AND p.keeper_id <> p.id;

INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, to_bin_id, quantity, cost)
SELECT current_date, l.product_id, l.lot_id, p.id, p.keeper_id, p.id, l.quantity,
       round(b.value * sum(l.quantity) OVER upto / b.on_hand, 2)
       - round(b.value * (sum(l.quantity) OVER upto - l.quantity) / b.on_hand, 2)
FROM (SELECT b.place_id, b.product_id, 0 AS lot_id, b.on_hand AS quantity FROM stock_balance b
      JOIN product g ON g.id = b.product_id AND g.tracking = 'none' WHERE b.on_hand > 0
      UNION ALL SELECT place_id, product_id, lot_id, on_hand FROM lot_balance WHERE on_hand > 0) l
JOIN stock_balance b USING (place_id, product_id) JOIN place p ON p.id = l.place_id AND p.keeper_id <> p.id
WINDOW upto AS (PARTITION BY l.place_id, l.product_id ORDER BY l.lot_id);

UPDATE stock_balance b SET reserved = b.reserved + h.reserved FROM held_in_bins h
WHERE (b.place_id, b.product_id) = (h.keeper_id, h.product_id);
CREATE TRIGGER stock_balance_of_a_keeper AFTER INSERT ON stock_balance
FOR EACH ROW EXECUTE FUNCTION stock_balance_is_of_a_keeper();
