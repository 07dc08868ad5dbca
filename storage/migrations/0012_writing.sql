-- What is being written beside the drafts of notes, in place of a table for each kind: app.Writing says which there are. of is the ID
-- of what it belongs to, '' for what is new. It goes in the step in which it becomes what it is to be.
CREATE TABLE writing (
  kind    TEXT NOT NULL,
  of      TEXT NOT NULL,
  text    TEXT NOT NULL,
  changed INTEGER NOT NULL,
  PRIMARY KEY (kind, of)
) STRICT, WITHOUT ROWID;

INSERT INTO writing SELECT 'plan', client, steps, changed FROM plan_drafts;
INSERT INTO writing SELECT 'addendum', n.id, d.text, d.changed FROM addendum_drafts d JOIN notes n ON n.row = d.note;
DROP TABLE plan_drafts;
DROP TABLE addendum_drafts;
