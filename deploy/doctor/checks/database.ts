import { Client } from "pg";
import type { Check, Examination } from "../check.ts";
import { aboutApiRole } from "../database/api-role.ts";
import { explainDatabase } from "../database/explain-database.ts";
import { aboutOwner } from "../database/owner.ts";
import { aboutServer, identityOf } from "../database/server.ts";
import { found, foundOrGood, type Result, unchecked } from "../result.ts";

/** Whether audit's database is there, over TLS, and both roles may what they must and no more. */
export const databaseCheck: Check = {
  name: "database",
  async run({ deployment: { settings }, surroundings }) {
    const { audit } = settings;
    if (audit === undefined) return [unchecked("the database: give the doctor the part audit, with usable settings")];
    await using owner = await open("DATABASE_URL", audit.DATABASE_URL, surroundings);
    await using api = await open("DATABASE_API_URL", audit.DATABASE_API_URL, surroundings);
    const results = [...owner.results, ...api.results];
    if (owner.client !== undefined) {
      results.push(...(await aboutServer(owner.client)), ...(await aboutOwner(owner.client)));
    }
    if (api.client !== undefined) results.push(...(await aboutApiRole(api.client)));
    if (owner.client !== undefined && api.client !== undefined) {
      const [one, other] = await Promise.all([identityOf(owner.client), identityOf(api.client)]);
      if (one !== other)
        results.push(found("database.two_databases", "DATABASE_URL and DATABASE_API_URL lead to two databases"));
    }
    return foundOrGood(results, "the database is there over TLS, and both roles may what they must and no more");
  },
};

interface Opened extends AsyncDisposable {
  readonly client: Client | undefined;
  readonly results: readonly Result[];
}

async function open(name: string, url: string, { patienceMs }: Examination["surroundings"]): Promise<Opened> {
  let client: Client | undefined;
  try {
    // The driver reads sslrootcert here.
    client = new Client({
      connectionString: url,
      application_name: "flowstate-doctor",
      connectionTimeoutMillis: patienceMs,
      query_timeout: patienceMs,
    });
    client.on("error", () => undefined);
    await client.connect();
    // Whatever this comes to is looked at and not changed.
    await client.query("SET default_transaction_read_only = on");
    const connected = client;
    return { client, results: [], [Symbol.asyncDispose]: () => connected.end() };
  } catch (error) {
    await client?.end().catch(() => undefined);
    return {
      client: undefined,
      results: [explainDatabase(name, url, error)],
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
}
