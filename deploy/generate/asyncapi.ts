import {
  EVENT_DATA,
  EVENT_TYPES,
  EVENTS_STREAM,
  type EventType,
  eventSchema,
  eventSubject,
  tenantIdSchema,
} from "../../libs/contracts/index.ts";
import { rendered } from "./json-schemas.ts";

const ASYNCAPI_VERSION = "3.0.0";
/** Changes with what consumers of events can rely on; `libs/contracts/schema-history.json` tells why. */
const DOCUMENT_VERSION = "1.0.0";
/** Stands in the subject where a tenant's id will be; the subject itself comes from the one function that builds it. */
const ANY_TENANT = tenantIdSchema.parse("any-tenant");

/** What each event says, in one sentence for people who read the document. */
const SUMMARIES: Readonly<Record<EventType, string>> = {
  "mail.received": "A mail arrived for a tenant.",
  "mail.ignored": "A mail carried no document and needs no work.",
  "mail.unroutable": "A mail's envelope names no tenant.",
  "mail.refused": "What was posted could not be taken apart as a mail, or is beyond a limit.",
  "document.received": "A document of a mail is about to be worked on.",
  "document.claimed": "One attempt has the exclusive right to work on the document; how long that took to get.",
  "document.extracted": "A document was read; the extraction exists in memory.",
  "document.delivered": "The ERP accepted the extraction.",
  "document.refused": "The document can never be accepted.",
  "document.invalid": "The document was read, and the extraction is not fit to be booked.",
  "document.undeliverable": "The ERP said a final no.",
  "document.deferred": "A temporary fault; the sender keeps the mail and sends it again.",
  "document.duplicate": "The document was settled before; nothing was done again.",
  "document.wiped": "The bytes of the document are zeroed, by the services that held them.",
};

/** AsyncAPI description of the events: one channel and one message for each type. */
export function asyncApi(): string {
  const perType = <T>(make: (type: EventType) => T): Record<string, T> =>
    Object.fromEntries(EVENT_TYPES.map((type) => [type, make(type)]));
  return rendered({
    asyncapi: ASYNCAPI_VERSION,
    info: {
      title: "Flowstate events",
      version: DOCUMENT_VERSION,
      description:
        "Metadata about mails and documents, never content. The schemas are closed. Events are kept in the JetStream " +
        `stream ${EVENTS_STREAM} of the EVENTS account; an event that is published again has the same id.`,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    defaultContentType: "application/json",
    channels: perType(channelOf),
    operations: perType((type) => ({
      action: "send",
      channel: { $ref: `#/channels/${type}` },
      summary: SUMMARIES[type],
    })),
    components: { messages: perType(messageOf) },
  });
}

function channelOf(type: EventType) {
  const hasTenant = "tenant_id" in EVENT_DATA[type].shape;
  return {
    address: eventSubject(type, hasTenant ? ANY_TENANT : undefined).replace(ANY_TENANT, "{tenant_id}"),
    messages: { event: { $ref: `#/components/messages/${type}` } },
    ...(hasTenant && { parameters: { tenant_id: { description: "The tenant whom the fact is about." } } }),
  };
}

function messageOf(type: EventType) {
  const envelope = eventSchema.options.find((option) => option.shape.type.value === type);
  if (envelope === undefined) throw new Error(`${type} is not part of the event schema`);
  const { $schema: _, ...schema } = envelope.toJSONSchema({ target: "draft-7" });
  return {
    name: type,
    title: type,
    summary: SUMMARIES[type],
    contentType: "application/json",
    payload: { schemaFormat: "application/schema+json;version=draft-07", schema },
  };
}
