-- The same function again: people who draw the first number of a series at one moment. Who waited for the lock still
-- sees no sequence (the lock tells a session nothing of the catalogue), so the creation itself has to look.
CREATE OR REPLACE FUNCTION draw_number(series_code text, branch bigint, of_year integer, gapless boolean) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    drawn bigint;
    name text := format('number_%s_%s_%s', series_code, branch, of_year);
BEGIN
    IF gapless THEN
        INSERT INTO number_series AS s (series, branch_id, year, last) VALUES (series_code, branch, of_year, 1)
        ON CONFLICT (series, branch_id, year) DO UPDATE SET last = s.last + 1 RETURNING last INTO drawn;
        RETURN drawn;
    END IF;
    IF to_regclass(name) IS NULL THEN
        PERFORM pg_advisory_xact_lock(hashtext(name));
        EXECUTE format('CREATE SEQUENCE IF NOT EXISTS %I', name);
    END IF;
    RETURN nextval(name::regclass);
END $$;
