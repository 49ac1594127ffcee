-- Where a chain was begun anew because the head before could not be trusted: an operator's decision, signed
-- (chain/chain-break.ts). Kept for ever, like the heads.
CREATE TABLE chain_breaks (
  -- `*` for the head of the whole record.
  tenant_id text NOT NULL,
  -- The first day of recording after it.
  day date NOT NULL,
  broken_at timestamptz(3) NOT NULL,
  -- Of the last event before it, of whatever tenant.
  position bigint NOT NULL,
  -- By how many more or fewer events the record's last position was then than its heads speak of.
  unaccounted bigint NOT NULL,
  key_id text NOT NULL,
  signature bytea NOT NULL,
  PRIMARY KEY (tenant_id, day)
);
