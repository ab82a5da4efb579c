-- Pieces that lie somewhere have their numbers, or have none: the way they are told apart stays while they do. Whoever is
-- posting is waited for, whoever posts next reads the new way. Numbers of old become what they are from now on.
CREATE OR REPLACE FUNCTION stock_keeps_tracking() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
    LOCK TABLE stock_move IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT 1 FROM stock_balance b WHERE b.product_id = NEW.id AND b.on_hand > 0) THEN
        RAISE EXCEPTION 'goods are there' USING ERRCODE = '23514', CONSTRAINT = 'ck_product_tracking_kept';
    END IF;
    UPDATE lot SET serial = NEW.tracking = 'serial' WHERE product_id = NEW.id;
    UPDATE lot_balance SET serial = NEW.tracking = 'serial' WHERE product_id = NEW.id;
    RETURN NEW;
END $$;
