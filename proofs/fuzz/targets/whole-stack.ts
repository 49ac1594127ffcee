import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { startTestStack, type TestStack } from "@flowstate/local/e2e/test-stack.ts";
import { type EInvoiceSyntax, eInvoicePdf } from "@flowstate/local/fixtures/e-invoice.ts";
import { startPostgres } from "@flowstate/local/servers/postgres.ts";
import { SERVICE_NAMES } from "@flowstate/local/service-environment.ts";
import pg from "pg";
import type { Random } from "../../crash/plan/random.ts";
import { CANARY, holdsCanary } from "../checks/canary.ts";
import { checkAnswers, isMute, takenOf } from "../checks/check-answers.ts";
import { BYTE_MUTATORS } from "../mutate/bytes.ts";
import { HEAD_MUTATORS, SOCKET_MUTATORS } from "../mutate/http.ts";
import { MULTIPART_MUTATORS } from "../mutate/multipart.ts";
import { balanced, mutated, type Seed } from "../mutate/mutator.ts";
import type { Fault, OpenTarget, Taken, Target } from "../target.ts";
import { requestOf } from "./api-parameters.ts";
import { checkRows } from "./audit-database.ts";
import { isFine } from "./audit-door.ts";
import { exchange } from "./exchange.ts";
import { inRawMode, MAIL_SEEDS, mailSeed, messageSeed } from "./mail-seeds.ts";

/** A mail with a real PDF goes through a parser thread and to the ERP, which on a busy machine takes its time. */
const LIMIT_MS = 15_000;
const MIB = 1024 * 1024;
/** A process that has worked holds more than one that has not: what allocators keep for the next time. */
const MAX_RSS_GROWTH_BYTES = 160 * MIB;
const SETTLE_MS = 3_000;
const SYNTAXES: readonly EInvoiceSyntax[] = ["en-16931", "ubl", "extended"];
/** Of so many inputs, some are mails as they should be. */
const MIN_INPUTS_TO_DELIVER = 100;
const HEADS = [...HEAD_MUTATORS, ...SOCKET_MUTATORS];

/** The four services as processes of their own, hardened as anywhere: mails, questions and bytes, one after the other. */
export const WHOLE_STACK: Target = {
  name: "stack",
  runs: "the four services as hardened processes, nats-server, PostgreSQL, the ERP's double",
  share: 5,
  atOnce: 6,
  limitMs: LIMIT_MS,
  open,
};

