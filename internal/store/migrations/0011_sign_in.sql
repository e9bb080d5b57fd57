-- From where a session and a token were last used, and what a token is good for:
-- those of before may do whatever their user may.
ALTER TABLE session ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE api_token ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE api_token ADD COLUMN scopes TEXT NOT NULL DEFAULT 'admin';

-- Who has signed in of late, so that people see who else does as them. A device is
-- the hash of what a browser keeps to be known again.
CREATE TABLE sign_in (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    at         BIGINT NOT NULL,
    device     TEXT NOT NULL,
    agent      TEXT NOT NULL,
    address    TEXT NOT NULL,
    known      BOOLEAN NOT NULL
);

CREATE INDEX sign_in_account ON sign_in (account_id, at);
