import { CODES, type Code } from "@flowstate/contracts";
import { z } from "zod";
import type { MailAnswer } from "../doubles/sendgrid.ts";
import type { Local } from "../local-file.ts";
import { findUnfinishedDocument, followDocument, type TrailEvent } from "./audit-trail.ts";
import { CODE_MEANINGS } from "./code-meanings.ts";

/** What became of a mailed document, as the webhook, the audit log and the ERP tell it. */
export interface MailOutcome {
  readonly answer: MailAnswer;
  readonly documentId: string | undefined;
  /** As the webhook answered it; of an answer that names no document: the category of the error. */
  readonly status: string;
  readonly code: Code | undefined;
  /** Oldest first; undefined when audit did not have them in time. */
  readonly trail: readonly TrailEvent[] | undefined;
  /** The delivery as the ERP received it, if it did. */
  readonly delivery: ErpDelivery | undefined;
}

const codeSchema = z.string().transform((code, context) => {
  if (isCode(code)) return code;
  context.addIssue({ code: "custom", message: "is no code of the table" });
  return z.NEVER;
});

const acceptedSchema = z.object({
  status: z.string(),
  documents: z.array(z.object({ document_id: z.string(), status: z.string(), code: codeSchema.optional() })),
});
const failedSchema = z.object({ error: z.string() });

const deliverySchema = z.object({
  received_at: z.string(),
  verified: z.boolean(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
});
type ErpDelivery = z.infer<typeof deliverySchema>;

/** Waits until audit and the ERP have shown what became of a mail that was answered, sent at `since` (ms since 1970). */
export async function mailOutcome(local: Local, answer: MailAnswer, since: number): Promise<MailOutcome> {
  const accepted = acceptedSchema.safeParse(answer.body);
  if (!accepted.success) {
    const failed = failedSchema.safeParse(answer.body);
    const status = failed.success ? failed.data.error : "unknown_answer";
    const ofDocument = status === "temporarily_unavailable" || status === "payload_too_large";
    const documentId = ofDocument ? await findUnfinishedDocument(local, since) : undefined;
    const trail = documentId === undefined ? undefined : await followDocument(local, documentId, since);
    return { answer, documentId, status, code: lastCode(trail), trail, delivery: undefined };
  }
  const [document] = accepted.data.documents;
  if (document === undefined) {
    const code = accepted.data.status === "ignored" ? "no_document" : "unknown_recipient";
    return { answer, documentId: undefined, status: accepted.data.status, code, trail: undefined, delivery: undefined };
  }
  const { document_id: documentId, status, code } = document;
  const trail = await followDocument(local, documentId, since);
  const delivery = status === "delivered" || status === "duplicate" ? await findDelivery(local, documentId) : undefined;
  return { answer, documentId, status, code, trail, delivery };
}

/** The ERP remembers its last deliveries; the newest of this document. */
async function findDelivery({ erp }: Local, documentId: string): Promise<ErpDelivery | undefined> {
  try {
    const response = await fetch(new URL("/received", erp.url));
    const received = z.array(deliverySchema).parse(await response.json());
    return received.findLast(({ headers }) => headers["webhook-id"] === documentId);
  } catch {
    // The ERP was stopped meanwhile.
    return undefined;
  }
}

function lastCode(trail: readonly TrailEvent[] | undefined): Code | undefined {
  const code = trail?.findLast(({ data }) => data.code !== undefined)?.data.code;
  return code !== undefined && isCode(code) ? code : undefined;
}

function isCode(code: string): code is Code {
  return Object.hasOwn(CODES, code);
}

/** Nothing is left to do for the sender, and the ERP has the document. */
export function isDelivered({ status }: MailOutcome): boolean {
  return status === "delivered" || status === "duplicate";
}

/** What the person at the terminal reads, in lines. */
export function describeOutcome(outcome: MailOutcome): readonly string[] {
  return [...deliveryLines(outcome), ...trailLines(outcome), ...verdictLines(outcome)];
}

function deliveryLines({ delivery }: MailOutcome): string[] {
  if (delivery === undefined) return [];
  const signature = delivery.verified ? "signature verified" : "SIGNATURE NOT VALID";
  return ["", `The ERP received (${signature}):`, ...indented(JSON.stringify(delivery.body, null, 2))];
}

function trailLines({ trail, documentId }: MailOutcome): string[] {
  if (documentId === undefined) return [];
  if (trail === undefined) return ["", "The audit trail is not there yet; audit or its database is away."];
  return ["", `The audit log shows, for document ${documentId}:`, ...trail.map(trailLine)];
}

const COLUMN_STATUS = 14;
const COLUMN_DURATION = 10;

function trailLine({ type, time, data }: TrailEvent): string {
  const duration = data.duration_ms === undefined ? "" : `${data.duration_ms} ms`;
  const status = type.replace(/^document\./, "").padEnd(COLUMN_STATUS);
  return `  ${time.slice(11, 23)}  ${status}${duration.padStart(COLUMN_DURATION)}  ${trailFacts(data).join(", ")}`.trimEnd();
}

function trailFacts(data: TrailEvent["data"]): string[] {
  const facts: string[] = [];
  if (data.code !== undefined) facts.push(data.code);
  if (data.size_bytes !== undefined) facts.push(`${count(data.size_bytes)} bytes`);
  if (data.provider === "e-invoice") facts.push("from the e-invoice data inside");
  else if (data.provider !== undefined) facts.push(`read by ${data.model ?? data.provider}`);
  if (data.page_count !== undefined) facts.push(data.page_count === 1 ? "1 page" : `${data.page_count} pages`);
  if (data.validation_status !== undefined) facts.push(data.validation_status);
  if (data.erp_http_status !== undefined) facts.push(`ERP answered ${data.erp_http_status}`);
  for (const [service, bytes] of Object.entries(data.wiped_bytes ?? {})) facts.push(`${service} ${count(bytes)} bytes`);
  return facts;
}

function verdictLines({ answer, status, code }: MailOutcome): string[] {
  const meaning = code === undefined ? "" : ` (${code}: ${CODE_MEANINGS[code]})`;
  return ["", `The webhook answered ${answer.status}: ${status.replaceAll("_", " ")}${meaning}.`];
}

function indented(text: string): string[] {
  return text.split("\n").map((line) => `  ${line}`);
}

function count(number: number): string {
  return number.toLocaleString("en-US");
}
