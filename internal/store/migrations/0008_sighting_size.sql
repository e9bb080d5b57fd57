-- What a machine without an owner costs, by its size and since when it is there.
ALTER TABLE sighting ADD COLUMN size TEXT NOT NULL DEFAULT '';
ALTER TABLE sighting ADD COLUMN made_at BIGINT NOT NULL DEFAULT 0;

-- Machines without an owner that are listed no more: what they have cost in a month
-- counts against what may be spent in it.
CREATE TABLE stray (
    machine_name TEXT PRIMARY KEY,
    size         TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    gone_at      BIGINT NOT NULL
);

-- Those that have ended within a month, however many there ever were.
CREATE INDEX deployment_destroyed ON deployment (destroyed_at) WHERE status = 'DESTROYED';
