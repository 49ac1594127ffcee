import { generateKeyPairSync } from "node:crypto";
import type { ChainBreak } from "../chain/chain-break.ts";
import type { ChainedEvent } from "../chain/chained-event.ts";
import { hashEvent } from "../chain/committed-event.ts";
import { extendChain } from "../chain/extend-chain.ts";
import { type RecordingHead, signRecordingHead } from "../chain/recording-head.ts";
import { NO_TENANT, type Segment, type SegmentHead } from "../chain/segment.ts";
import { type SigningKey, signingKeyText, TrustedKeys } from "../chain/signing.ts";
import type { RecordEntry, RecordSource, StrayEvent } from "../chain/verify-record.ts";
import { type EventRow, rowOfEvent } from "../recording/event-row.ts";
import { SENDER, sampleEvent } from "./sample-events.ts";

/** A signing key as the configuration has it. */
export function newSigningKeyText(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
}

export const newSigningKey = (): SigningKey => signingKeyText.parse(newSigningKeyText());

/** One key for the tests of a file. */
export const KEY_TEXT = newSigningKeyText();
export const KEY = signingKeyText.parse(KEY_TEXT);
export const KEYS = new TrustedKeys([KEY.publicKey]);

/** A record in memory, made by the code that makes it in the database; tests change it at will. */
export class SampleRecord implements RecordSource {
  segmentRows: Segment[] = [];
  eventRows: ChainedEvent[] = [];
  head: RecordingHead | undefined = {
    position: 0,
    recorded_on: null,
    recorded_at: null,
    segment_count: 0,
    key_id: null,
    signature: null,
  };

  /** Records events as one transaction would. */
  record(day: string, events: readonly EventRow[], key = KEY): void {
    const { position = 0, segment_count = 0 } = this.head ?? {};
    const latest = new Map<string, SegmentHead>(this.segmentRows.map((segment) => [segment.tenant_id, segment]));
    const placed = events.map((event, index) => {
      const { row, hash } = hashEvent(event);
      return { ...row, position: position + index + 1, recorded_on: day, hash };
    });
    const { links, heads, begun } = extendChain(placed, latest, key);
    for (const [index, { hash: _, ...event }] of placed.entries()) {
      const [link] = links.slice(index);
      if (link === undefined) throw new TypeError("an event has no link");
      this.eventRows.push({ ...event, ...link, erasure_key_id: null, erasure_signature: null });
    }
    for (const head of heads) {
      const unmarked = { ...head, retired_on: null, retirement_key_id: null, retirement_signature: null };
      const index = this.segmentRows.findIndex((one) => one.tenant_id === head.tenant_id && one.day === head.day);
      if (index === -1) this.segmentRows.push(unmarked);
      else this.segmentRows[index] = unmarked;
    }
    this.head = signRecordingHead(
      {
        position: position + events.length,
        recorded_on: day,
        recorded_at: `${day}T09:00:00.000Z`,
        segment_count: segment_count + begun,
      },
      key,
    );
  }

  segment(tenant: string, day: string): Segment {
    const found = this.segmentRows.find((one) => one.tenant_id === tenant && one.day === day);
    if (found === undefined) throw new Error(`no segment ${tenant} ${day}`);
    return found;
  }

  /** Replaces fields of a segment's row. */
  changeSegment(tenant: string, day: string, fields: Partial<Segment>): void {
    const segment = this.segment(tenant, day);
    this.segmentRows = this.segmentRows.map((one) => (one === segment ? { ...one, ...fields } : one));
  }

  event(position: number): ChainedEvent {
    const found = this.eventRows.find((event) => event.position === position);
    if (found === undefined) throw new Error(`no event at ${position}`);
    return found;
  }

  /** Replaces fields of an event's row. */
  changeEvent(position: number, fields: Partial<ChainedEvent>): void {
    const event = this.event(position);
    this.eventRows = this.eventRows.map((one) => (one === event ? { ...one, ...fields } : one));
  }

  removeEvents(doomed: (event: ChainedEvent) => boolean): void {
    this.eventRows = this.eventRows.filter((event) => !doomed(event));
  }

  async recordingHead(): Promise<RecordingHead | undefined> {
    return this.head;
  }

  async breaks(): Promise<readonly ChainBreak[]> {
    return [];
  }

  async *entries(): AsyncIterable<RecordEntry> {
    const key = ({ tenant_id, day }: Segment) => `${tenant_id} ${day}`;
    for (const segment of this.segmentRows.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))) {
      yield { kind: "segment", segment };
      for (const event of this.#ordered()) {
        if (tenantOf(event) === segment.tenant_id && event.recorded_on === segment.day) yield { kind: "event", event };
      }
    }
  }

  async firstStray(): Promise<StrayEvent | undefined> {
    const known = new Set(this.segmentRows.map(({ tenant_id, day }) => `${tenant_id} ${day}`));
    const stray = this.#ordered().find((event) => !known.has(`${tenantOf(event)} ${event.recorded_on}`));
    if (stray === undefined) return undefined;
    const { segment_index, position, event_id } = stray;
    return { tenant_id: tenantOf(stray), day: stray.recorded_on, event: { index: segment_index, position, event_id } };
  }

  async firstGap(): Promise<number | undefined> {
    const retired = this.segmentRows.filter(({ retired_on }) => retired_on !== null);
    let expected = Math.max(0, ...retired.map(({ last_position }) => last_position)) + 1;
    for (const { position } of this.#ordered()) {
      if (position === expected) expected += 1;
    }
    return expected <= (this.head?.position ?? 0) ? expected : undefined;
  }

  #ordered(): ChainedEvent[] {
    return this.eventRows.toSorted((a, b) => a.position - b.position);
  }
}

function tenantOf({ tenant_id }: ChainedEvent): string {
  return tenant_id ?? NO_TENANT;
}

/** An event's row with a sender, of a tenant or of none. */
export function sampleRow(tenant: string | null, sequence: number, sender = SENDER): EventRow {
  const event =
    tenant === null
      ? sampleEvent("mail.unroutable", { data: { sender_email: sender } })
      : sampleEvent("mail.received", { data: { tenant_id: tenant, sender_email: sender } });
  return rowOfEvent(event, sequence);
}
