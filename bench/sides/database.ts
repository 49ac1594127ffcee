import pg from "pg";
import { z } from "zod";

/** What a PostgreSQL says of itself. */
export interface Database {
  readonly version: string;
  /** Whether a commit waits for the disk. */
  readonly syncs: boolean;
}

const settingsSchema = z.tuple([z.object({ version: z.string(), fsync: z.enum(["on", "off"]) })]);

export async function askDatabase(url: string): Promise<Database> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync",
    );
    const [{ version, fsync }] = settingsSchema.parse(rows);
    return { version, syncs: fsync === "on" };
  } finally {
    await client.end();
  }
}
