-- The measures that a client's page asks in the waiting room.
ALTER TABLE clients ADD COLUMN asks TEXT NOT NULL DEFAULT '[]'; -- JSON, ["phq-9"]
