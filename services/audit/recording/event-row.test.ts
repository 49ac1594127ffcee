// Real: the contracts' schemas and the mapping to rows and back. Doubled: nothing.
import { EVENT_DATA, EVENT_TYPES, type EventType, eventSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { DOCUMENT_ID, MAIL_ID, SAMPLE_DATA, sampleEvent, TENANT } from "../testing/sample-events.ts";
import { eventOfRow, eventRowSchema, rowOfEvent } from "./event-row.ts";

/** The closed list, read from the contracts themselves. */
const fieldsOf = (type: EventType) => Object.entries(EVENT_DATA[type].shape);
const isOptional = (schema: { safeParse(value: unknown): { success: boolean } }) => schema.safeParse(undefined).success;

describe("an event's row", () => {
  it.each(EVENT_TYPES)("keeps every field of %s", (type) => {
    const event = sampleEvent(type);
    expect(Object.keys(event.data).sort()).toEqual(
      fieldsOf(type)
        .map(([name]) => name)
        .sort(),
    );
    expect(eventOfRow(rowOfEvent(event, 7))).toEqual({
      id: event.id,
      type,
      time: event.time,
      trace_id: null,
      data: event.data,
    });
  });

  it.each(EVENT_TYPES)("adds nothing that %s does not state", (type) => {
    const optional = fieldsOf(type).filter(([, schema]) => isOptional(schema));
    const nothing = Object.fromEntries(optional.map(([name]) => [name, undefined]));
    const event = sampleEvent(type, { data: nothing });
    expect(Object.keys(event.data)).toHaveLength(fieldsOf(type).length - optional.length);
    expect(eventOfRow(rowOfEvent(event, 7)).data).toEqual(event.data);
  });

  it("keeps a wipe receipt of any of the services", () => {
    for (const wiped_bytes of [{}, { ingest: 0 }, { extractor: 5 }, { ingest: 1, "erp-pusher": 2 }]) {
      const event = sampleEvent("document.wiped", { data: { wiped_bytes } });
      expect(eventOfRow(rowOfEvent(event, 7)).data["wiped_bytes"]).toEqual(wiped_bytes);
    }
  });

  it("has a column for each field of the closed list and its envelope, and no other", () => {
    const fields = new Set(EVENT_TYPES.flatMap((type) => fieldsOf(type).map(([name]) => name)));
    fields.delete("wiped_bytes");
    const services = Object.keys(SAMPLE_DATA["document.wiped"].wiped_bytes);
    const wiped = services.map((service) => `wiped_bytes_${service.replace("-", "_")}`);
    const envelope = ["event_id", "stream_sequence", "type", "time", "trace_id"];
    expect(Object.keys(eventRowSchema.shape).sort()).toEqual([...envelope, ...fields, ...wiped].sort());
  });

  it("keeps the trace that the event belongs to, where it was traced", () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    expect(rowOfEvent(sampleEvent("mail.ignored", { traceparent }), 7).trace_id).toBe(
      "4bf92f3577b34da6a3ce929d0e0e4736",
    );
    expect(rowOfEvent(sampleEvent("mail.ignored"), 7).trace_id).toBeNull();
  });

  it("has times and ids as the database would hand them out, however they are written", () => {
    const event = sampleEvent("document.duplicate");
    const loud = eventSchema.parse({
      ...event,
      id: event.id.toUpperCase(),
      time: "2026-11-23T09:00:00.1234567Z",
      data: {
        tenant_id: TENANT,
        mail_id: MAIL_ID.toUpperCase(),
        document_id: DOCUMENT_ID.toUpperCase(),
      },
    });
    expect(rowOfEvent(loud, 7)).toEqual({ ...rowOfEvent(event, 7), time: "2026-11-23T09:00:00.123Z" });
  });
});
