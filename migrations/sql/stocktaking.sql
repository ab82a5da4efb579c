-- Balances of several places locked in key order, empty ones made first: what is not there yet can then not come unseen
-- between a count and its posting. The server's role may neither lock nor write balances, so the function does.
CREATE FUNCTION stock_lock_keys(places bigint[], products bigint[], lots bigint[])
RETURNS TABLE (place_id bigint, product_id bigint, lot_id bigint, on_hand numeric, reserved numeric, value numeric)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO stock_balance (place_id, product_id, lot_id)
    SELECT DISTINCT k.* FROM unnest(places, products, lots) AS k(place_id, product_id, lot_id)
    JOIN place p ON p.id = k.place_id AND p.inner
    ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING;

    RETURN QUERY
    SELECT b.place_id, b.product_id, b.lot_id, b.on_hand, b.reserved, b.value FROM stock_balance b
    JOIN (SELECT DISTINCT * FROM unnest(places, products, lots) AS u(place_id, product_id, lot_id)) k
        USING (place_id, product_id, lot_id)
    ORDER BY b.place_id, b.product_id, b.lot_id FOR UPDATE OF b;
END $$;

CREATE TRIGGER stocktaking_count_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stocktaking_count
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
