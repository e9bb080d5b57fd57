-- Whether a machine was newer than every row when it was first seen: the rows are
-- then older than the cloud, and rows that are written later do not change that.
ALTER TABLE sighting ADD COLUMN newer BOOLEAN NOT NULL DEFAULT FALSE;
