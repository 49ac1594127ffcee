import { type ChainBreak, isBrokenOff } from "./chain-break.ts";
import { type ChainedEvent, digestAfter } from "./chained-event.ts";
import { eventHash } from "./committed-event.ts";
import type { Fault, Finding, NamedEvent, Subject } from "./finding.ts";
import { checkHead, checkRetirement, type Segment, startDigest } from "./segment.ts";
import { senderState } from "./sender-commitment.ts";
import type { TrustedKeys, Verdict } from "./signing.ts";

/**
 * Checks one segment: `add` its events in the order of their positions, then ask `end` for the first thing that is wrong.
 * Holds a few values however many events there are, unless something is wrong: then the names of those that follow, to tell
 * what is missing from what has moved.
 */
export class SegmentCheck {
  readonly #segment: Segment;
  readonly #keys: TrustedKeys;
  #digest: Buffer;
  #count = 0;
  /** Up to this index a valid signature proves everything. */
  #proven = 0;
  #firstUnproven: NamedEvent | undefined;
  /** A signature that did not hold. What it spoke of may still be proven by the next one. */
  #doubt: { readonly event: NamedEvent; readonly verdict: Exclude<Verdict, "valid"> } | undefined;
  #senderFinding: Finding | undefined;
  #break: BreakInEvents | undefined;

  constructor(segment: Segment, keys: TrustedKeys) {
    this.#segment = segment;
    this.#keys = keys;
    this.#digest = startDigest(segment);
  }

