-- Whoever writes waits for its turn, and then reads what a program has to know at least.
-- Each statement of such a function sees what is committed when it begins, so that who
-- waited while that was raised sees it. One statement with both would see what was there
-- before it waited, and two would be asked for one after the other.
CREATE FUNCTION turn_to_write() RETURNS TEXT LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('dictumal ' || current_schema(), 0));
    RETURN COALESCE((SELECT value FROM setting WHERE name = 'schema.floor'), '');
END $$;
