import type { RecordedEvent } from "../recording/event-row.ts";
import { type ChainLink, digestAfter } from "./chained-event.ts";
import { NO_TENANT, type SegmentHead, signHead, startDigest } from "./segment.ts";
import type { SigningKey } from "./signing.ts";

/** An event that has its place in the record, as the chain sees it. */
export interface PlacedEvent extends Pick<RecordedEvent, "tenant_id" | "position" | "recorded_on"> {
  /** `eventHash` */
  readonly hash: string;
}

export interface ChainExtension {
  /** For each event, in the order in which they were given. */
  readonly links: readonly ChainLink[];
  /** The heads of the segments that they are in. */
  readonly heads: readonly SegmentHead[];
  /** How many of these segments are new. */
  readonly begun: number;
}

/**
 * Hangs events onto the chains of their tenants. `events` are in the order of their positions and recorded on one day.
 * `latest` holds the newest head of each tenant that has one; whoever calls has checked their signatures, because what is
 * built on a head is vouched for together with it.
 */
export function extendChain(
  events: readonly PlacedEvent[],
  latest: ReadonlyMap<string, SegmentHead>,
  key: SigningKey,
): ChainExtension {
  const links = new Map<PlacedEvent, ChainLink>();
  const heads: SegmentHead[] = [];
  let begun = 0;
  for (const [tenant, ofTenant] of Map.groupBy(events, ({ tenant_id }) => tenant_id ?? NO_TENANT)) {
    const [first] = ofTenant;
    if (first === undefined) continue;
    const before = latest.get(tenant);
    const goesOn = before?.day === first.recorded_on;
    if (!goesOn) begun += 1;
    const segment = goesOn ? before : begin(tenant, first, before?.digest ?? null);
    heads.push(extendSegment(segment, ofTenant, key, links));
  }
  return { links: events.flatMap((event) => links.get(event) ?? []), heads, begun };
}

type OpenSegment = Omit<SegmentHead, "key_id" | "signature">;

function begin(tenant: string, { recorded_on, position }: PlacedEvent, previous: Buffer | null): OpenSegment {
  const segment = {
    tenant_id: tenant,
    day: recorded_on,
    first_position: position,
    last_position: position,
    event_count: 0,
    previous_digest: previous,
  };
  return { ...segment, digest: startDigest(segment) };
}

/** Adds the events' links to `links`. */
function extendSegment(
  segment: OpenSegment,
  added: readonly PlacedEvent[],
  key: SigningKey,
  links: Map<PlacedEvent, ChainLink>,
): SegmentHead {
  let { digest, event_count, last_position } = segment;
  const last = added.at(-1);
  for (const event of added) {
    const { position, recorded_on } = event;
    event_count += 1;
    last_position = position;
    const place = { segment_index: event_count, head_key_id: event === last ? key.id : null };
    digest = digestAfter(digest, event.hash, { position, recorded_on, ...place });
    links.set(event, { ...place, digest, head_signature: null });
  }
  const head = signHead({ ...segment, last_position, event_count, digest }, key);
  const lastLink = last && links.get(last);
  if (last !== undefined && lastLink !== undefined) links.set(last, { ...lastLink, head_signature: head.signature });
  return head;
}