  add(event: ChainedEvent): void {
    const digest = digestAfter(this.#digest, eventHash(event), event);
    const follows = digest.equals(event.digest);
    if (this.#break !== undefined) {
      this.#break.following.push({ ...named(event), follows });
      return;
    }
    if (event.segment_index !== this.#count + 1 || !follows) {
      this.#break = { event: named(event), following: [] };
      return;
    }
    this.#digest = digest;
    this.#count += 1;
    this.#firstUnproven ??= named(event);
    this.#checkSender(event);
    this.#checkSignature(event);
  }

  /** An event whose row holds what audit can never have written. */
  addUnreadable(event: NamedEvent): void {
    if (this.#break === undefined) this.#break = { event, following: [] };
    else this.#break.following.push({ ...event, follows: false });
  }

  /** `previous` is the tenant's segment before this one, undefined for its first; `breaks` are those that are signed. */
  end(previous: Segment | undefined, breaks: readonly ChainBreak[]): Finding | undefined {
    const head = checkHead(this.#segment, this.#keys);
    const { event_count, digest } = this.#segment;
    if (head === "valid" && this.#count === event_count && this.#digest.equals(digest)) this.#prove();
    const retirement = checkRetirement(this.#segment, this.#keys);
    return (
      this.#firstEventFinding() ??
      this.#signatureFinding(head, "segment") ??
      this.#signatureFinding(retirement === "none" ? "valid" : retirement, "retirement") ??
      (retirement === "valid" ? this.#leftoverFinding() : this.#extentFinding()) ??
      this.#linkFinding(previous, breaks)
    );
  }

  #checkSender(event: ChainedEvent): void {
    const state = senderState(event, this.#keys);
    if (state === "changed") this.#senderFinding ??= this.#finding("event_changed", "event", named(event));
    if (state === "erasure_unsigned") this.#senderFinding ??= this.#finding(state, "event", named(event));
  }

  #checkSignature(event: ChainedEvent): void {
    const { head_key_id, head_signature } = event;
    if (head_key_id === null && head_signature === null) return;
    const verdict =
      head_key_id === null || head_signature === null
        ? "wrong"
        : checkHead(
            {
              ...this.#segment,
              last_position: event.position,
              event_count: this.#count,
              digest: this.#digest,
              key_id: head_key_id,
              signature: head_signature,
            },
            this.#keys,
          );
    if (verdict === "valid") this.#prove();
    else this.#doubt ??= { event: named(event), verdict };
  }

  #prove(): void {
    this.#proven = this.#count;
    this.#firstUnproven = undefined;
  }

  #firstEventFinding(): Finding | undefined {
    const [first] = [this.#senderFinding, this.#doubtFinding(), this.#breakFinding()]
      .filter((finding) => finding !== undefined)
      .sort((a, b) => (a.event?.index ?? 0) - (b.event?.index ?? 0));
    return first;
  }

  #doubtFinding(): Finding | undefined {
    if (this.#doubt === undefined) return undefined;
    const { event, verdict } = this.#doubt;
    // A later signature proves the events: then it is the signature itself that was changed.
    if (this.#firstUnproven === undefined || (event.index ?? 0) <= this.#proven) {
      return this.#finding(FAULT_OF[verdict], "event", event);
    }
    return this.#finding(verdict === "wrong" ? "events_resealed" : "key_unknown", "event", this.#firstUnproven);
  }

  #breakFinding(): Finding | undefined {
    if (this.#break === undefined) return undefined;
    const expected = this.#count + 1;
    const { event, following } = this.#break;
    const elsewhere = following.find(({ index }) => index === expected);
    const index = event.index ?? expected;
    if (index > expected) {
      if (elsewhere === undefined) return this.#finding("event_removed", "event", { index: expected });
      const { follows: _, ...moved } = elsewhere;
      return this.#finding("event_moved", "event", moved);
    }
    const isExtra = index < expected || elsewhere !== undefined || following[0]?.follows === true;
    return this.#finding(isExtra ? "event_inserted" : "event_changed", "event", event);
  }

  /** The events hang together and the head is a signed one: does it speak of them? */
  #extentFinding(): Finding | undefined {
    const { event_count, first_position } = this.#segment;
    if (this.#count === 0) {
      return this.#finding("retired_without_mark", "segment", { index: 1, position: first_position });
    }
    if (this.#count < event_count) return this.#finding("event_removed", "event", { index: this.#count + 1 });
    if (this.#firstUnproven === undefined) return undefined;
    return this.#finding(
      this.#count > event_count ? "event_inserted" : "events_resealed",
      "event",
      this.#firstUnproven,
    );
  }

  /** Retirement removes events from the end, down to one that is signed: what it has left so far is proven as it stands. */
  #leftoverFinding(): Finding | undefined {
    return this.#firstUnproven && this.#finding("event_inserted", "event", this.#firstUnproven);
  }

  #signatureFinding(verdict: Verdict, subject: Subject): Finding | undefined {
    return verdict === "valid" ? undefined : this.#finding(FAULT_OF[verdict], subject);
  }

  #linkFinding(previous: Segment | undefined, breaks: readonly ChainBreak[]): Finding | undefined {
    const { previous_digest, day } = this.#segment;
    if (previous !== undefined && previous_digest === null) {
      const between = breaks.filter((chainBreak) => chainBreak.day <= day);
      return this.#finding(isBrokenOff(previous, between) ? "begun_anew" : "link_broken", "segment");
    }
    const follows =
      previous === undefined || previous_digest === null
        ? previous === undefined && previous_digest === null
        : previous.digest.equals(previous_digest);
    return follows ? undefined : this.#finding("link_broken", "segment");
  }

  #finding(fault: Fault, subject: Subject, event?: NamedEvent): Finding {
    const { tenant_id, day } = this.#segment;
    const unproven = subject === "event" && event?.index !== undefined ? event.index - 1 - this.#proven : 0;
    return {
      fault,
      subject,
      tenant_id,
      day,
      ...(event !== undefined && { event }),
      ...(unproven > 0 && { unproven_before: unproven }),
    };
  }
}

const FAULT_OF = { wrong: "signature_wrong", unknown_key: "key_unknown" } as const;

/** The first event that does not hang on what came before, and what tells why of those after it. */
interface BreakInEvents {
  readonly event: NamedEvent;
  readonly following: (NamedEvent & {
    /** Whether it hangs where the first should. */
    readonly follows: boolean;
  })[];
}

function named({ segment_index, position, event_id }: ChainedEvent): Required<NamedEvent> {
  return { index: segment_index, position, event_id };
}
