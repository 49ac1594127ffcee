-- Notes on messages that were set aside go with retention, too.
ALTER TABLE retention_runs ADD COLUMN rejected bigint NOT NULL DEFAULT 0;
