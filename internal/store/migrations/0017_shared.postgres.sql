-- Leases are measured by the clock of the database, since those of several processes
-- differ. It is the same for all of one statement.
CREATE FUNCTION database_time(BIGINT) RETURNS BIGINT LANGUAGE sql STABLE AS
    $$ SELECT (EXTRACT(EPOCH FROM statement_timestamp()) * 1000000)::BIGINT $$;

-- Names and identifiers are compared byte for byte, as SQLite does, whatever the
-- language of the database.
DO $$
DECLARE place RECORD;
BEGIN
    FOR place IN SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE TEXT COLLATE "C"', place.table_name, place.column_name);
    END LOOP;
END $$;
