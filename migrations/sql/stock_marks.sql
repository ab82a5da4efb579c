-- Marks: what had come to and gone from every place up to the end of each month, so that a question about any day or
-- period reads two marks and the moves of a month at most, closed periods or none. Marks are only a shortcut: without
-- them every answer is the same. The server's role may only read them (rights: crm_server/db/migrate.py).

-- A move as it is seen from each of its inner places. `issued`: what left our own places, less what of it was taken back;
-- `issue` says that this move did. `came_at` is the day when something came.
CREATE VIEW stock_side AS
SELECT m.id, m.at, m.to_place_id AS place_id, m.product_id, m.quantity AS came, m.cost AS came_value,
       0::numeric AS went, 0::numeric AS went_value,
       CASE WHEN m.reverses_id IS NOT NULL AND NOT o."inner" THEN -m.quantity ELSE 0 END AS issued,
       CASE WHEN m.quantity > 0 THEN m.at END AS came_at, false AS issue
FROM stock_move m JOIN place w ON w.id = m.to_place_id AND w."inner" JOIN place o ON o.id = m.from_place_id
UNION ALL
SELECT m.id, m.at, m.from_place_id, m.product_id, 0, 0, m.quantity, m.cost,
       CASE WHEN m.reverses_id IS NULL AND NOT o."inner" THEN m.quantity ELSE 0 END,
       NULL, m.reverses_id IS NULL AND m.adjusts_id IS NULL AND NOT o."inner"
FROM stock_move m JOIN place w ON w.id = m.from_place_id AND w."inner" JOIN place o ON o.id = m.to_place_id;

-- Makes the mark of a day that is over, from the mark before it and the moves since. No move may be on its way meanwhile:
-- whoever writes one later sees the mark and keeps it.
CREATE FUNCTION stock_make_mark(last_day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB'
AS $$
DECLARE before date;
BEGIN
    LOCK TABLE stock_move IN SHARE ROW EXCLUSIVE MODE;
    IF last_day >= current_date OR EXISTS (SELECT FROM stock_mark_day WHERE day = last_day) THEN
        RETURN false;
    END IF;
    SELECT coalesce(max(day), '-infinity') INTO before FROM stock_mark_day WHERE day < last_day;
    INSERT INTO stock_mark_day (day) VALUES (last_day);
    INSERT INTO stock_mark (day, place_id, product_id, came, came_value, went, went_value, issued, first_in, last_issue)
    SELECT last_day, place_id, product_id, sum(came), sum(came_value), sum(went), sum(went_value), sum(issued),
           min(came_at), max(issued_at)
    FROM (
        SELECT place_id, product_id, came, came_value, went, went_value, issued, first_in AS came_at,
               last_issue AS issued_at
        FROM stock_mark WHERE day = before
        UNION ALL
        SELECT s.place_id, s.product_id, s.came, s.came_value, s.went, s.went_value, s.issued, s.came_at,
               CASE WHEN s.issue AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = s.id) THEN s.at END
        FROM stock_side s WHERE s.at > before AND s.at <= last_day) u
    GROUP BY place_id, product_id;
    RETURN true;
END $$;

-- Makes the marks of all months that are over and have none; answers how many.
CREATE FUNCTION stock_make_marks() RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
    SELECT count(*) FILTER (WHERE made)::int FROM (
        SELECT stock_make_mark((month + interval '1 month' - interval '1 day')::date) AS made
        FROM generate_series(date_trunc('month', (SELECT min(at) FROM stock_move)),
                             date_trunc('month', current_date) - interval '1 month', interval '1 month') AS month
        WHERE (month + interval '1 month' - interval '1 day')::date NOT IN (SELECT day FROM stock_mark_day)
        ORDER BY month) q
$$;

