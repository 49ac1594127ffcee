-- What audit keeps: one row per event, typed columns for each field of the closed list (libs/contracts/events.ts), no
-- column that could take anything else. There are no constraints beyond keys and NOT NULL on what every event has: the
-- schema is enforced where a message is parsed, and PostgreSQL quotes a row that a constraint refuses in its own log.

-- One row: how far recording has come. Whoever stores events holds the storing lock (database/advisory-locks.ts), reads
-- this row and writes it anew in the same transaction.
CREATE TABLE recording_head (
  -- Of the last event; 0 before the first.
  position bigint NOT NULL,
  -- The newest day on which anything was recorded; no later event is recorded on an earlier one.
  recorded_on date,
  recorded_at timestamptz(3)
);
INSERT INTO recording_head (position) VALUES (0);

-- Append-only, one partition a month; the transaction that needs a month first makes it (recording/event-partitions.ts).
CREATE TABLE events (
  -- The order of recording: 1, 2, 3 … without a gap, and in the order of commits, so that whoever has read up to a position
  -- has missed nothing before it.
  position bigint NOT NULL,
  -- The UTC day of recording. Retention counts from it.
  recorded_on date NOT NULL,
  -- Derived from the event's cause. Stored once for as long as it is kept.
  event_id uuid NOT NULL,
  -- The stream's number for the message: breaks ties between events of the same millisecond.
  stream_sequence bigint NOT NULL,
  type text NOT NULL,
  time timestamptz(3) NOT NULL,
  -- W3C trace id, 32 hexadecimal digits.
  trace_id text,
  -- Null for a mail that belongs to no tenant.
  tenant_id text,
  mail_id uuid NOT NULL,
  document_id uuid,
  sender_email text,
  source text,
  size_bytes bigint,
  page_count bigint,
  stage text,
  code text,
  duration_ms bigint,
  validation_status text,
  validation_issue_count bigint,
  provider text,
  model text,
  input_tokens bigint,
  output_tokens bigint,
  erp_http_status bigint,
  attempts bigint,
  wiped_bytes_ingest bigint,
  wiped_bytes_extractor bigint,
  wiped_bytes_erp_pusher bigint,
  PRIMARY KEY (position, recorded_on)
) PARTITION BY RANGE (recorded_on);

CREATE INDEX events_by_id ON events (event_id);
CREATE INDEX events_newest ON events (tenant_id, time DESC, position DESC);
CREATE INDEX events_newest_of_type ON events (tenant_id, type, time DESC, position DESC);
CREATE INDEX events_of_document ON events (document_id, time, stream_sequence, event_id) WHERE document_id IS NOT NULL;

-- The projection: where each document stands, folded from its events (projection/).
CREATE TABLE documents (
  document_id uuid PRIMARY KEY,
  tenant_id text NOT NULL,
  mail_id uuid NOT NULL,
  status text NOT NULL,
  -- When the document came to its status.
  status_at timestamptz(3) NOT NULL,
  code text,
  stage text,
  sender_email text,
  source text,
  size_bytes bigint,
  page_count bigint,
  provider text,
  model text,
  input_tokens bigint,
  output_tokens bigint,
  validation_status text,
  validation_issue_count bigint,
  erp_http_status bigint,
  received_at timestamptz(3) NOT NULL,
  receive_duration_ms bigint,
  claim_duration_ms bigint,
  extract_duration_ms bigint,
  extract_attempts bigint,
  deliver_duration_ms bigint,
  deliver_attempts bigint,
  wiped_at timestamptz(3),
  trace_id text,
  -- The version of the fold that made the row, and the key of the last event in it: a later event is folded onto the row,
  -- an earlier one has the row folded anew.
  projection_version bigint NOT NULL,
  folded_time timestamptz(3) NOT NULL,
  folded_sequence bigint NOT NULL,
  folded_event_id uuid NOT NULL
);

CREATE INDEX documents_newest ON documents (tenant_id, received_at DESC, document_id DESC);
CREATE INDEX documents_newest_of_status ON documents (tenant_id, status, received_at DESC, document_id DESC);

-- Which version of its fold each projection is at, and how far a rebuild has come.
CREATE TABLE projections (
  name text PRIMARY KEY,
  version bigint NOT NULL,
  -- Null while a rebuild is not finished.
  rebuilt_at timestamptz(3),
  rebuild_done bigint NOT NULL,
  rebuild_total bigint NOT NULL
);
-- There is no document yet that a later version would have to fold anew.
INSERT INTO projections (name, version, rebuilt_at, rebuild_done, rebuild_total) VALUES ('documents', 1, now(), 0, 0);

-- Messages that were not events. Where one stands in the stream and why, never what it said.
CREATE TABLE rejected_events (
  stream_sequence bigint NOT NULL,
  code text NOT NULL,
  rejected_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (stream_sequence, code)
);

-- The tenant API reads as a member of this role (deploy/postgres/api-role.sql), which sees the rows of the tenant that the
-- transaction has set and no others, and can write nothing.
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY events_of_tenant ON events FOR SELECT TO flowstate_api
  USING (tenant_id = current_setting('flowstate.tenant_id', true));
CREATE POLICY documents_of_tenant ON documents FOR SELECT TO flowstate_api
  USING (tenant_id = current_setting('flowstate.tenant_id', true));
GRANT SELECT ON events, documents TO flowstate_api;

-- Row-level security is forced on the owner, whose policy lets everything pass: PostgreSQL never quotes a row, in an error
-- or in its log, to a role that row-level security applies to.
ALTER TABLE events FORCE ROW LEVEL SECURITY;
ALTER TABLE documents FORCE ROW LEVEL SECURITY;
CREATE POLICY events_of_owner ON events TO CURRENT_ROLE USING (true) WITH CHECK (true);
CREATE POLICY documents_of_owner ON documents TO CURRENT_ROLE USING (true) WITH CHECK (true);
