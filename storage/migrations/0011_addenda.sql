-- What is being written of an addendum, one a signed note. It goes in the step in which it is signed.
CREATE TABLE addendum_drafts (
  note    INTEGER PRIMARY KEY REFERENCES notes (row),
  text    TEXT NOT NULL,
  changed INTEGER NOT NULL
) STRICT;
