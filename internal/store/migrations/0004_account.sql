-- The account that the provider charges for the machine: where another is asked,
-- that it has no such machine proves nothing.
ALTER TABLE deployment ADD COLUMN account TEXT NOT NULL DEFAULT '';
