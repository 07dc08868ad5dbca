-- Times are nanoseconds since 1970 in UTC, 0 for none. Word indexes hold what words.go makes of a
-- text: folded words apart by spaces, so the tokenizer has nothing left to decide.

CREATE TABLE profile (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  json TEXT NOT NULL
) STRICT;

CREATE TABLE clients (
  row                INTEGER PRIMARY KEY,
  id                 TEXT NOT NULL UNIQUE,
  name               TEXT NOT NULL,
  name_key           TEXT NOT NULL, -- folded, to sort by
  pronouns           TEXT NOT NULL,
  email              TEXT NOT NULL,
  phone              TEXT NOT NULL,
  time_zone          TEXT NOT NULL,
  emergency_name     TEXT NOT NULL,
  emergency_relation TEXT NOT NULL,
  emergency_phone    TEXT NOT NULL,
  tags               TEXT NOT NULL, -- JSON list
  focus              TEXT NOT NULL,
  status             TEXT NOT NULL,
  direct             INTEGER NOT NULL,
  pair_key           BLOB,
  created            INTEGER NOT NULL,
  changed            INTEGER NOT NULL
) STRICT;
CREATE INDEX clients_by_name ON clients (name_key, id);
CREATE INDEX clients_by_status ON clients (status, name_key, id);

CREATE VIRTUAL TABLE client_words USING fts5 (
  words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3', tokenize = 'ascii'
);

CREATE TABLE notes (
  row         INTEGER PRIMARY KEY, -- about its second of creation: the index then finds newest first
  id          TEXT NOT NULL UNIQUE,
  client      TEXT NOT NULL REFERENCES clients (id),
  session     TEXT NOT NULL,
  format      TEXT NOT NULL,
  title       TEXT NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('preliminary', 'final', 'amended')),
  excerpt     TEXT NOT NULL,
  created     INTEGER NOT NULL,
  changed     INTEGER NOT NULL,
  signed_by   TEXT NOT NULL DEFAULT '',
  signed_at   INTEGER NOT NULL DEFAULT 0,
  signed_hash BLOB
) STRICT;
CREATE INDEX notes_by_client ON notes (client, created);
CREATE INDEX drafts_by_age ON notes (created) WHERE status = 'preliminary';
CREATE INDEX drafts_by_client ON notes (client) WHERE status = 'preliminary';

CREATE TABLE note_sections (
  note INTEGER NOT NULL REFERENCES notes (row) ON UPDATE CASCADE ON DELETE CASCADE,
  pos  INTEGER NOT NULL,
  key  TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (note, pos)
) STRICT;

CREATE TABLE addenda (
  note INTEGER NOT NULL REFERENCES notes (row),
  pos  INTEGER NOT NULL,
  text TEXT NOT NULL,
  by   TEXT NOT NULL,
  at   INTEGER NOT NULL,
  PRIMARY KEY (note, pos)
) STRICT;

CREATE VIRTUAL TABLE note_words USING fts5 (
  words, content = '', contentless_delete = 1, detail = none, prefix = '1 2', tokenize = 'ascii'
);

-- A signed note stays as it was signed. Only its status may go from final to amended, when an
-- addendum is there. The texts 'signed' and 'not signed' are known to records.go.

