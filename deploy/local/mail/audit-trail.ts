import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Local } from "../local-file.ts";

/** Audit stores in batches, a moment after the mail was answered. */
const FOLLOW_LIMIT_MS = 10_000;
const POLL_MS = 50;

const eventSchema = z.object({
  type: z.string(),
  time: z.iso.datetime(),
  data: z.object({
    document_id: z.string().optional(),
    code: z.string().optional(),
    stage: z.string().optional(),
    duration_ms: z.number().optional(),
    provider: z.string().optional(),
    model: z.string().optional(),
    page_count: z.number().optional(),
    validation_status: z.string().optional(),
    validation_issue_count: z.number().optional(),
    erp_http_status: z.number().optional(),
    size_bytes: z.number().optional(),
    wiped_bytes: z.record(z.string(), z.number()).optional(),
  }),
});
/** An event as audit's API answers it; only what is shown. */
export type TrailEvent = z.infer<typeof eventSchema>;

const eventsSchema = z.object({ events: z.array(eventSchema) });

/** The access that a tool needs to audit's API. */
export type AuditAccess = Pick<Local, "apiKey"> & { readonly services: { readonly audit: { readonly url: string } } };

/**
 * The history of a document, oldest first, once it holds the wipe receipt of an attempt that began after `since`
 * (milliseconds since 1970). Undefined when audit does not have it in time: its database may be away.
 */
export function followDocument(
  access: AuditAccess,
  documentId: string,
  since: number,
): Promise<readonly TrailEvent[] | undefined> {
  return eventually(async () => {
    const { events } = eventsSchema.parse(await ask(access, `/api/documents/${documentId}`));
    return events.some(({ type, time }) => type === "document.wiped" && Date.parse(time) >= since) ? events : undefined;
  });
}

/** The document that was last given back to its sender or refused after `since`; for answers that name no document. */
export function findUnfinishedDocument(access: AuditAccess, since: number): Promise<string | undefined> {
  return eventually(async () => {
    const { events } = eventsSchema.parse(await ask(access, "/api/events?limit=20"));
    return events.find(
      ({ type, time }) => (type === "document.deferred" || type === "document.refused") && Date.parse(time) >= since,
    )?.data.document_id;
  });
}

/** Asks until there is an answer, or none in time. Not having it yet, and not being there, are the same here. */
async function eventually<T>(question: () => Promise<T | undefined>): Promise<T | undefined> {
  for (const giveUpAt = Date.now() + FOLLOW_LIMIT_MS; Date.now() < giveUpAt; await sleep(POLL_MS)) {
    const answer = await question().catch(() => undefined);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

async function ask({ apiKey, services }: AuditAccess, path: string): Promise<unknown> {
  const response = await fetch(new URL(path, services.audit.url), {
    headers: { "x-api-key": apiKey },
    signal: AbortSignal.timeout(FOLLOW_LIMIT_MS),
  });
  if (!response.ok) throw new Error(`audit answered ${response.status}`);
  return response.json();
}
