-- What audit keeps: one row per event, typed columns for each field of the closed list (libs/contracts/events.ts), no
-- column that could take anything else. There are no constraints beyond keys and NOT NULL on what every event has: the
-- schema is enforced where a message is parsed, and PostgreSQL quotes a row that a constraint refuses in its own log.

CREATE TABLE events (
  event_id uuid PRIMARY KEY,
  -- The stream's number for the message: breaks ties between events of the same millisecond.
  stream_sequence bigint NOT NULL,
  type text NOT NULL,
  time timestamptz(3) NOT NULL,
  stored_at timestamptz(3) NOT NULL DEFAULT now(),
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
  wiped_bytes_erp_pusher bigint
);

CREATE INDEX events_newest ON events (tenant_id, time DESC, stream_sequence DESC, event_id DESC);
CREATE INDEX events_newest_of_type ON events (tenant_id, type, time DESC, stream_sequence DESC, event_id DESC);
CREATE INDEX events_of_document ON events (document_id, time, stream_sequence, event_id) WHERE document_id IS NOT NULL;

-- The projection: where each document stands, folded from its events and rewritten whenever one of them is stored.
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
  wiped_at timestamptz(3)
);

CREATE INDEX documents_newest ON documents (tenant_id, received_at DESC, document_id DESC);
CREATE INDEX documents_newest_of_status ON documents (tenant_id, status, received_at DESC, document_id DESC);

-- Messages that were not events. Where one stands in the stream and why, never what it said.
CREATE TABLE rejected_events (
  stream_sequence bigint NOT NULL,
  code text NOT NULL,
  rejected_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (stream_sequence, code)
);
