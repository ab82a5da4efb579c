-- What was on the places at any day, and closing of periods. The functions that write run as the owner: the server's
-- role may only read these tables (rights: crm_server/db/migrate.py).

-- A place with all that lies in it: zones, bins and the way to it.
CREATE FUNCTION stock_inside(root bigint) RETURNS SETOF bigint LANGUAGE sql STABLE
AS $$
    WITH RECURSIVE inside AS (
        SELECT id FROM place WHERE id = root
        UNION SELECT p.id FROM place p JOIN inside i ON p.parent_id = i.id)
    SELECT id FROM inside
$$;

-- Turnover of every inner place from `since` to `until`, both days inclusive. The opening is the last snapshot before
-- `since` and the moves made after it, so the work is that of one period; without a snapshot all moves are added up.
CREATE FUNCTION stock_turnover(since date, until date)
RETURNS TABLE (place_id bigint, product_id bigint, lot_id bigint, opening numeric, opening_value numeric,
               came numeric, came_value numeric, went numeric, went_value numeric)
LANGUAGE sql STABLE
AS $$
    WITH base AS (
        SELECT p.id, coalesce(max(s.until), '-infinity'::date) AS until FROM place p
        LEFT JOIN stock_period s ON s.place_id = p.id AND s.until < $1 WHERE p."inner" GROUP BY p.id),
    side AS (
        SELECT b.id AS place_id, s.product_id, s.lot_id, s.until AS at, s.on_hand AS quantity, s.value AS cost
        FROM base b JOIN stock_snapshot s ON s.place_id = b.id AND s.until = b.until
        UNION ALL
        SELECT b.id, m.product_id, m.lot_id, m.at, m.quantity, m.cost
        FROM base b JOIN stock_move m ON m.to_place_id = b.id AND m.at > b.until WHERE m.at <= $2
        UNION ALL
        SELECT b.id, m.product_id, m.lot_id, m.at, -m.quantity, -m.cost
        FROM base b JOIN stock_move m ON m.from_place_id = b.id AND m.at > b.until WHERE m.at <= $2)
    SELECT place_id, product_id, lot_id,
           coalesce(sum(quantity) FILTER (WHERE at < $1), 0), coalesce(sum(cost) FILTER (WHERE at < $1), 0),
           coalesce(sum(quantity) FILTER (WHERE at >= $1 AND quantity > 0), 0),
           coalesce(sum(cost) FILTER (WHERE at >= $1 AND quantity > 0), 0),
           coalesce(-sum(quantity) FILTER (WHERE at >= $1 AND quantity < 0), 0),
           coalesce(-sum(cost) FILTER (WHERE at >= $1 AND quantity < 0), 0)
    FROM side GROUP BY place_id, product_id, lot_id
$$;

-- Closes places up to a day, with what is there at its end. No move may be on its way meanwhile: whoever has written one
-- is waited for, whoever writes one waits and is then refused by the trigger of the ledger.
CREATE FUNCTION stock_close_places(places bigint[], last_day date, closed_by bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE written integer;
BEGIN
    LOCK TABLE stock_move IN SHARE ROW EXCLUSIVE MODE;
    WITH period AS (
        INSERT INTO stock_period (place_id, until, closed_by_id) SELECT id, last_day, closed_by FROM unnest(places) AS id)
    INSERT INTO stock_snapshot (place_id, until, product_id, lot_id, on_hand, value)
    SELECT t.place_id, last_day, t.product_id, t.lot_id, t.opening, t.opening_value
    FROM stock_turnover(last_day + 1, last_day) t
    WHERE t.place_id = ANY(places) AND (t.opening, t.opening_value) <> (0, 0);
    GET DIAGNOSTICS written = ROW_COUNT;
    INSERT INTO stock_period_lock (place_id, closed_until) SELECT id, last_day FROM unnest(places) AS id
    ON CONFLICT (place_id) DO UPDATE SET closed_until = excluded.closed_until;
    RETURN written;
END $$;
REVOKE EXECUTE ON FUNCTION stock_close_places FROM PUBLIC;

-- Closes a warehouse up to a day; answers the number of balances that were kept.
CREATE FUNCTION stock_close_period(warehouse bigint, last_day date, closed_by bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    LOCK TABLE stock_move IN SHARE ROW EXCLUSIVE MODE;
    PERFORM 1 FROM place WHERE id IN (SELECT stock_inside(warehouse)) ORDER BY id FOR NO KEY UPDATE;
    IF last_day >= current_date OR NOT EXISTS (SELECT FROM place WHERE id = warehouse AND kind = 'warehouse')
       OR EXISTS (SELECT FROM stock_period_lock WHERE place_id = warehouse AND closed_until >= last_day) THEN
        RAISE EXCEPTION 'a later day, already over, of a warehouse closes a period'
            USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_period_order';
    END IF;
    RETURN stock_close_places(ARRAY(
        SELECT i FROM stock_inside(warehouse) AS i WHERE NOT EXISTS (
            SELECT FROM stock_period_lock l WHERE l.place_id = i AND l.closed_until >= last_day)), last_day, closed_by);
END $$;

-- Opens the last closed period of a warehouse again; answers the day that it stays closed until, if any.
CREATE FUNCTION stock_reopen_period(warehouse bigint) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE before date; places bigint[] := ARRAY(SELECT stock_inside(warehouse));
BEGIN
    LOCK TABLE stock_move IN SHARE ROW EXCLUSIVE MODE;
    SELECT max(p.until) INTO before FROM stock_period p JOIN stock_period_lock l USING (place_id)
    WHERE p.place_id = warehouse AND p.until < l.closed_until;
    DELETE FROM stock_period p WHERE p.place_id = ANY(places) AND (before IS NULL OR p.until > before);
    DELETE FROM stock_period_lock WHERE place_id = ANY(places);
    INSERT INTO stock_period_lock (place_id, closed_until)
    SELECT place_id, max(until) FROM stock_period WHERE place_id = ANY(places) GROUP BY place_id;
    RETURN before;
END $$;

-- What comes into a closed warehouse later is closed as it is: a new bin, or one that is put there with its goods.
CREATE FUNCTION place_is_closed_with_its_parent() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE closed date;
BEGIN
    PERFORM 1 FROM place WHERE id = NEW.parent_id FOR SHARE;  -- whoever is closing it now has it locked
    SELECT closed_until INTO closed FROM stock_period_lock WHERE place_id = NEW.parent_id;
    IF closed IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO stock_period (place_id, until) VALUES (NEW.id, closed);
        INSERT INTO stock_period_lock (place_id, closed_until) VALUES (NEW.id, closed);
    ELSE
        PERFORM stock_close_places(ARRAY(
            SELECT i FROM stock_inside(NEW.id) AS i WHERE NOT EXISTS (
                SELECT FROM stock_period_lock l WHERE l.place_id = i AND l.closed_until >= closed)), closed, NULL);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER place_is_closed_when_made AFTER INSERT ON place
FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION place_is_closed_with_its_parent();
CREATE TRIGGER place_is_closed_when_put AFTER UPDATE OF parent_id ON place
FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL AND NEW.parent_id IS DISTINCT FROM OLD.parent_id)
EXECUTE FUNCTION place_is_closed_with_its_parent();
