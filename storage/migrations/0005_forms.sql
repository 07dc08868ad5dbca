-- A note keeps the headings it was written under, whatever becomes of its format; form is the name
-- of a template at that time. review is the day, as YYYY-MM-DD, on which a treatment plan is to be
-- looked at again. deleted is when a draft went into the bin.

ALTER TABLE notes ADD COLUMN form TEXT NOT NULL DEFAULT '';
ALTER TABLE notes ADD COLUMN review TEXT NOT NULL DEFAULT '';
ALTER TABLE notes ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE note_sections ADD COLUMN heading TEXT NOT NULL DEFAULT '';
ALTER TABLE note_sections ADD COLUMN carried INTEGER NOT NULL DEFAULT 0;

CREATE INDEX plans_by_client ON notes (client, created) WHERE format = 'plan' AND status <> 'preliminary';
CREATE INDEX plans_by_review ON notes (review) WHERE review <> '' AND status <> 'preliminary';
CREATE INDEX deleted_notes ON notes (deleted) WHERE deleted <> 0;

DROP TRIGGER signed_note_is_not_changed;
CREATE TRIGGER signed_note_is_not_changed BEFORE UPDATE ON notes
WHEN OLD.status <> 'preliminary' AND NOT (
  NEW.status = 'amended' AND EXISTS (SELECT 1 FROM addenda WHERE note = OLD.row)
  AND NEW.row = OLD.row AND NEW.id = OLD.id AND NEW.client = OLD.client AND NEW.session = OLD.session
  AND NEW.format = OLD.format AND NEW.form = OLD.form AND NEW.title = OLD.title AND NEW.excerpt = OLD.excerpt
  AND NEW.review = OLD.review AND NEW.deleted = OLD.deleted
  AND NEW.created = OLD.created AND NEW.changed = OLD.changed AND NEW.signed_by = OLD.signed_by
  AND NEW.signed_at = OLD.signed_at AND NEW.signed_hash IS OLD.signed_hash)
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER deleted_draft_is_not_signed BEFORE UPDATE ON notes
WHEN OLD.status = 'preliminary' AND NEW.status <> 'preliminary' AND NEW.deleted <> 0
BEGIN SELECT raise(ABORT, 'a deleted draft cannot be signed'); END;

CREATE TABLE templates (
  id       TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  name_key TEXT NOT NULL, -- folded, to sort by
  sections TEXT NOT NULL, -- JSON list
  changed  INTEGER NOT NULL
) STRICT;

-- What a draft said before. body is JSON: format, form, title and sections. Once the note is signed
-- its versions stay too.
CREATE TABLE note_versions (
  note INTEGER NOT NULL REFERENCES notes (row) ON UPDATE CASCADE ON DELETE CASCADE,
  pos  INTEGER NOT NULL,
  at   INTEGER NOT NULL,
  why  TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (note, pos)
) STRICT;

CREATE TRIGGER version_of_signed_is_not_added BEFORE INSERT ON note_versions
WHEN (SELECT status FROM notes WHERE row = NEW.note) <> 'preliminary'
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER version_is_not_changed BEFORE UPDATE ON note_versions
WHEN NEW.pos <> OLD.pos OR NEW.at <> OLD.at OR NEW.why <> OLD.why OR NEW.body <> OLD.body
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER version_is_not_moved BEFORE UPDATE OF note ON note_versions
WHEN EXISTS (SELECT 1 FROM notes WHERE row IN (OLD.note, NEW.note) AND status <> 'preliminary')
BEGIN SELECT raise(ABORT, 'signed'); END;

CREATE TRIGGER version_of_signed_is_not_deleted BEFORE DELETE ON note_versions
WHEN (SELECT status FROM notes WHERE row = OLD.note) <> 'preliminary'
BEGIN SELECT raise(ABORT, 'signed'); END;
