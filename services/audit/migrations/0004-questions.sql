-- What the API is asked: each index serves one question in the order of its pages. A tenant's questions begin with the
-- tenant, the operator's do not.

CREATE INDEX documents_newest_of_sender ON documents (tenant_id, sender_email, received_at DESC, document_id DESC);
CREATE INDEX documents_newest_of_code ON documents (tenant_id, code, received_at DESC, document_id DESC)
  WHERE code IS NOT NULL;
CREATE INDEX documents_newest_of_all ON documents (received_at DESC, document_id DESC);

CREATE INDEX events_newest_of_all ON events (time DESC, position DESC);
CREATE INDEX events_of_mail ON events (mail_id, time DESC, position DESC);
-- The live tail: what was recorded after a position.
CREATE INDEX events_recorded ON events (tenant_id, position);
