-- The next number of a series. A gapless series is drawn under a row lock held to commit, so that a refused or killed
-- command leaves no hole; other series are sequences, which nobody waits for.
CREATE FUNCTION draw_number(series_code text, branch bigint, of_year integer, gapless boolean) RETURNS bigint
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
        IF to_regclass(name) IS NULL THEN
            EXECUTE format('CREATE SEQUENCE %I', name);
        END IF;
    END IF;
    RETURN nextval(name::regclass);
END $$;

-- The paid sum of invoices (and the allocated sum of payments) follows the allocations.
CREATE FUNCTION payment_keep_paid() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE touched bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT id) INTO touched FROM (
            SELECT invoice_id AS id FROM added UNION SELECT payment_id FROM added) q;
    ELSE
        SELECT array_agg(DISTINCT id) INTO touched FROM (
            SELECT invoice_id AS id FROM removed UNION SELECT payment_id FROM removed) q;
    END IF;
    PERFORM 1 FROM document WHERE id = ANY(touched) ORDER BY id FOR UPDATE;
    UPDATE document d SET paid = coalesce(
        (SELECT sum(amount) FROM payment_allocation a WHERE a.invoice_id = d.id OR a.payment_id = d.id), 0)
    WHERE d.id = ANY(touched);
    RETURN NULL;
END $$;

CREATE TRIGGER payment_allocation_insert AFTER INSERT ON payment_allocation
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION payment_keep_paid();
CREATE TRIGGER payment_allocation_delete AFTER DELETE ON payment_allocation
REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION payment_keep_paid();
CREATE FUNCTION payment_refuse_update() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'an allocation is removed and made again, not edited' USING ERRCODE = '42501'; END $$;
CREATE TRIGGER payment_allocation_no_update BEFORE UPDATE OR TRUNCATE ON payment_allocation
FOR EACH STATEMENT EXECUTE FUNCTION payment_refuse_update();

ALTER TABLE document ADD CONSTRAINT ck_document_not_overpaid CHECK (paid <= gross OR accounting = 'draft');