-- Moves dated back change the marks since their day; the balances of these goods are locked by then. A trigger of its own:
-- a posting of today only asks for the last mark.
CREATE FUNCTION stock_keep_marks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE last_day date := (SELECT max(day) FROM stock_mark_day);
BEGIN
    IF last_day IS NULL OR NOT EXISTS (SELECT FROM moved WHERE at <= last_day) THEN
        RETURN NULL;
    END IF;
    INSERT INTO stock_mark AS k (day, place_id, product_id, came, came_value, went, went_value, issued, first_in,
                                 last_issue)
    SELECT d.day, s.place_id, s.product_id, sum(s.came), sum(s.came_value), sum(s.went), sum(s.went_value),
           sum(s.issued), min(s.came_at), max(s.at) FILTER (WHERE s.issue)
    FROM stock_side s JOIN stock_mark_day d ON d.day >= s.at WHERE s.id IN (SELECT id FROM moved WHERE at <= last_day)
    GROUP BY d.day, s.place_id, s.product_id ORDER BY 1, 2, 3
    ON CONFLICT (day, place_id, product_id) DO UPDATE SET
        came = k.came + excluded.came, came_value = k.came_value + excluded.came_value,
        went = k.went + excluded.went, went_value = k.went_value + excluded.went_value,
        issued = k.issued + excluded.issued, first_in = least(k.first_in, excluded.first_in),
        last_issue = greatest(k.last_issue, excluded.last_issue);

    -- The last issue that was taken back is not the last one any more.
    UPDATE stock_mark k SET last_issue = (
        SELECT max(m.at) FROM stock_move m JOIN place o ON o.id = m.to_place_id AND NOT o."inner"
        WHERE m.from_place_id = k.place_id AND m.product_id = k.product_id AND m.at <= k.day AND m.reverses_id IS NULL
        AND m.adjusts_id IS NULL AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = m.id))
    FROM (SELECT DISTINCT to_place_id AS place_id, product_id, at FROM moved
          WHERE reverses_id IS NOT NULL AND at <= last_day) t
    WHERE k.place_id = t.place_id AND k.product_id = t.product_id AND k.day >= t.at AND k.last_issue = t.at;
    RETURN NULL;
END $$;
CREATE TRIGGER stock_move_marks AFTER INSERT ON stock_move
REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION stock_keep_marks();

-- The mark that is nearest to a day; before the first one when it is less than a month off.
CREATE FUNCTION stock_nearest_mark(asked date) RETURNS date
LANGUAGE sql STABLE SET search_path = public, pg_temp
AS $$
    SELECT CASE WHEN coalesce(higher - asked <= asked - lower, higher < 'infinity') THEN higher
                ELSE coalesce(lower, '-infinity') END
    FROM (SELECT (SELECT max(day) FROM stock_mark_day WHERE day <= asked) AS lower,
                 (SELECT min(day) FROM stock_mark_day WHERE day > asked) AS higher) q
$$;

-- What had come and gone up to the end of a day, counted from a mark: its moves since, or less the moves it has beyond.
CREATE FUNCTION stock_until(asked date, mark date)
RETURNS TABLE (place_id bigint, product_id bigint, came numeric, came_value numeric, went numeric, went_value numeric,
               issued numeric)
LANGUAGE sql STABLE
AS $$
    SELECT place_id, product_id, came, came_value, went, went_value, issued FROM stock_mark WHERE day = mark
    UNION ALL
    SELECT place_id, product_id, came, came_value, went, went_value, issued
    FROM stock_side WHERE at > mark AND at <= asked
    UNION ALL
    SELECT place_id, product_id, -came, -came_value, -went, -went_value, -issued
    FROM stock_side WHERE at > asked AND at <= mark
$$;

-- Turnover of every inner place from `since` to `until`, both days inclusive: what had come and gone up to the end of the
-- period, less the same before it. Planned for its days: how many moves lie between them decides.
CREATE FUNCTION stock_sheet(since date, until date)
RETURNS TABLE (place_id bigint, product_id bigint, opening numeric, opening_value numeric, came numeric,
               came_value numeric, went numeric, went_value numeric, issued numeric)
