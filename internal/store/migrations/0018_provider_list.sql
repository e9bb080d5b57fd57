-- The newest list of a provider's machines that a replica has read, for the others, and
-- since when one is read that will take its place.
CREATE TABLE provider_list (
    source     TEXT PRIMARY KEY,
    begun_at   BIGINT NOT NULL,
    content    TEXT NOT NULL,
    reading_at BIGINT NOT NULL
);
