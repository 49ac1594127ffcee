import { FINAL_EVENT_TYPES, type FinalEventType } from "@flowstate/contracts";
import pg from "pg";
import { z } from "zod";

/** An event that ends a document, as the record has it. */
export interface EndOnRecord {
  readonly type: FinalEventType;
  readonly code: string | null;
}

const rowSchema = z.object({ document_id: z.string(), type: z.enum(FINAL_EVENT_TYPES), code: z.string().nullable() });

/** The events that end a document, by its id. */
export type EndsOnRecord = ReadonlyMap<string, readonly EndOnRecord[]>;

/** Reads the record as PostgreSQL has it, and not through a service. */
export class EndReader implements AsyncDisposable {
  readonly #pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 1 });
    // A run has killed the database: the next question connects again.
    this.#pool.on("error", () => {});
  }

  /** Rejects with the driver's error. */
  async of(documentIds: readonly string[]): Promise<EndsOnRecord> {
    const { rows } = await this.#pool.query(
      "SELECT document_id, type, code FROM events WHERE document_id = ANY ($1::uuid[]) AND type = ANY ($2::text[])",
      [documentIds, FINAL_EVENT_TYPES],
    );
    const ends = new Map<string, EndOnRecord[]>();
    for (const { document_id, type, code } of rowSchema.array().parse(rows))
      ends.set(document_id, [...(ends.get(document_id) ?? []), { type, code }]);
    return ends;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}