LANGUAGE plpgsql STABLE ROWS 20000
SET search_path = public, pg_temp SET work_mem = '64MB' SET plan_cache_mode = 'force_custom_plan'
AS $$
#variable_conflict use_column
DECLARE
    first_mark date := stock_nearest_mark(since - 1);
    last_mark date := stock_nearest_mark($2);
BEGIN
    RETURN QUERY
    SELECT u.place_id, u.product_id, sum(u.opening), sum(u.opening_value), sum(u.came), sum(u.came_value),
           sum(u.went), sum(u.went_value), sum(u.issued)
    FROM (
        SELECT b.place_id, b.product_id, b.came - b.went AS opening, b.came_value - b.went_value AS opening_value,
               -b.came AS came, -b.came_value AS came_value, -b.went AS went, -b.went_value AS went_value,
               -b.issued AS issued
        FROM stock_until(since - 1, first_mark) b
        UNION ALL
        SELECT e.place_id, e.product_id, 0, 0, e.came, e.came_value, e.went, e.went_value, e.issued
        FROM stock_until($2, last_mark) e) u
    GROUP BY u.place_id, u.product_id
    HAVING sum(u.opening) <> 0 OR sum(u.opening_value) <> 0 OR sum(u.came) <> 0 OR sum(u.went) <> 0
        OR sum(u.came_value) <> 0 OR sum(u.went_value) <> 0;
END $$;

-- What was on every inner place at the end of a day: what is there now less the moves since, or counted from a mark that is
-- nearer.
CREATE FUNCTION stock_at(asked date)
RETURNS TABLE (place_id bigint, product_id bigint, on_hand numeric, value numeric)
LANGUAGE plpgsql STABLE ROWS 20000
SET search_path = public, pg_temp SET work_mem = '64MB' SET plan_cache_mode = 'force_custom_plan'
AS $$
#variable_conflict use_column
DECLARE mark date := stock_nearest_mark(asked);
BEGIN
    IF mark = '-infinity' OR current_date - asked < abs(asked - mark) THEN
        RETURN QUERY
        SELECT u.place_id, u.product_id, sum(u.on_hand), sum(u.value)
        FROM (SELECT b.place_id, b.product_id, b.on_hand, b.value FROM stock_balance b WHERE b.on_hand > 0
              UNION ALL
              SELECT s.place_id, s.product_id, s.went - s.came, s.went_value - s.came_value
              FROM stock_side s WHERE s.at > asked) u
        GROUP BY u.place_id, u.product_id HAVING sum(u.on_hand) <> 0 OR sum(u.value) <> 0;
    ELSE
        RETURN QUERY
        SELECT u.place_id, u.product_id, sum(u.came - u.went), sum(u.came_value - u.went_value)
        FROM stock_until(asked, mark) u
        GROUP BY u.place_id, u.product_id
        HAVING sum(u.came - u.went) <> 0 OR sum(u.came_value - u.went_value) <> 0;
    END IF;
END $$;

-- When goods came to a place first and left our own places from there last; what was taken back did not leave.
CREATE FUNCTION stock_idle()
RETURNS TABLE (place_id bigint, product_id bigint, first_in date, last_issue date)
LANGUAGE plpgsql STABLE ROWS 20000
SET search_path = public, pg_temp SET work_mem = '64MB' SET plan_cache_mode = 'force_custom_plan'
AS $$
#variable_conflict use_column
DECLARE mark date := (SELECT coalesce(max(day), '-infinity') FROM stock_mark_day);
BEGIN
    RETURN QUERY
    SELECT u.place_id, u.product_id, min(u.first_in), max(u.last_issue)
    FROM (
        SELECT k.place_id, k.product_id, k.first_in, k.last_issue FROM stock_mark k WHERE k.day = mark
        UNION ALL
        SELECT s.place_id, s.product_id, s.came_at,
               CASE WHEN s.issue AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = s.id) THEN s.at END
        FROM stock_side s WHERE s.at > mark) u
    GROUP BY u.place_id, u.product_id;
END $$;
