-- Lines are added at the end, and that is all. An INSERT OR REPLACE would remove a
-- line without asking the second and third of these: it has to pass the first.
CREATE TRIGGER audit_is_added_to BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE number >= NEW.number)
BEGIN SELECT RAISE(ABORT, 'a line of the audit log can only be added after the last'); END;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'a line of the audit log cannot be changed'); END;

CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'a line of the audit log cannot be removed'); END;
