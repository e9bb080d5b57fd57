-- When the machine was ordered that is paid for; how its provider charges, as JSON;
-- until when people have been told of the end to come; and by what observations the
-- machine counts as gone.
ALTER TABLE deployment ADD COLUMN ordered_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN billing TEXT NOT NULL DEFAULT '';
ALTER TABLE deployment ADD COLUMN reminded_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN proof_absences BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployment ADD COLUMN proof_since BIGINT NOT NULL DEFAULT 0;
UPDATE deployment SET ordered_at = created_at WHERE machine_name <> '';
