import { isDeepStrictEqual } from "node:util";
import type { PoolClient } from "pg";
import { columnArrays, columnList, unnestedRows } from "../database/columns.ts";
import { isBrokenOff, readBreaks } from "./chain-break.ts";
import type { ChainLink } from "./chained-event.ts";
import { extendChain, type PlacedEvent } from "./extend-chain.ts";
import { checkRecordingHead, type RecordingHead, signRecordingHead } from "./recording-head.ts";
import { checkHead, type SegmentHead, segmentHeadSchema } from "./segment.ts";
import type { SigningKey, TrustedKeys, Verdict } from "./signing.ts";

/**
 * A head in the database was not signed with a trusted key. Nothing is signed on top of it: that would vouch for whatever
 * somebody has put there. The events wait in the stream until a person has decided (docs/operations/audit.md): brings the row
 * back, or has the chain begun anew.
 */
export class HeadNotTrustedError extends Error {
  readonly code: "segment_signature_wrong" | "segment_key_unknown" | "record_signature_wrong" | "record_key_unknown";

  constructor(what: "segment" | "record", verdict: Exclude<Verdict, "valid">) {
    const code = verdict === "wrong" ? (`${what}_signature_wrong` as const) : (`${what}_key_unknown` as const);
    super(code);
    this.name = "HeadNotTrustedError";
    this.code = code;
  }
}

/** The newest segment of each tenant that has one. Like its like in recording/store-events.ts it has a name, to be planned once. */
const SELECT_LATEST = {
  name: "select-latest-segments",
  text: `
  SELECT latest.*
  FROM unnest($1::text[]) AS tenants (tenant_id)
  CROSS JOIN LATERAL (
    SELECT ${columnList(segmentHeadSchema)}
    FROM segments
    WHERE segments.tenant_id = tenants.tenant_id
    ORDER BY day DESC
    LIMIT 1
  ) AS latest`,
};

const HEAD_PARAMETERS = Object.keys(segmentHeadSchema.shape).length;
const parameter = (index: number) => `$${HEAD_PARAMETERS + index}`;

/** Segments and the head of the record in one round trip. */
const SAVE_HEADS = {
  name: "save-heads",
  text: `
  WITH record AS (
    UPDATE recording_head SET
      position = ${parameter(1)}, recorded_on = ${parameter(2)}, recorded_at = ${parameter(3)},
      segment_count = ${parameter(4)}, key_id = ${parameter(5)}, signature = ${parameter(6)}
  )
  INSERT INTO segments (${columnList(segmentHeadSchema)})
  SELECT * FROM ${unnestedRows(segmentHeadSchema)}
  ON CONFLICT (tenant_id, day) DO UPDATE SET
    (last_position, event_count, digest, key_id, signature)
    = ROW (EXCLUDED.last_position, EXCLUDED.event_count, EXCLUDED.digest, EXCLUDED.key_id, EXCLUDED.signature)`,
};

/** What a transaction that stores events adds to the chains. */
export interface ChainedBatch {
  readonly links: readonly ChainLink[];
  readonly heads: readonly SegmentHead[];
  readonly record: RecordingHead;
}

/** Continues the chains of the tenants, and signs what it has added. One for a process. */
export class RecordChain {
  readonly #key: SigningKey;
  readonly #trusted: TrustedKeys;
  /**
   * The newest heads that this process has made or checked, by tenant, because checking is what costs most. One that is the
   * same in every field needs no second look; the signature alone would not tell that what it signs is still the same.
   */
  readonly #known = new Map<string, SegmentHead>();
  #knownRecord: RecordingHead | undefined;

  constructor(key: SigningKey, trusted: TrustedKeys) {
    this.#key = key;
    this.#trusted = trusted;
  }

  /**
   * Chains events, in the order of their positions, all recorded on one day. `before` and the newest heads of their tenants
   * were read under the storing lock by the transaction that stores the events. The database is asked again only when a head
   * is not to be trusted. Rejects with a `HeadNotTrustedError`, or the driver's error.
   */
  async extend(
    client: PoolClient,
    before: RecordingHead,
    latestHeads: readonly SegmentHead[],
    events: readonly PlacedEvent[],
    now: Date,
  ): Promise<ChainedBatch> {
    this.#trustRecord(before);
    const latest = await this.#trustedHeads(client, latestHeads);
    // Somebody has put back the head of a record in which there is nothing, which needs no signature.
    if (before.position === 0 && latest.size > 0) throw new HeadNotTrustedError("record", "wrong");
    const { links, heads, begun } = extendChain(events, latest, this.#key);
    const last = events.at(-1);
    const record = signRecordingHead(
      {
        position: last?.position ?? before.position,
        recorded_on: last?.recorded_on ?? before.recorded_on,
        recorded_at: now.toISOString(),
        segment_count: before.segment_count + begun,
      },
      this.#key,
    );
    for (const head of heads) this.#known.set(head.tenant_id, head);
    this.#knownRecord = record;
    return { links, heads, record };
  }

  /** Of chains that an operator has broken off there is no head to go on from. */
  async #trustedHeads(client: PoolClient, heads: readonly SegmentHead[]): Promise<ReadonlyMap<string, SegmentHead>> {
    const latest = new Map<string, SegmentHead>();
    for (const head of heads) {
      const verdict = this.#verdictOn(head);
      if (verdict === "valid") latest.set(head.tenant_id, head);
      else if (!isBrokenOff(head, await readBreaks(client, this.#trusted))) {
        throw new HeadNotTrustedError("segment", verdict);
      }
    }
    return latest;
  }

  #verdictOn(head: SegmentHead): Verdict {
    if (isDeepStrictEqual(this.#known.get(head.tenant_id), head)) return "valid";
    const verdict = checkHead(head, this.#trusted);
    if (verdict === "valid") this.#known.set(head.tenant_id, head);
    return verdict;
  }

  #trustRecord(record: RecordingHead): void {
    if (isDeepStrictEqual(this.#knownRecord, record)) return;
    const verdict = checkRecordingHead(record, this.#trusted);
    if (verdict !== "valid") throw new HeadNotTrustedError("record", verdict);
    this.#knownRecord = record;
  }
}

/** The newest head of each of these tenants that has one, as it stands: whether to trust it is for `RecordChain.extend`. */
export async function readLatestHeads(client: PoolClient, tenants: readonly string[]): Promise<SegmentHead[]> {
  const { rows } = await client.query({ ...SELECT_LATEST, values: [tenants] });
  return segmentHeadSchema.array().parse(rows);
}

/** Saves what `RecordChain.extend` has made, except the events themselves. */
export async function saveHeads(client: PoolClient, { heads, record }: ChainedBatch): Promise<void> {
  const { position, recorded_on, recorded_at, segment_count, key_id, signature } = record;
  const recordValues = [position, recorded_on, recorded_at, segment_count, key_id, signature];
  await client.query({ ...SAVE_HEADS, values: [...columnArrays(segmentHeadSchema, heads), ...recordValues] });
}
