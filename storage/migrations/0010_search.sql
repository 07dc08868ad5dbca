-- The index of notes has the beginnings of three and four letters too, and marks for what a search is narrowed by (marks in notesread.go): what was rare among
-- many hits took a look at each of them. It is written anew by upgrade.go.
DROP TABLE note_words;
CREATE VIRTUAL TABLE note_words USING fts5 (
  words, content = '', contentless_delete = 1, detail = none, prefix = '1 2 3 4', tokenize = 'ascii'
);

-- Notes whose second was taken, and by how much their number is later: a search that ends at a time knows by it where to begin.
CREATE INDEX notes_moved ON notes (row - created / 1000000000) WHERE row > created / 1000000000;
