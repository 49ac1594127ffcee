-- What operators were told is wrong and have not been told is over (alerts/). One row an alert.
CREATE TABLE alerts (
  rule text NOT NULL,
  -- `_` for what is no tenant's.
  tenant_id text NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  -- What it was about the last time it was looked at: how many, and the latest of them.
  affected bigint NOT NULL,
  code text,
  document_id uuid,
  -- Since when the condition no longer holds; null while it does.
  quiet_since timestamptz(3),
  -- When somebody was told; null until then.
  told_at timestamptz(3),
  PRIMARY KEY (rule, tenant_id)
);

CREATE INDEX documents_failing ON documents (code, status_at) WHERE code IS NOT NULL;
CREATE INDEX rejected_events_newest ON rejected_events (rejected_at);
