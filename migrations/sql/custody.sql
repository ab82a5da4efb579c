-- What employees hold, paper by paper. These functions run as the owner on every move of goods, after the balances: the
-- rows of the balances are locked by then, so nobody else changes the items of the same place and product.

-- Goods that the moves `takers` took from employees are taken off the items: with `linked` off those whose line the
-- taking line was made from, else off the oldest.
CREATE FUNCTION custody_take(takers bigint[], linked boolean) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    WITH gone AS (
        SELECT m.id, m.from_place_id AS place_id, m.product_id, m.lot_id,
               CASE WHEN linked THEN (SELECT l.basis_line_id FROM document_line l WHERE l.id = m.line_id) ELSE 0 END
                   AS line_id,
               m.quantity - coalesce((SELECT sum(u.quantity) FROM custody_use u WHERE u.move_id = m.id), 0) AS quantity
        FROM stock_move m WHERE m.id = ANY(takers)),
    want AS (
        SELECT *, sum(quantity) OVER upto - quantity AS lo, sum(quantity) OVER upto AS hi
        FROM gone WHERE quantity > 0 AND line_id IS NOT NULL
        WINDOW upto AS (PARTITION BY place_id, product_id, lot_id, line_id ORDER BY id)),
    have AS (
        SELECT *, sum(rest) OVER upto - rest AS lo, sum(rest) OVER upto AS hi
        FROM (SELECT i.id, i.place_id, i.product_id, i.lot_id, i.at, i.rest,
                     CASE WHEN linked THEN i.line_id ELSE 0 END AS line_id
              FROM custody_item i WHERE i.rest > 0 AND (i.place_id, i.product_id, i.lot_id) IN (
                  SELECT place_id, product_id, lot_id FROM want)) i
        WINDOW upto AS (PARTITION BY place_id, product_id, lot_id, line_id ORDER BY at, id)),
    given AS MATERIALIZED (
        SELECT h.id AS item_id, w.id AS move_id, least(w.hi, h.hi) - greatest(w.lo, h.lo) AS quantity
        FROM want w JOIN have h USING (place_id, product_id, lot_id, line_id)
        WHERE least(w.hi, h.hi) > greatest(w.lo, h.lo)),
    noted AS (
        INSERT INTO custody_use AS u (item_id, move_id, quantity) SELECT item_id, move_id, quantity FROM given
        ON CONFLICT (item_id, move_id) DO UPDATE SET quantity = u.quantity + excluded.quantity)
    UPDATE custody_item i SET rest = i.rest - g.quantity
    FROM (SELECT item_id, sum(quantity) AS quantity FROM given GROUP BY item_id) g WHERE i.id = g.item_id
$$;
REVOKE EXECUTE ON FUNCTION custody_take FROM PUBLIC;

CREATE FUNCTION custody_follow_moves() RETURNS trigger
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
    FROM moved m JOIN place p ON p.id = m.to_place_id AND p.kind = 'employee' WHERE m.reverses_id IS NULL ORDER BY m.id;

    takers := coalesce(takers, '{}') || ARRAY(
        SELECT m.id FROM moved m JOIN place p ON p.id = m.from_place_id AND p.kind = 'employee'
        WHERE m.reverses_id IS NULL);
    IF cardinality(takers) > 0 THEN
        PERFORM custody_take(takers, true);
        PERFORM custody_take(takers, false);
    END IF;
    RETURN NULL;
END $$;

-- After stock_move_balances: triggers of one event run in the order of their names.
CREATE TRIGGER stock_move_custody AFTER INSERT ON stock_move
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION custody_follow_moves();
