-- Tamper evidence, retention and erasure (docs/operations/audit.md). Events hang in a chain of digests, one chain a tenant,
-- one segment a UTC day of recording; every transaction that stores events signs the heads of the segments it has extended,
-- and the head of the record.

ALTER TABLE events
  -- The event's number within its segment: 1, 2, 3 …
  ADD COLUMN segment_index bigint NOT NULL,
  -- SHA-256 of the salt and the sender's address. The salt goes when the address is erased; the commitment stays.
  ADD COLUMN sender_salt bytea,
  ADD COLUMN sender_commitment bytea,
  -- By whom the pseudonym in place of the address is signed; null where nothing was erased.
  ADD COLUMN erasure_key_id text,
  ADD COLUMN erasure_signature bytea,
  -- SHA-256 of the digest before it and of the event.
  ADD COLUMN digest bytea NOT NULL,
  -- On the last event that a transaction has stored in its segment: the signature of the segment's head as it then was.
  ADD COLUMN head_key_id text,
  ADD COLUMN head_signature bytea;

-- The events of a segment in their order. `_` stands for no tenant, which no tenant is called.
CREATE INDEX events_of_segment ON events ((coalesce(tenant_id, '_')), recorded_on, position);

-- The heads. Kept for ever: when a segment's events are gone, its row says so, signed.
CREATE TABLE segments (
  tenant_id text NOT NULL,
  day date NOT NULL,
  first_position bigint NOT NULL,
  last_position bigint NOT NULL,
  event_count bigint NOT NULL,
  -- The digest of the tenant's segment before this one; null for its first.
  previous_digest bytea,
  digest bytea NOT NULL,
  key_id text NOT NULL,
  signature bytea NOT NULL,
  retired_on date,
  retirement_key_id text,
  retirement_signature bytea,
  PRIMARY KEY (tenant_id, day)
);
CREATE INDEX segments_not_retired ON segments (day) WHERE retired_on IS NULL;
CREATE INDEX segments_retired ON segments (day) WHERE retired_on IS NOT NULL;

ALTER TABLE recording_head
  ADD COLUMN segment_count bigint NOT NULL DEFAULT 0,
  -- Null before the first event.
  ADD COLUMN key_id text,
  ADD COLUMN signature bytea;

-- One row for each day on which retention was completed: what it removed, in numbers.
CREATE TABLE retention_runs (
  day date PRIMARY KEY,
  finished_at timestamptz(3) NOT NULL,
  segments bigint NOT NULL,
  events bigint NOT NULL,
  documents bigint NOT NULL,
  partitions bigint NOT NULL
);

-- One row for each erasure: the pseudonym, and what was erased, in numbers.
CREATE TABLE erasures (
  pseudonym text PRIMARY KEY,
  erased_at timestamptz(3) NOT NULL,
  events bigint NOT NULL,
  documents bigint NOT NULL,
  stream_messages bigint NOT NULL
);

-- As with the other tables that have a tenant (0001): the API's role sees the segments of the tenant that is set.
ALTER TABLE segments ENABLE ROW LEVEL SECURITY;
CREATE POLICY segments_of_tenant ON segments FOR SELECT TO flowstate_api
  USING (tenant_id = current_setting('flowstate.tenant_id', true));
GRANT SELECT ON segments TO flowstate_api;
