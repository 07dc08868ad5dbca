-- The practice's signing key, and each client's chain of what was signed (app/chain/format.md). chain.go fills them.

CREATE TABLE chain_key (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  seed BLOB NOT NULL
) STRICT;

CREATE TABLE chain (
  client    TEXT NOT NULL REFERENCES clients (id),
  seq       INTEGER NOT NULL,
  kind      TEXT NOT NULL,
  id        TEXT NOT NULL, -- of what was signed
  at        INTEGER NOT NULL,
  by        TEXT NOT NULL,
  body      TEXT NOT NULL, -- canonical JSON
  prev      BLOB NOT NULL,
  hash      BLOB NOT NULL,
  signature BLOB NOT NULL,
  PRIMARY KEY (client, seq)
) STRICT;
CREATE INDEX chain_by_id ON chain (id, kind);

CREATE TABLE chain_heads (
  client    TEXT PRIMARY KEY REFERENCES clients (id),
  seq       INTEGER NOT NULL,
  hash      BLOB NOT NULL,
  at        INTEGER NOT NULL,
  signature BLOB NOT NULL
) STRICT;

CREATE TRIGGER chain_key_is_not_replaced BEFORE INSERT ON chain_key
WHEN EXISTS (SELECT 1 FROM chain_key)
BEGIN SELECT raise(ABORT, 'there is one key'); END;

CREATE TRIGGER chain_key_is_not_changed BEFORE UPDATE ON chain_key
BEGIN SELECT raise(ABORT, 'there is one key'); END;

CREATE TRIGGER chain_key_is_not_deleted BEFORE DELETE ON chain_key
BEGIN SELECT raise(ABORT, 'there is one key'); END;

CREATE TRIGGER chain_grows_at_its_end BEFORE INSERT ON chain
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM chain WHERE client = NEW.client), 0)
  OR EXISTS (SELECT 1 FROM chain WHERE rowid = NEW.rowid)
BEGIN SELECT raise(ABORT, 'chain is append-only'); END;

CREATE TRIGGER chain_is_not_changed BEFORE UPDATE ON chain
BEGIN SELECT raise(ABORT, 'chain is append-only'); END;

CREATE TRIGGER chain_is_not_deleted BEFORE DELETE ON chain
BEGIN SELECT raise(ABORT, 'chain is append-only'); END;

CREATE TRIGGER head_moves_forward BEFORE INSERT ON chain_heads
WHEN NEW.seq <> 1 + coalesce((SELECT seq FROM chain_heads WHERE client = NEW.client), 0)
BEGIN SELECT raise(ABORT, 'chain is append-only'); END;

CREATE TRIGGER head_is_not_set_back BEFORE UPDATE ON chain_heads
WHEN NEW.client <> OLD.client OR NEW.seq <> OLD.seq + 1
BEGIN SELECT raise(ABORT, 'chain is append-only'); END;

CREATE TRIGGER head_is_not_deleted BEFORE DELETE ON chain_heads
BEGIN SELECT raise(ABORT, 'chain is append-only'); END;
