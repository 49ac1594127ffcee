import { AUDIT_CONSUMER, EVENTS_STREAM } from "@flowstate/contracts";
import type { NatsConnection } from "nats";
import { Client } from "pg";
import { z } from "zod";
import type { Check } from "../check.ts";
import { clockFinding } from "../compare-clocks.ts";
import { foundOrGood, type Result, unchecked } from "../result.ts";

/** Whether the clocks of broker and database agree with this machine's. Those of model and ERPs are their own checks'. */
export const clockCheck: Check = {
  name: "clock",
  async run({ deployment: { settings }, surroundings: { now, patienceMs }, broker }) {
    const results: Result[] = [];
    const [asker] = await broker.connected(["admin", "audit"]);
    const brokerTime = asker === undefined ? undefined : await timeOfBroker(asker.nats, patienceMs);
    results.push(
      ...(brokerTime === undefined
        ? [unchecked("the broker's clock: before 2.10 it does not tell, and only audit and admin may ask")]
        : foundOrGood(clockFinding("the broker", brokerTime, now()), "the broker's clock agrees with this machine's")),
    );
    const { audit } = settings;
    if (audit === undefined) return results;
    const databaseTime = await timeOfDatabase(audit.DATABASE_URL, patienceMs);
    if (databaseTime === undefined) return [...results, unchecked("the database's clock: there is no connection")];
    const finding = clockFinding("the database", databaseTime, now());
    return [...results, ...foundOrGood(finding, "the database's clock agrees with this machine's")];
  },
};

const answerSchema = z.object({ ts: z.string().optional() });

/** Since 2.10 an answer about a consumer says when it was given. */
async function timeOfBroker(nats: NatsConnection, timeout: number): Promise<string | undefined> {
  try {
    const subject = `$JS.API.CONSUMER.INFO.${EVENTS_STREAM}.${AUDIT_CONSUMER}`;
    return answerSchema.parse((await nats.request(subject, "", { timeout })).json()).ts;
  } catch {
    return undefined;
  }
}

const nowSchema = z.tuple([z.object({ now: z.date() })]);

async function timeOfDatabase(url: string, patienceMs: number): Promise<string | undefined> {
  let client: Client | undefined;
  try {
    client = new Client({ connectionString: url, connectionTimeoutMillis: patienceMs, query_timeout: patienceMs });
    client.on("error", () => undefined);
    await client.connect();
    const [{ now }] = nowSchema.parse((await client.query("SELECT clock_timestamp() AS now")).rows);
    return now.toISOString();
  } catch {
    return undefined;
  } finally {
    await client?.end().catch(() => undefined);
  }
}
