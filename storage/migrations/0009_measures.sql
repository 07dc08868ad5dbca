-- The practice's own instruments, each the data file as it was taken in. Responses are read by them, so a file is
-- never changed, and goes only while none refers to it. The text 'used' is known to records.go.

CREATE TABLE measures (
  measure TEXT NOT NULL,
  version TEXT NOT NULL,
  file    BLOB NOT NULL,
  added   INTEGER NOT NULL,
  retired INTEGER NOT NULL, -- 1: no longer offered
  PRIMARY KEY (measure, version)
) STRICT;
CREATE INDEX responses_by_version ON responses (measure, version);

CREATE TRIGGER measure_is_not_replaced BEFORE INSERT ON measures
WHEN EXISTS (SELECT 1 FROM measures WHERE measure = NEW.measure AND version = NEW.version OR rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'measures are not changed'); END;

CREATE TRIGGER measure_is_not_changed BEFORE UPDATE ON measures
WHEN NEW.rowid <> OLD.rowid OR NEW.measure <> OLD.measure OR NEW.version <> OLD.version OR NEW.file <> OLD.file OR NEW.added <> OLD.added
BEGIN SELECT raise(ABORT, 'measures are not changed'); END;

CREATE TRIGGER measure_in_use_is_not_deleted BEFORE DELETE ON measures
WHEN EXISTS (SELECT 1 FROM responses WHERE measure = OLD.measure AND version = OLD.version)
BEGIN SELECT raise(ABORT, 'used'); END;
