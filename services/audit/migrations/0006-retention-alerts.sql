-- Days that were past their time at the newest run of the day and were left, because their heads are not signed as they must
-- be: an alert tells of them (alerts/).
ALTER TABLE retention_runs ADD COLUMN untrusted bigint NOT NULL DEFAULT 0;
