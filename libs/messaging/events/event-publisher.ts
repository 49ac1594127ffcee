import { createHash } from "node:crypto";
import {
  dataschemaOf,
  type EventData,
  type EventSource,
  type EventType,
  eventSchema,
  eventSubject,
  type TenantId,
  TRACEPARENT_HEADER,
} from "@flowstate/contracts";
import { currentTraceparent } from "@flowstate/runtime";
import { headers, type JetStreamClient } from "nats";
import type { EventsConnection } from "../connection.ts";

/** How long the stream may take to acknowledge an event before the mail is given back to its sender. */
const ACKNOWLEDGE_TIMEOUT_MS = 4_000;

/** An event could not be made durable. Temporary: the mail must be answered 503. */
export class EventNotStoredError extends Error {
  constructor(cause: unknown) {
    super("event was not acknowledged by the stream", { cause });
    this.name = "EventNotStoredError";
  }
}

export interface NewEvent<T extends EventType> {
  readonly type: T;
  readonly data: EventData<T>;
  /**
   * What made this event happen, beyond type and subject, when it can happen more than once: the lease of one attempt, the
   * id of one request. A replay of the same cause is the same event.
   */
  readonly cause?: string;
}

/** Publishes events to the stream and resolves only when the stream has acknowledged them. */
export class EventPublisher {
  readonly #connection: EventsConnection;
  readonly #jetstream: JetStreamClient;
  readonly #source: EventSource;
  readonly #now: () => Date;

  constructor(connection: EventsConnection, source: EventSource, now: () => Date = () => new Date()) {
    this.#connection = connection;
    this.#jetstream = connection.nats.jetstream({ timeout: ACKNOWLEDGE_TIMEOUT_MS, checkAPI: false });
    this.#source = source;
    this.#now = now;
  }

  /** Throws `EventNotStoredError`; throws a plain error if the event is not on the closed list, which is a bug. */
  async publish<T extends EventType>({ type, data, cause }: NewEvent<T>): Promise<void> {
    const about = "document_id" in data ? data.document_id : data.mail_id;
    const tenant: TenantId | undefined = "tenant_id" in data ? data.tenant_id : undefined;
    const traceparent = currentTraceparent();
    const event = eventSchema.parse({
      specversion: "1.0",
      id: deriveEventId(type, about, cause),
      source: this.#source,
      type,
      time: this.#now().toISOString(),
      subject: about,
      datacontenttype: "application/json",
      dataschema: dataschemaOf(type),
      ...(traceparent !== undefined && { traceparent }),
      data,
    });
    const header = headers();
    if (traceparent !== undefined) header.set(TRACEPARENT_HEADER, traceparent);
    if (!this.#connection.connected) throw new EventNotStoredError("disconnected");
    try {
      await this.#jetstream.publish(eventSubject(type, tenant), JSON.stringify(event), {
        msgID: event.id,
        headers: header,
      });
    } catch (error) {
      throw new EventNotStoredError(error);
    }
  }
}

/** A UUID (version 8, RFC 9562: custom) from the SHA-256 of what the event is and why it happened. */
export function deriveEventId(type: EventType, about: string, cause: string | undefined): string {
  const digest = createHash("sha256")
    .update(JSON.stringify([type, about, cause ?? null]))
    .digest();
  return uuidFromDigest(digest);
}

/** The first 128 bits of a digest in UUID form, version 8. */
export function uuidFromDigest(digest: Uint8Array): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
