-- When the record last heard of a session while it ran: all that is known of its end if the app was killed in it.
ALTER TABLE sessions ADD COLUMN alive INTEGER NOT NULL DEFAULT 0;
UPDATE sessions SET alive = max(started, ended);
CREATE INDEX sessions_cut ON sessions (started) WHERE ended = 0;
