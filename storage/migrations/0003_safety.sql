-- Safety plans, what is being written of one, and the sheet of a session: start checklist and what was done in an
-- emergency.

CREATE TABLE plans (
  id      TEXT PRIMARY KEY,
  client  TEXT NOT NULL REFERENCES clients (id),
  version INTEGER NOT NULL,
  steps   TEXT NOT NULL, -- JSON
  review  INTEGER NOT NULL,
  by      TEXT NOT NULL,
  at      INTEGER NOT NULL,
  UNIQUE (client, version)
) STRICT;

CREATE TRIGGER plan_is_the_next_version BEFORE INSERT ON plans
WHEN NEW.version <> 1 + coalesce((SELECT max(version) FROM plans WHERE client = NEW.client), 0)
  OR EXISTS (SELECT 1 FROM plans WHERE id = NEW.id OR rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'not the next version'); END;

CREATE TRIGGER plan_is_not_changed BEFORE UPDATE ON plans
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER plan_is_not_deleted BEFORE DELETE ON plans
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TABLE plan_drafts (
  client  TEXT PRIMARY KEY REFERENCES clients (id),
  steps   TEXT NOT NULL, -- JSON
  changed INTEGER NOT NULL
) STRICT;

CREATE TABLE sheets (
  session TEXT PRIMARY KEY,
  client  TEXT NOT NULL REFERENCES clients (id),
  started INTEGER NOT NULL,
  json    TEXT NOT NULL
) STRICT;
CREATE INDEX sheets_by_client ON sheets (client, started);
