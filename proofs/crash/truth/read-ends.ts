import { FINAL_EVENT_TYPES, type FinalEventType } from "@flowstate/contracts";
import pg from "pg";
import { z } from "zod";

const endSchema = z.object({ document_id: z.string(), type: z.enum(FINAL_EVENT_TYPES) });

/** The events that end a document, by its id. */
export type EndsOnRecord = ReadonlyMap<string, readonly FinalEventType[]>;

/** Reads the record as PostgreSQL has it, and not through a service. Rejects with the driver's error. */
export async function readEnds(databaseUrl: string, documentIds: readonly string[]): Promise<EndsOnRecord> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT document_id, type FROM events WHERE document_id = ANY ($1::uuid[]) AND type = ANY ($2::text[])",
      [documentIds, FINAL_EVENT_TYPES],
    );
    const ends = new Map<string, FinalEventType[]>();
    for (const { document_id, type } of endSchema.array().parse(rows))
      ends.set(document_id, [...(ends.get(document_id) ?? []), type]);
    return ends;
  } finally {
    await client.end();
  }
}
