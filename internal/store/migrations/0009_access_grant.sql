-- Who else may open a desktop. An address is in lower case; whoever signs in with it
-- is meant, whether there is such an account yet or not.
CREATE TABLE access_grant (
    id            TEXT PRIMARY KEY,
    deployment_id TEXT NOT NULL REFERENCES deployment (id),
    email         TEXT NOT NULL,
    control       TEXT NOT NULL CHECK (control IN ('full', 'view-only')),
    granted_by    TEXT NOT NULL REFERENCES account (id),
    created_at    BIGINT NOT NULL,
    UNIQUE (deployment_id, email)
);

CREATE INDEX access_grant_email ON access_grant (email);
