import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { FaultSystem } from "../system/fault-system.ts";
import type { Dependency } from "../table/cell.ts";

/** Above the half minute between two looks, and the quarter between two exports. */
const LIMIT_MS = 60_000;
const POLL_MS = 250;
/** What is away half of the time is met at one of so many. */
const LOOKS = 8;

/** Some dependencies have nothing to do with a mail: these are given something to do, and it is seen whether they get it. */
export interface Side {
  /** While the fault lasts, after the mail was answered; `isMet` says whether somebody has met it. */
  during(isMet: () => Promise<boolean>): Promise<void>;
  /** Resolves when the dependency has got what it should. */
  after(): Promise<void>;
}

const NOTHING: Side = { async during() {}, async after() {} };

/** `mail` sends one that can be read. */
export async function sideOf(system: FaultSystem, dependency: Dependency, mail: () => Promise<unknown>): Promise<Side> {
  if (dependency === "slack") return slackSide(system, mail);
  if (dependency === "otlp") return otlpSide(system);
  return NOTHING;
}

/** Has audit find an alert that nobody was told of, a document that its ERP refused, and try to tell it at every look. */
async function slackSide({ stack, slack, databaseUrl }: FaultSystem, mail: () => Promise<unknown>): Promise<Side> {
  stack.erp.script({ status: 422 });
  await mail();
  await forgetTelling(databaseUrl);
  let told = slack.texts.length;
  return {
    async during(isMet) {
      for (let look = 1; look <= LOOKS; look += 1) {
        const failures = countOf(await stack.logs());
        const hasFailed = async () => countOf(await stack.logs()) > failures;
        await until(async () => (await hasFailed()) || slack.texts.length > told);
        // Half a minute passes before the next look: it must be known until then that nobody was told.
        if (await hasFailed()) await until(() => waitsToBeTold(databaseUrl));
        if (await isMet()) return;
        await forgetTelling(databaseUrl);
        told = slack.texts.length;
      }
    },
    // What arrived may have been told in vain, and be known to nobody but Slack: audit has to know of it, too.
    after: () => until(async () => slack.texts.length > told && !(await waitsToBeTold(databaseUrl))),
  };
}

function countOf(logs: string): number {
  return logs.split("alerts.not_told").length;
}

async function forgetTelling(databaseUrl: string): Promise<void> {
  await ask(databaseUrl, "UPDATE alerts SET told_at = NULL");
}

/** Whether there is an alert that audit has told nobody of, as far as it knows. */
async function waitsToBeTold(databaseUrl: string): Promise<boolean> {
  return (await ask(databaseUrl, "SELECT FROM alerts WHERE told_at IS NULL LIMIT 1")) > 0;
}

/** How many rows it is about. */
async function ask(databaseUrl: string, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(statement)).rowCount ?? 0;
  } finally {
    await client.end();
  }
}

/** Everything that a service does makes spans, which are exported every few seconds. */
async function otlpSide({ otlp }: FaultSystem): Promise<Side> {
  return {
    async during() {},
    async after() {
      const known = otlp?.spans.length ?? 0;
      await until(async () => (otlp?.spans.length ?? 0) > known);
    },
  };
}

/** Rejects when it does not come true in time. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const giveUpAt = performance.now() + LIMIT_MS; !(await holds()); await sleep(POLL_MS)) {
    if (performance.now() > giveUpAt) throw new Error("it did not come true in time");
  }
}
