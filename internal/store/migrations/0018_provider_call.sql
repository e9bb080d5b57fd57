-- The calls of the provider's API that still count towards its limits, in the order in
-- which they were sent, by whatever replica.
CREATE TABLE provider_call (
    number BIGINT PRIMARY KEY,
    at     BIGINT NOT NULL
);

CREATE INDEX provider_call_at ON provider_call (at);

-- Until when the provider wants to be left alone, in the only row.
CREATE TABLE provider_pause (ends_at BIGINT NOT NULL);

INSERT INTO provider_pause (ends_at) VALUES (0);
