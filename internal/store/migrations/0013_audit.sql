-- Who did what to what, from where, and what came of it. Each line has the hash of
-- itself and of all before it.
CREATE TABLE audit (
    number       INTEGER PRIMARY KEY, -- which is the row itself in SQLite, and half the work
    at           BIGINT NOT NULL,
    actor_id     TEXT NOT NULL, -- no reference: a line outlives whom it tells of
    email        TEXT NOT NULL,
    via          TEXT NOT NULL,
    from_address TEXT NOT NULL,
    action       TEXT NOT NULL,
    object       TEXT NOT NULL,
    result       TEXT NOT NULL,
    detail       TEXT NOT NULL,
    chain        TEXT NOT NULL
);

-- The last line. Who cuts lines off the end has to know of this one, too; and in
-- PostgreSQL it makes those who write wait for each other.
CREATE TABLE audit_head (
    id     BIGINT PRIMARY KEY CHECK (id = 1),
    number BIGINT NOT NULL,
    chain  TEXT NOT NULL
);

INSERT INTO audit_head (id, number, chain) VALUES (1, 0, '');
