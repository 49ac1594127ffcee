import { type ChainBreak, isBrokenOff, WHOLE_RECORD } from "./chain-break.ts";
import type { ChainedEvent } from "./chained-event.ts";
import { SegmentCheck } from "./check-segment.ts";
import type { Fault, Finding, NamedEvent } from "./finding.ts";
import { type KeptHead, KeptHeads } from "./kept-heads.ts";
import { checkRecordingHead, type RecordingHead } from "./recording-head.ts";
import type { Segment } from "./segment.ts";
import type { TrustedKeys } from "./signing.ts";

/** Where the record is read from, all of it as it was at one moment. */
export interface RecordSource {
  recordingHead(): Promise<RecordingHead | undefined>;
  /** Those that one of these keys has signed. */
  breaks(keys: TrustedKeys): Promise<readonly ChainBreak[]>;
  /** Each segment, by tenant and day, and after it its events in the order of their positions. */
  entries(): AsyncIterable<RecordEntry>;
  /** The first event, in the order of positions, whose tenant and day have no segment. */
  firstStray(): Promise<StrayEvent | undefined>;
  /** The lowest position that no event has, above those that retirement may have emptied. */
  firstGap(): Promise<number | undefined>;
}

export interface StrayEvent {
  readonly tenant_id: string;
  readonly day: string;
  readonly event: NamedEvent;
}

export type RecordEntry =
  | { readonly kind: "segment"; readonly segment: Segment }
  | { readonly kind: "event"; readonly event: ChainedEvent }
  /** A row whose values audit can never have written: beyond what it counts to, times that are none. */
  | { readonly kind: "unreadable_segment"; readonly tenant_id: string; readonly day: string }
  | { readonly kind: "unreadable_event"; readonly event: NamedEvent };

export interface Verification {
  /** The first of each segment, then those about the record as a whole. None when everything holds. */
  readonly findings: readonly Finding[];
  /** Each tenant's newest segment. */
  readonly heads: readonly Segment[];
  readonly segments: number;
  /** Events that were there and looked at. */
  readonly events: number;
}

/**
 * Holds every event against its segment's chain, every segment against its signature and the one before it, and all of
 * them together against the head of the record. `kept` are heads that were noted outside earlier.
 */
export async function verifyRecord(
  source: RecordSource,
  keys: TrustedKeys,
  kept: readonly KeptHead[] = [],
): Promise<Verification> {
  const findings: Finding[] = [];
  const heads = new Map<string, Segment>();
  const keptHeads = new KeptHeads(kept);
  const breaks = await source.breaks(keys);
  let open: { readonly segment: Segment; readonly check: SegmentCheck } | undefined;
  let segments = 0;
  let events = 0;
  let recorded = 0;
  let lastPosition = 0;
  let hasFindings = false;
  const close = () => {
    if (open === undefined) return;
    const { segment, check } = open;
    const finding = check.end(heads.get(segment.tenant_id), breaks);
    if (finding !== undefined) findings.push(finding);
    // What was found when the chain was begun anew is not what the numbers are wrong by since.
    if (finding !== undefined && finding.fault !== "begun_anew" && !isBrokenOff(segment, breaks)) hasFindings = true;
    heads.set(segment.tenant_id, segment);
    open = undefined;
  };
  for await (const entry of source.entries()) {
    if (entry.kind === "segment") {
      close();
      open = { segment: entry.segment, check: new SegmentCheck(entry.segment, keys) };
      segments += 1;
      recorded += entry.segment.event_count;
      lastPosition = Math.max(lastPosition, entry.segment.last_position);
      keptHeads.see(entry.segment);
    } else if (entry.kind === "unreadable_segment") {
      close();
      const { tenant_id, day } = entry;
      findings.push({ fault: "signature_wrong", subject: "segment", tenant_id, day });
      hasFindings = true;
    } else {
      events += 1;
      if (entry.kind === "unreadable_event") open?.check.addUnreadable(entry.event);
      else if (open !== undefined) {
        open.check.add(entry.event);
        keptHeads.seeEvent(open.segment, entry.event);
      }
    }
  }
  close();
  const unaccounted = breaks.reduce((sum, chainBreak) => sum + chainBreak.unaccounted, 0);
  const counted = { segments, recorded: recorded + unaccounted, lastPosition, hasFindings };
  for (const { tenant_id, day } of breaks) {
    if (tenant_id === WHOLE_RECORD) findings.push({ fault: "begun_anew", subject: "recording", day });
  }
  findings.push(...(await findingsAboutAll(source, keys, counted)), ...keptHeads.findings());
  return { findings, heads: [...heads.values()], segments, events };
}

/** What the segments say together. */
interface Counted {
  readonly segments: number;
  readonly recorded: number;
  /** The highest, 0 when there is no segment. */
  readonly lastPosition: number;
  /** Whether something is wrong with any of them. */
  readonly hasFindings: boolean;
}

async function findingsAboutAll(source: RecordSource, keys: TrustedKeys, counted: Counted): Promise<Finding[]> {
  const findings: Finding[] = [];
  const stray = await source.firstStray();
  if (stray !== undefined) findings.push({ fault: "segment_missing", subject: "event", ...stray });
  const fault = headFault(await source.recordingHead(), keys, counted);
  if (fault !== undefined && fault !== "count_wrong") return [...findings, { fault, subject: "recording" }];
  // Of an event that is gone from within a segment, its segment has told. Numbers may agree although one is gone: when the
  // head was put back together with one tenant, the next event that is recorded gets a number that another has already.
  const isTold = fault === undefined && (counted.hasFindings || findings.length > 0);
  const gap = isTold ? undefined : await source.firstGap();
  if (fault !== undefined || gap !== undefined) {
    findings.push({
      fault: "count_wrong",
      subject: "recording",
      ...(gap !== undefined && { event: { position: gap } }),
    });
  }
  return findings;
}

/**
 * The head that was signed last speaks of as many events as there are, and of the last of them. Numbers alone would not do: a
 * head from before, which was signed as well, speaks of fewer events, and as many may be gone from any tenant's end.
 */
function headFault(
  head: RecordingHead | undefined,
  keys: TrustedKeys,
  { segments, recorded, lastPosition }: Counted,
): Fault | undefined {
  if (head === undefined) return "head_removed";
  const verdict = checkRecordingHead(head, keys);
  if (verdict !== "valid") return verdict === "wrong" ? "signature_wrong" : "key_unknown";
  const agrees = head.segment_count === segments && head.position === recorded && head.position === lastPosition;
  return agrees ? undefined : "count_wrong";
}
