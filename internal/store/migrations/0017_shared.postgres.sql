-- Leases are measured by the clock of the database, since those of several processes
-- differ. It is the same for all of one statement.
CREATE FUNCTION database_time(BIGINT) RETURNS BIGINT LANGUAGE sql STABLE AS
    $$ SELECT (EXTRACT(EPOCH FROM statement_timestamp()) * 1000000)::BIGINT $$;
