import { setTimeout as sleep } from "node:timers/promises";
import type { MailFate } from "@flowstate/local/doubles/sendgrid.ts";
import pg from "pg";
import { z } from "zod";
import type { CrashSystem } from "../system/crash-system.ts";
import type { SettlementReader } from "./settlements.ts";

/** What went wrong, by kind: of how many documents. All zero is what the proof is about. */
export interface Wrongs {
  /** The sender gave up. */
  lost: number;
  /** Booked under two ids, or sent to the ERP again after its sender was told that it is done. */
  doubled: number;
  /** 2xx, and neither booked nor refused. */
  answered_without_delivery: number;
  /** No end on record, or another than the ledger's. */
  audit_missing: number;
  /** More than one end on record. */
  audit_double: number;
}

export const noWrongs = (): Wrongs => ({
  lost: 0,
  doubled: 0,
  answered_without_delivery: 0,
  audit_missing: 0,
  audit_double: 0,
});

/** A document whose mail has left the sender's queue. */
export interface EndedDocument {
  readonly number: string | undefined;
  readonly fate: MailFate;
  /** As the last answer says; undefined when the sender gave up. */
  readonly documentId: string | undefined;
  readonly status: string | undefined;
  /** When the sender was first told that the mail is done, milliseconds on the monotonic clock. */
  readonly answeredAt: number;
}

const FINAL_TYPES = ["document.delivered", "document.refused", "document.invalid", "document.undeliverable"] as const;
const RECORD_LIMIT_MS = 30_000;
const POLL_MS = 250;

/** Compares what the sender was told with what the ERP, the record and the ledger know. */
export async function checkDocuments(
  system: CrashSystem,
  settlements: SettlementReader,
  documents: readonly EndedDocument[],
): Promise<Wrongs> {
  const wrongs = noWrongs();
  const accepted = documents.filter(({ fate, documentId }) => fate.fate === "accepted" && documentId !== undefined);
  wrongs.lost += documents.length - accepted.length;
  for (const { number, documentId, answeredAt } of accepted) {
    if (number === undefined) continue;
    const ids = system.erpLedger.idsOf(number);
    if (ids.length === 0 || !ids.includes(documentId ?? "")) wrongs.answered_without_delivery += 1;
    if (ids.length > 1 || system.erpLedger.requestsAfter(number, answeredAt) > 0) wrongs.doubled += 1;
  }
  const ends = await endsOnRecord(system.databaseUrl, accepted);
  for (const { number, documentId = "" } of accepted) {
    const types = ends.get(documentId) ?? [];
    if (types.length > 1) wrongs.audit_double += 1;
    const isDelivered = types[0] === "document.delivered";
    const settled = (await settlements.of(documentId)) ?? "unknown";
    const agrees = number === undefined || settled === (isDelivered ? "delivered" : "refused");
    if (types.length === 0 || !agrees) wrongs.audit_missing += 1;
  }
  return wrongs;
}

const endSchema = z.object({ document_id: z.string(), type: z.enum(FINAL_TYPES) });

/** The final events of each document. Waits while some have none: the record follows the stream. */
async function endsOnRecord(
  databaseUrl: string,
  documents: readonly EndedDocument[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = documents.flatMap(({ documentId }) => documentId ?? []);
  for (const giveUpAt = performance.now() + RECORD_LIMIT_MS; ; await sleep(POLL_MS)) {
    const ends = await readEnds(databaseUrl, ids).catch(() => undefined);
    if (ends !== undefined && (ids.every((id) => ends.has(id)) || performance.now() > giveUpAt)) return ends;
  }
}

async function readEnds(databaseUrl: string, ids: readonly string[]): Promise<Map<string, string[]>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT document_id, type FROM events WHERE document_id = ANY ($1::uuid[]) AND type = ANY ($2::text[])",
      [ids, FINAL_TYPES],
    );
    const ends = new Map<string, string[]>();
    for (const { document_id, type } of endSchema.array().parse(rows))
      ends.set(document_id, [...(ends.get(document_id) ?? []), type]);
    return ends;
  } finally {
    await client.end();
  }
}