async function open(): Promise<OpenTarget> {
  await using opening = new AsyncDisposableStack();
  const postgres = opening.use(await startPostgres());
  const database = await postgres.createDatabase("flowstate");
  const stack = opening.use(await startTestStack({ database, environment: { API_REQUESTS_PER_MINUTE: "1000000" } }));
  const ports = { ingest: portOf(stack, "ingest"), audit: portOf(stack, "audit") };
  const { apiKey, adminKey, tenantAddress } = stack.settings;
  const seeds = mailSeeds(apiKey, tenantAddress, await invoiceSeeds());
  const questions: readonly Seed[] = [
    (random) => Buffer.from(requestOf(random, [apiKey, adminKey, "wrong"]), "latin1"),
  ];
  const before = new Map(
    await Promise.all(SERVICE_NAMES.map(async (name) => [name, await rssOf(stack, name)] as const)),
  );
  let inputs = 0;
  const parts = opening.move();
  return {
    make: (random) => inputOf(random, seeds, questions),
    async give(input): Promise<Taken | Fault> {
      inputs += 1;
      const line = input.indexOf("\n");
      const door = input.subarray(0, Math.max(0, line)).toString("latin1") === "audit" ? "audit" : "ingest";
      const bytes = input.subarray(line + 1);
      const given = await exchange({ port: ports[door], bytes, close: "half", limitMs: LIMIT_MS });
      if (!given.closed) return { kind: "hang", what: "no end of the answer" };
      const fault = checkAnswers(given.received, given.answers, isFine);
      if (fault !== undefined) return fault;
      return (isMute(given.answers) ? await asBefore(stack, door) : undefined) ?? takenOf(given.answers);
    },
    async settle(): Promise<Fault | undefined> {
      if (inputs >= MIN_INPUTS_TO_DELIVER && stack.erp.effects === 0)
        return { kind: "broken_promise", what: "no document of all these mails was delivered" };
      const ordinary = { filename: "a.pdf", bytes: await eInvoicePdf({ number: `after-${Date.now()}` }) };
      const { status } = await stack.mail({ documents: [ordinary] });
      if (status !== 200) return { kind: "broken_promise", what: `an ordinary mail is answered ${status} afterwards` };
      if (holdsCanary(await stack.logs())) return { kind: "echo", what: "a log line of a service holds what was sent" };
      await sleep(SETTLE_MS);
      const client = new pg.Pool({ connectionString: database.url });
      const echo = await checkRows(client);
      await client.end();
      if (echo !== undefined) return echo;
      for (const name of SERVICE_NAMES) {
        const grown = (await rssOf(stack, name)) - (before.get(name) ?? 0);
        if (grown > MAX_RSS_GROWTH_BYTES)
          return { kind: "leak", what: `${name} holds ${(grown / MIB).toFixed(0)} MiB more than before` };
      }
      return undefined;
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

/** Whether a mail without documents is taken note of, or a question is answered out of the database. */
async function asBefore(stack: TestStack, door: "ingest" | "audit"): Promise<Fault | undefined> {
  const status =
    door === "ingest"
      ? (await stack.mail({ documents: [] })).status
      : (
          await fetch(new URL("/api/documents?limit=1", stack.services.audit.url), {
            headers: { "x-api-key": stack.settings.apiKey },
          })
        ).status;
  return status === 200 ? undefined : { kind: "broken_promise", what: `${door} answers ${status} to what is right` };
}

/** The door in the first line, then the bytes for it. */
function inputOf(random: Random, mails: readonly Seed[], questions: readonly Seed[]): Buffer {
  if (random.percent(30)) {
    const bytes = mutated(questions, [...HEADS, ...BYTE_MUTATORS], random);
    return Buffer.concat([Buffer.from("audit\n"), bytes]);
  }
  const request = random.one(mails)(random);
  if (random.percent(30)) {
    return Buffer.concat([Buffer.from("ingest\n"), mutated([() => request], HEADS, random)]);
  }
  // The body alone is changed, and its length is true.
  const headEnd = request.indexOf("\r\n\r\n") + 4;
  const body = mutated([() => request.subarray(headEnd)], [...MULTIPART_MUTATORS, ...BYTE_MUTATORS], random);
  const head = request
    .subarray(0, headEnd)
    .toString("latin1")
    .replace(/Content-Length: \d+/, `Content-Length: ${body.length}`);
  return Buffer.concat([Buffer.from(`ingest\n${head}`, "latin1"), body]);
}

/** Mails whose documents are read and delivered: the supplier is the canary, which goes to the ERP and nowhere else. */
async function invoiceSeeds(): Promise<readonly Seed[]> {
  const documents = await Promise.all(SYNTAXES.map((syntax) => eInvoicePdf({ syntax, vendorName: CANARY })));
  return documents.map((bytes) => mailSeed({ documents: [{ filename: `${CANARY}.pdf`, bytes }] }));
}

function mailSeeds(apiKey: string, address: string, invoices: readonly Seed[]): readonly Seed[] {
  const rawMode: Seed = (random) => inRawMode(messageSeed(random));
  return balanced(invoices, [...MAIL_SEEDS, rawMode]).map((seed) => (random) => {
    const body = Buffer.from(seed(random).toString("latin1").replaceAll("in@acme.example", address), "latin1");
    const head = `POST /webhooks/sendgrid HTTP/1.1\r\nHost: ingest\r\nX-API-Key: ${apiKey}\r\nContent-Type: multipart/form-data; boundary=xYzZY\r\nContent-Length: ${body.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), body]);
  });
}

function portOf(stack: TestStack, service: "ingest" | "audit"): number {
  return Number(new URL(stack.services[service].url ?? "").port);
}

async function rssOf({ services }: TestStack, name: (typeof SERVICE_NAMES)[number]): Promise<number> {
  const status = await readFile(`/proc/${services[name].pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
