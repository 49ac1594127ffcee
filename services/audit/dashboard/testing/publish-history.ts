import { createHash } from "node:crypto";
import { documentIdSchema, type EventData, type EventType, mailIdSchema, tenantIdSchema } from "@flowstate/contracts";
import type { TestStack } from "@flowstate/local/e2e/test-stack.ts";
import { connectEvents, EventPublisher } from "@flowstate/messaging";
import { z } from "zod";
import { silentLogger } from "../../testing/audit-database.ts";

const SENDERS = [
  "billing@hartmann-stahl.example",
  "rechnung@nordlicht-energie.example",
  "invoices@oceanic-freight.example",
  "orders@marques-filhos.example",
  "noreply@quickprint.example",
];
/** One document after the other, so far apart, back from now. */
const APART_MS = 4_000;
/** How many publications wait for the stream at once. */
const AT_ONCE = 400;
const STORED_LIMIT_MS = 60_000;

/** Publishes the events of `count` documents, as ingest would have done within the last hours, and waits until audit has them. */
export async function publishHistory(stack: TestStack, count: number): Promise<void> {
  const { broker, settings } = stack;
  await using connection = await connectEvents({
    url: broker.url,
    identity: "ingest-events",
    password: broker.passwords["ingest-events"],
    logger: silentLogger,
  });
  const now = Date.now();
  const tenant = tenantIdSchema.parse(settings.tenantId);
  for (let from = 0; from < count; from += AT_ONCE) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index);
    await Promise.all(
      batch.map(async (index) => {
        const story = storyOf(index, tenant);
        for (const { type, data, afterMs } of story) {
          const at = new Date(now - (index + 1) * APART_MS + afterMs);
          await new EventPublisher(connection, "/flowstate/ingest", () => at).publish({
            type,
            data,
            cause: `${index}`,
          });
        }
      }),
    );
  }
  await untilStored(stack, `${count - 1}`);
}

interface Told {
  readonly type: EventType;
  readonly data: EventData<EventType>;
  readonly afterMs: number;
}

/** What became of the document with this number: nine in ten are delivered. */
function storyOf(index: number, tenant: z.output<typeof tenantIdSchema>): Told[] {
  const document = {
    tenant_id: tenant,
    mail_id: mailIdSchema.parse(idOf(`mail ${index}`)),
    document_id: documentIdSchema.parse(idOf(`document ${index}`)),
  };
  const size = 20_000 + ((index * 7_919) % 900_000);
  const extractMs = 40 + ((index * 131) % 2_400);
  const deliverMs = 30 + ((index * 17) % 300);
  const sender_email = SENDERS[index % SENDERS.length];
  const received: Told = {
    type: "document.received",
    data: { ...document, source: "sendgrid", size_bytes: size, sender_email },
    afterMs: 0,
  };
  if (index % 10 === 3) {
    const isRefused = index % 20 === 3;
    const end: Told = isRefused
      ? {
          type: "document.refused",
          data: { ...document, code: "document_encrypted", stage: "extract", duration_ms: 12 },
          afterMs: 20,
        }
      : {
          type: "document.deferred",
          data: { ...document, code: "erp_unavailable", stage: "deliver", duration_ms: deliverMs, attempts: 3 },
          afterMs: 20,
        };
    return [
      received,
      end,
      { type: "document.wiped", data: { ...document, wiped_bytes: { ingest: size } }, afterMs: 24 },
    ];
  }
  return [
    received,
    {
      type: "document.extracted",
      data: {
        ...document,
        duration_ms: extractMs,
        page_count: 1 + (index % 6),
        provider: index % 2 === 0 ? "e-invoice" : "gemini",
        validation_status: "valid",
        validation_issue_count: 0,
      },
      afterMs: 10 + extractMs,
    },
    {
      type: "document.delivered",
      data: { ...document, duration_ms: deliverMs, erp_http_status: 202, attempts: 1 },
      afterMs: 14 + extractMs + deliverMs,
    },
    {
      type: "document.wiped",
      data: { ...document, wiped_bytes: { ingest: size + 2_200, extractor: size + 2_200, "erp-pusher": 2_200 } },
      afterMs: 18 + extractMs + deliverMs,
    },
  ];
}

/** A UUID that is the same for the same name. */
function idOf(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Audit stores in the order of the stream: when it has the last document as wiped, it has all. */
async function untilStored(stack: TestStack, lastIndex: string): Promise<void> {
  const giveUpAt = Date.now() + STORED_LIMIT_MS;
  const schema = z.looseObject({ wiped_at: z.string().nullable() });
  while (Date.now() < giveUpAt) {
    const trail = await stack.auditTrail(idOf(`document ${lastIndex}`));
    if (trail !== undefined && schema.parse(trail.document).wiped_at !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("audit has not stored the history in time");
}
