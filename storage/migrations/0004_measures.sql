-- Measures that were filled in, and the alerts that a risk answer raises. Nothing of it is ever
-- changed or deleted: that a response is voided, or an alert answered, is a row of its own. The
-- texts 'voided' and 'answered' are known to records.go.

CREATE TABLE responses (
  seq      INTEGER PRIMARY KEY, -- in the order of entering, for those of one moment
  id       TEXT NOT NULL UNIQUE,
  client   TEXT NOT NULL REFERENCES clients (id),
  session  TEXT NOT NULL,
  measure  TEXT NOT NULL,
  version  TEXT NOT NULL,
  language TEXT NOT NULL,
  source   TEXT NOT NULL CHECK (source IN ('therapist', 'client')),
  by       TEXT NOT NULL,
  at       INTEGER NOT NULL,
  answers  TEXT NOT NULL, -- JSON, {"9": 1}: the value by item number; what was skipped is not there
  total    INTEGER,       -- NULL: there was none
  prorated INTEGER NOT NULL
) STRICT;
CREATE INDEX responses_by_client ON responses (client, at);
CREATE INDEX responses_by_measure ON responses (client, measure, at) WHERE total IS NOT NULL;

CREATE TABLE voided (
  response TEXT PRIMARY KEY REFERENCES responses (id),
  why      TEXT NOT NULL,
  by       TEXT NOT NULL,
  at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE alerts (
  seq      INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE,
  client   TEXT NOT NULL REFERENCES clients (id),
  response TEXT NOT NULL REFERENCES responses (id),
  items    TEXT NOT NULL, -- JSON, [9]
  raised   INTEGER NOT NULL
) STRICT;
CREATE INDEX alerts_by_client ON alerts (client, raised);

CREATE TABLE alert_answers (
  alert TEXT PRIMARY KEY REFERENCES alerts (id),
  done  TEXT NOT NULL,
  by    TEXT NOT NULL,
  at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER response_is_not_replaced BEFORE INSERT ON responses
WHEN EXISTS (SELECT 1 FROM responses WHERE id = NEW.id OR seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'responses are append-only'); END;
CREATE TRIGGER response_is_not_changed BEFORE UPDATE ON responses
BEGIN SELECT raise(ABORT, 'responses are append-only'); END;
CREATE TRIGGER response_is_not_deleted BEFORE DELETE ON responses
BEGIN SELECT raise(ABORT, 'responses are append-only'); END;

CREATE TRIGGER response_is_voided_once BEFORE INSERT ON voided
WHEN EXISTS (SELECT 1 FROM voided WHERE response = NEW.response)
BEGIN SELECT raise(ABORT, 'voided'); END;
CREATE TRIGGER voiding_is_not_changed BEFORE UPDATE ON voided
BEGIN SELECT raise(ABORT, 'voided'); END;
CREATE TRIGGER voiding_is_not_deleted BEFORE DELETE ON voided
BEGIN SELECT raise(ABORT, 'voided'); END;

CREATE TRIGGER alert_is_not_replaced BEFORE INSERT ON alerts
WHEN EXISTS (SELECT 1 FROM alerts WHERE id = NEW.id OR seq = NEW.seq)
BEGIN SELECT raise(ABORT, 'alerts are append-only'); END;
CREATE TRIGGER alert_is_not_changed BEFORE UPDATE ON alerts
BEGIN SELECT raise(ABORT, 'alerts are append-only'); END;
CREATE TRIGGER alert_is_not_deleted BEFORE DELETE ON alerts
BEGIN SELECT raise(ABORT, 'alerts are append-only'); END;

CREATE TRIGGER alert_is_answered_once BEFORE INSERT ON alert_answers
WHEN EXISTS (SELECT 1 FROM alert_answers WHERE alert = NEW.alert)
BEGIN SELECT raise(ABORT, 'answered'); END;
CREATE TRIGGER alert_answer_is_not_changed BEFORE UPDATE ON alert_answers
BEGIN SELECT raise(ABORT, 'answered'); END;
CREATE TRIGGER alert_answer_is_not_deleted BEFORE DELETE ON alert_answers
BEGIN SELECT raise(ABORT, 'answered'); END;
