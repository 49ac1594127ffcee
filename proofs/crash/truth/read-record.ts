import { setTimeout as sleep } from "node:timers/promises";
import { EVENT_TYPES, type EventType, FINAL_EVENT_TYPES, type FinalEventType } from "@flowstate/contracts";
import type { Pool } from "pg";
import { z } from "zod";
import { databaseRecord } from "../../../services/audit/chain/database-record.ts";
import { describeFinding } from "../../../services/audit/chain/finding.ts";
import { signingKeyText, TrustedKeys } from "../../../services/audit/chain/signing.ts";
import { verifyRecord } from "../../../services/audit/chain/verify-record.ts";
import { inSnapshot } from "../../../services/audit/database/transaction.ts";
import { testPool } from "../../../services/audit/testing/audit-database.ts";
import { PAUSE_MS } from "../plan/plan-run.ts";

/** A run may have stopped the database, or killed it. */
const DATABASE_LIMIT_MS = PAUSE_MS + 60_000;
const POLL_MS = 250;

/** An event that ends a document, as the record has it. */
export interface EndOnRecord {
  readonly type: FinalEventType;
  readonly code: string | null;
}

/** What the record has of one document. */
export interface DocumentOnRecord {
  readonly ends: readonly EndOnRecord[];
  /** Of which types it has an event. */
  readonly told: ReadonlySet<EventType>;
  /** As the list of documents shows it, which is kept beside the events; undefined when it does not. */
  readonly status: string | undefined;
}

export const NOT_ON_RECORD: DocumentOnRecord = { ends: [], told: new Set(), status: undefined };

const eventSchema = z.object({ document_id: z.string(), type: z.enum(EVENT_TYPES), code: z.string().nullable() });
const documentSchema = z.object({ document_id: z.string(), status: z.string() });
const rejectedSchema = z.object({ code: z.string(), messages: z.number() });
const FINAL: ReadonlySet<string> = new Set(FINAL_EVENT_TYPES);

/** Reads the record as PostgreSQL has it, and not through a service. */
export class RecordReader implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #keys: TrustedKeys;

  /** `signingKey` is audit's, as it is configured. */
  constructor(databaseUrl: string, signingKey: string) {
    this.#pool = testPool(databaseUrl, 1);
    this.#keys = new TrustedKeys([signingKeyText.parse(signingKey).publicKey]);
  }

  /** By the documents' ids. Waits while the database is away: other runs strike it. */
  of(documentIds: readonly string[]): Promise<ReadonlyMap<string, DocumentOnRecord>> {
    return untilAnswered(() => this.#read(documentIds));
  }

  /**
   * What is wrong with the record as a whole, in words: with its chain and its signatures, and what could not be recorded. Waits
   * while the database is away.
   */
  faults(): Promise<readonly string[]> {
    return untilAnswered(() => this.#verify());
  }

  async #read(documentIds: readonly string[]): Promise<ReadonlyMap<string, DocumentOnRecord>> {
    const ofThese = (columns: string, table: string) =>
      this.#pool.query(`SELECT ${columns} FROM ${table} WHERE document_id = ANY ($1::uuid[])`, [documentIds]);
    const events = eventSchema.array().parse((await ofThese("document_id, type, code", "events")).rows);
    const documents = documentSchema.array().parse((await ofThese("document_id, status", "documents")).rows);
    return new Map(
      documentIds.map((id) => {
        const told = events.filter(({ document_id }) => document_id === id);
        return [
          id,
          {
            ends: told.flatMap(({ type, code }) => (isFinal(type) ? [{ type, code }] : [])),
            told: new Set(told.map(({ type }) => type)),
            status: documents.find(({ document_id }) => document_id === id)?.status,
          },
        ];
      }),
    );
  }

  async #verify(): Promise<readonly string[]> {
    const { findings } = await inSnapshot(this.#pool, (client) => verifyRecord(databaseRecord(client), this.#keys));
    const { rows } = await this.#pool.query(
      "SELECT code, count(*)::int AS messages FROM rejected_events GROUP BY code",
    );
    const rejected = rejectedSchema.array().parse(rows);
    return [
      ...findings.map(describeFinding),
      ...rejected.map(({ code, messages }) => `${messages} message(s) were set aside: ${code}`),
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}

/** Rejects with the last error when there is no answer in time. */
async function untilAnswered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (const giveUpAt = performance.now() + DATABASE_LIMIT_MS; ; await sleep(POLL_MS)) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
    }
  }
}

function isFinal(type: EventType): type is FinalEventType {
  return FINAL.has(type);
}
