-- What keeps a deployment from going on at present, as a failure is written.
ALTER TABLE deployment ADD COLUMN warning TEXT NOT NULL DEFAULT '';

-- The guacamole stream: the secret from which its password and key are derived,
-- sealed; by how much the machine's clock is ahead, in microseconds; and for which
-- names and until when its certificate is good.
ALTER TABLE deployment ADD COLUMN stream_secret TEXT NOT NULL DEFAULT '';
ALTER TABLE deployment ADD COLUMN clock_skew BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN certificate_names TEXT NOT NULL DEFAULT '';
ALTER TABLE deployment ADD COLUMN certificate_until BIGINT NOT NULL DEFAULT 0;
