-- Sign-ins by an identity provider that were begun. Nothing in here helps who reads
-- it: what a browser must bring back is kept as a hash, and the rest it keeps itself.
CREATE TABLE login (
    state_hash   TEXT PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    provider     TEXT NOT NULL,
    next         TEXT NOT NULL,
    address      TEXT NOT NULL,
    expires_at   BIGINT NOT NULL
);

CREATE INDEX login_expires ON login (expires_at);
CREATE INDEX login_address ON login (address, expires_at);
