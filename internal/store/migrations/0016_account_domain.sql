-- Whether the provider speaks for everybody at the e-mail's domain.
ALTER TABLE account ADD COLUMN speaks_for_domain BOOLEAN NOT NULL DEFAULT FALSE;
