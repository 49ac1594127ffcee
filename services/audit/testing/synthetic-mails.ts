import { randomUUID } from "node:crypto";
import { dataschemaOf, type EventType, eventSubject, tenantIdSchema } from "@flowstate/contracts";

/** An event as ingest puts it on the stream. */
export interface PublishedEvent {
  readonly subject: string;
  readonly id: string;
  readonly body: string;
}

export const EVENTS_PER_MAIL = 5;
/** Mails that are under way at the same time, so that the events of one document do not stand beside each other. */
const AT_ONCE = 20;
const TENANTS = ["acme", "globex", "initech"].map((tenant) => tenantIdSchema.parse(tenant));
const SPAN_ID = "00f067aa0ba902b7";

/** The events of so many mails with one delivered document each, in the order in which they would be published. */
export function* eventsOfMails(count: number): Generator<PublishedEvent> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const mails = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, index) => eventsOfMail(first + index));
    for (let step = 0; step < EVENTS_PER_MAIL; step += 1) {
      for (const events of mails) {
        const event = events[step];
        if (event !== undefined) yield event;
      }
    }
  }
}

function eventsOfMail(number: number): PublishedEvent[] {
  const tenant_id = TENANTS[number % TENANTS.length];
  const receivedAt = Date.UTC(2026, 10, 23, 9) + number * 50;
  const mail = { tenant_id, mail_id: randomUUID() };
  const document = { ...mail, document_id: randomUUID() };
  const received = {
    sender_email: `billing-${number}@supplier.example`,
    source: "sendgrid",
    size_bytes: 20_000 + number,
  };
  const traceparent = `00-${randomUUID().replaceAll("-", "")}-${SPAN_ID}-01`;
  const event = (type: EventType, afterMs: number, data: Readonly<Record<string, unknown>>): PublishedEvent => {
    const id = randomUUID();
    const body = JSON.stringify({
      specversion: "1.0",
      id,
      source: "/flowstate/ingest",
      type,
      time: new Date(receivedAt + afterMs).toISOString(),
      subject: data["document_id"] ?? data["mail_id"],
      datacontenttype: "application/json",
      dataschema: dataschemaOf(type),
      traceparent,
      data,
    });
    return { subject: eventSubject(type, tenant_id), id, body };
  };
  return [
    event("mail.received", 0, { ...mail, ...received }),
    event("document.received", 5, { ...document, ...received }),
    event("document.extracted", 1_200, {
      ...document,
      duration_ms: 1_190,
      page_count: 2,
      provider: "gemini",
      model: "gemini-2.5-flash",
      input_tokens: 1_000 + number,
      output_tokens: 400,
      attempts: 1,
      validation_status: "valid",
      validation_issue_count: 0,
    }),
    event("document.delivered", 1_290, { ...document, duration_ms: 80, erp_http_status: 202, attempts: 1 }),
    event("document.wiped", 1_300, {
      ...document,
      wiped_bytes: { ingest: 20_000, extractor: 20_000, "erp-pusher": 1_900 },
    }),
  ];
}
