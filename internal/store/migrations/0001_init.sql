-- One text for SQLite and PostgreSQL: times are microseconds since 1970 in UTC
-- (0: not yet), JSON and sealed secrets are text, identifiers are text.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE account (
    id         TEXT PRIMARY KEY,
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    email      TEXT NOT NULL,
    name       TEXT NOT NULL,
    admin      BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (issuer, subject)
);

CREATE TABLE session (
    id           TEXT PRIMARY KEY,
    secret_hash  TEXT NOT NULL,
    account_id   TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    only_desktop TEXT NOT NULL,
    agent        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);

CREATE INDEX session_account ON session (account_id);

-- One-time codes: a sign-in link, or a launch code for one desktop.
CREATE TABLE code (
    hash          TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('sign-in', 'launch')),
    account_id    TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    deployment_id TEXT NOT NULL,
    expires_at    BIGINT NOT NULL,
    used_at       BIGINT
);

CREATE TABLE api_token (
    id         TEXT PRIMARY KEY,
    hash       TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);

CREATE TABLE constitution (
    id         TEXT PRIMARY KEY,
    owner_id   TEXT NOT NULL REFERENCES account (id),
    version    BIGINT NOT NULL,
    hash       TEXT NOT NULL,
    hidden_at  BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX constitution_owner ON constitution (owner_id, hidden_at);

CREATE TABLE constitution_version (
    constitution_id TEXT NOT NULL REFERENCES constitution (id),
    version         BIGINT NOT NULL,
    title           TEXT NOT NULL,
    hash            TEXT NOT NULL,
    document        TEXT NOT NULL,
    policy          TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (constitution_id, version)
);

CREATE TABLE deployment (
    id                   TEXT PRIMARY KEY,
    owner_id             TEXT NOT NULL REFERENCES account (id),
    constitution_id      TEXT NOT NULL,
    constitution_version BIGINT NOT NULL,
    constitution_title   TEXT NOT NULL,
    constitution_hash    TEXT NOT NULL,
    policy               TEXT NOT NULL,
    provider             TEXT NOT NULL,
    stream               TEXT NOT NULL,
    region               TEXT NOT NULL,
    size                 TEXT NOT NULL,
    price_per_hour       DOUBLE PRECISION NOT NULL,

    status               TEXT NOT NULL CHECK (status IN ('PROVISIONING', 'CONFIGURING', 'ACTIVE', 'ERROR', 'DESTROYING', 'DESTROYED')),
    stage                TEXT NOT NULL,
    checks               TEXT NOT NULL,
    failure              TEXT NOT NULL,

    -- The present attempt at a machine, and what was learned of it.
    machine_name         TEXT NOT NULL,
    machine_id           TEXT NOT NULL,
    ip                   TEXT NOT NULL,
    machine_gone_at      BIGINT NOT NULL,
    create_sent_at       BIGINT NOT NULL,
    start_sent_at        BIGINT NOT NULL,
    absences             BIGINT NOT NULL,
    absent_since         BIGINT NOT NULL,
    log_offset           BIGINT NOT NULL,

    -- Keys to the machine. The private ones are sealed.
    client_key           TEXT NOT NULL,
    client_public        TEXT NOT NULL,
    host_key             TEXT NOT NULL,
    host_public          TEXT NOT NULL,

    generation           BIGINT NOT NULL,
    reconcile_at         BIGINT NOT NULL,
    lease_owner          TEXT NOT NULL,
    lease_until          BIGINT NOT NULL,
    fence                BIGINT NOT NULL,

    created_at           BIGINT NOT NULL,
    configuring_at       BIGINT NOT NULL,
    active_at            BIGINT NOT NULL,
    error_at             BIGINT NOT NULL,
    destroyed_at         BIGINT NOT NULL,
    expires_at           BIGINT NOT NULL
);

CREATE INDEX deployment_due ON deployment (reconcile_at) WHERE status <> 'DESTROYED';
CREATE INDEX deployment_owner ON deployment (owner_id, status);
CREATE INDEX deployment_machine ON deployment (machine_name);
CREATE INDEX deployment_constitution ON deployment (constitution_id);

-- Numbers are given out by one row, so that the order of commits is the order of
-- numbers: a reader who has seen one number has missed none below it.
CREATE TABLE event_number (
    id    BIGINT PRIMARY KEY CHECK (id = 1),
    value BIGINT NOT NULL
);

INSERT INTO event_number (id, value) VALUES (1, 0);

CREATE TABLE event (
    number        BIGINT PRIMARY KEY,
    deployment_id TEXT NOT NULL REFERENCES deployment (id),
    at            BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    status        TEXT NOT NULL,
    stage         TEXT NOT NULL,
    text          TEXT NOT NULL,
    log_offset    BIGINT NOT NULL
);

CREATE INDEX event_deployment ON event (deployment_id, number);

CREATE TABLE idempotency (
    owner_id      TEXT NOT NULL,
    key           TEXT NOT NULL,
    body_hash     TEXT NOT NULL,
    deployment_id TEXT NOT NULL REFERENCES deployment (id),
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (owner_id, key)
);

-- Work that one replica does at a time, such as the sweep.
CREATE TABLE lease (
    name        TEXT PRIMARY KEY,
    owner       TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);

-- Machines that the provider listed and no row owns, since when we have seen them.
CREATE TABLE sighting (
    machine_name  TEXT PRIMARY KEY,
    machine_id    TEXT NOT NULL,
    first_seen_at BIGINT NOT NULL,
    last_seen_at  BIGINT NOT NULL
);