CREATE TRIGGER signed_note_is_not_replaced BEFORE INSERT ON notes
WHEN EXISTS (SELECT 1 FROM notes WHERE (id = NEW.id OR row = NEW.row) AND status <> 'preliminary')
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER signed_note_is_not_changed BEFORE UPDATE ON notes
WHEN OLD.status <> 'preliminary' AND NOT (
  NEW.status = 'amended' AND EXISTS (SELECT 1 FROM addenda WHERE note = OLD.row)
  AND NEW.row = OLD.row AND NEW.id = OLD.id AND NEW.client = OLD.client AND NEW.session = OLD.session
  AND NEW.format = OLD.format AND NEW.title = OLD.title AND NEW.excerpt = OLD.excerpt
  AND NEW.created = OLD.created AND NEW.changed = OLD.changed AND NEW.signed_by = OLD.signed_by
  AND NEW.signed_at = OLD.signed_at AND NEW.signed_hash IS OLD.signed_hash)
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER signed_note_is_not_displaced BEFORE UPDATE ON notes -- by UPDATE OR REPLACE
WHEN EXISTS (SELECT 1 FROM notes WHERE (id = NEW.id OR row = NEW.row) AND row <> OLD.row AND status <> 'preliminary')
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER signed_note_is_not_deleted BEFORE DELETE ON notes
WHEN OLD.status <> 'preliminary'
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER section_of_signed_is_not_added BEFORE INSERT ON note_sections
WHEN (SELECT status FROM notes WHERE row = NEW.note) <> 'preliminary'
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER section_of_signed_is_not_changed BEFORE UPDATE ON note_sections
WHEN EXISTS (SELECT 1 FROM notes WHERE row IN (OLD.note, NEW.note) AND status <> 'preliminary')
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER section_of_signed_is_not_deleted BEFORE DELETE ON note_sections
WHEN (SELECT status FROM notes WHERE row = OLD.note) <> 'preliminary'
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER addendum_follows_a_signature BEFORE INSERT ON addenda
WHEN (SELECT status FROM notes WHERE row = NEW.note) = 'preliminary'
BEGIN SELECT raise(ABORT, 'not signed'); END;

CREATE TRIGGER addendum_is_not_replaced BEFORE INSERT ON addenda
WHEN EXISTS (SELECT 1 FROM addenda WHERE note = NEW.note AND pos = NEW.pos)
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER addendum_is_not_changed BEFORE UPDATE ON addenda
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER addendum_is_not_deleted BEFORE DELETE ON addenda
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TABLE invites (
  id         TEXT PRIMARY KEY,
  client     TEXT NOT NULL REFERENCES clients (id),
  kind       TEXT NOT NULL,
  link       TEXT NOT NULL,
  pin        TEXT NOT NULL,
  relay_only INTEGER NOT NULL,
  created    INTEGER NOT NULL,
  expires    INTEGER NOT NULL,
  knocks     INTEGER NOT NULL,
  last_knock INTEGER NOT NULL,
  wrong_pins INTEGER NOT NULL,
  admitted   INTEGER NOT NULL,
  spent      INTEGER NOT NULL,
  revoked    INTEGER NOT NULL,
  withdrawn  INTEGER NOT NULL,
  pinned_key BLOB,
  material   BLOB
) STRICT;
CREATE INDEX invites_by_client ON invites (client, created);
CREATE INDEX invites_at_relay ON invites (expires) WHERE withdrawn = 0;
CREATE INDEX invites_open ON invites (expires) WHERE spent = 0 AND revoked = 0;

-- Knocks that came in the last two days, by hash: a relay can send one again.
CREATE TABLE knocks (
  invite TEXT NOT NULL,
  knock  TEXT NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (invite, knock)
) STRICT, WITHOUT ROWID;
CREATE INDEX knocks_by_age ON knocks (at);

CREATE TABLE guests (
  client TEXT NOT NULL REFERENCES clients (id),
  key    BLOB NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (client, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  id       TEXT PRIMARY KEY,
  client   TEXT NOT NULL REFERENCES clients (id),
  invite   TEXT NOT NULL,
  started  INTEGER NOT NULL,
  ended    INTEGER NOT NULL,
  modality TEXT NOT NULL,
  trust    TEXT NOT NULL,
  note     TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_client ON sessions (client, started);

-- chain is SHA-256 over the entry and the chain before it (audit.go): nothing can be taken out of
-- the middle or changed without everything after it being wrong.
CREATE TABLE audit (
  seq    INTEGER PRIMARY KEY AUTOINCREMENT,
  at     INTEGER NOT NULL,
  act    TEXT NOT NULL,
  client TEXT NOT NULL,
  about  TEXT NOT NULL,
  chain  BLOB NOT NULL
) STRICT;

CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'audit is append-only'); END;

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'audit is append-only'); END;

CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'audit is append-only'); END;
