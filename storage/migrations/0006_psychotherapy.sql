-- Psychotherapy notes, sealed a second time under a key of their own (format.md): what stands here in
-- the clear is whose, and when. apart_key holds its wraps, like the key file's.

CREATE TABLE apart_key (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  json TEXT NOT NULL
) STRICT;

CREATE TABLE apart_notes (
  id      TEXT PRIMARY KEY,
  client  TEXT NOT NULL REFERENCES clients (id),
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  box     BLOB NOT NULL
) STRICT;
CREATE INDEX apart_by_client ON apart_notes (client, created);

CREATE TRIGGER apart_stays_apart BEFORE INSERT ON notes WHEN NEW.format = 'psychotherapy'
BEGIN SELECT raise(ABORT, 'kept apart'); END;

CREATE TRIGGER apart_is_not_moved BEFORE UPDATE OF format ON notes WHEN NEW.format = 'psychotherapy'
BEGIN SELECT raise(ABORT, 'kept apart'); END;
