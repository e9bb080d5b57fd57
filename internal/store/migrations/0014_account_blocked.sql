-- Since when an administrator keeps somebody out; 0: nobody does.
ALTER TABLE account ADD COLUMN blocked_at BIGINT NOT NULL DEFAULT 0;
