-- The ledger keeps its balances itself. These functions run as the owner; the server's role may only insert moves and
-- write reservations (rights: crm_server/db/migrate.py). Rows are locked in the order (place, product, lot).

CREATE FUNCTION stock_keep_balances() RETURNS trigger
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
    WHERE EXISTS (SELECT 1 FROM moved m WHERE m.product_id = b.product_id AND m.lot_id = b.lot_id
                  AND b.place_id IN (m.from_place_id, m.to_place_id))
    ORDER BY b.place_id, b.product_id, b.lot_id FOR UPDATE;

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

CREATE TRIGGER stock_move_balances AFTER INSERT ON stock_move
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION stock_keep_balances();

-- Locks the balances of products on a place in key order and answers them. The server's role may not lock rows of a table
-- that it may not update, so the function does.
CREATE FUNCTION stock_lock(at_place bigint, products bigint[])
RETURNS TABLE (product_id bigint, on_hand numeric, reserved numeric, value numeric)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT b.product_id, b.on_hand, b.reserved, b.value FROM stock_balance b
    WHERE b.place_id = at_place AND b.lot_id = 0 AND b.product_id = ANY(products)
    ORDER BY b.place_id, b.product_id, b.lot_id FOR UPDATE
$$;

CREATE FUNCTION stock_apply_reserve(places bigint[], products bigint[], lots bigint[], deltas numeric[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE touched integer; wanted integer;
BEGIN
    PERFORM 1 FROM stock_balance b
    JOIN (SELECT DISTINCT * FROM unnest(places, products, lots) AS k(place_id, product_id, lot_id)) k
        USING (place_id, product_id, lot_id)
    ORDER BY b.place_id, b.product_id, b.lot_id FOR UPDATE OF b;

    UPDATE stock_balance b SET reserved = b.reserved + d.delta
    FROM (SELECT place_id, product_id, lot_id, sum(delta) AS delta
          FROM unnest(places, products, lots, deltas) AS k(place_id, product_id, lot_id, delta)
          GROUP BY place_id, product_id, lot_id) d
    WHERE (b.place_id, b.product_id, b.lot_id) = (d.place_id, d.product_id, d.lot_id);
    GET DIAGNOSTICS touched = ROW_COUNT;
    SELECT count(*) INTO wanted FROM (SELECT DISTINCT * FROM unnest(places, products, lots)) q;
    IF touched < wanted THEN
        RAISE EXCEPTION 'nothing on the place' USING ERRCODE = '23514', CONSTRAINT = 'ck_stock_balance_reserved';
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION stock_apply_reserve FROM PUBLIC;

CREATE FUNCTION stock_keep_reserve_insert() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    PERFORM stock_apply_reserve(array_agg(place_id), array_agg(product_id), array_agg(lot_id),
                                array_agg(CASE WHEN state = 'active' THEN quantity - used ELSE 0 END))
    FROM changed HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE TRIGGER reservation_insert AFTER INSERT ON reservation
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stock_keep_reserve_insert();

CREATE FUNCTION stock_keep_reserve_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM changed n JOIN previous o USING (id)
               WHERE (n.place_id, n.product_id, n.lot_id) IS DISTINCT FROM (o.place_id, o.product_id, o.lot_id)
                  OR (o.state <> 'active' AND n.state <> o.state)) THEN
        RAISE EXCEPTION 'a reservation keeps its product and place, and a closed one stays closed'
            USING ERRCODE = '23514', CONSTRAINT = 'ck_reservation_closed';
    END IF;
    PERFORM stock_apply_reserve(array_agg(place_id), array_agg(product_id), array_agg(lot_id), array_agg(delta))
    FROM (SELECT n.place_id, n.product_id, n.lot_id,
                 CASE WHEN n.state = 'active' THEN n.quantity - n.used ELSE 0 END
                 - CASE WHEN o.state = 'active' THEN o.quantity - o.used ELSE 0 END AS delta
          FROM changed n JOIN previous o USING (id)) d
    WHERE delta <> 0 HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE TRIGGER reservation_update AFTER UPDATE ON reservation
REFERENCING OLD TABLE AS previous NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION stock_keep_reserve_update();

-- History is never edited, by anybody who is not willing to switch the triggers off (which `check` then finds).
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = '42501'; END $$;

CREATE TRIGGER stock_move_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock_move
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER document_revision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON document_revision
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reservation_no_delete BEFORE DELETE OR TRUNCATE ON reservation
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The outer places are single and always there.
INSERT INTO place (kind, name, "inner")
VALUES ('customer', 'Клиенты', false), ('supplier', 'Поставщики', false), ('loss', 'Списание и излишки', false);
