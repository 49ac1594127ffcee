import { setTimeout as sleep } from "node:timers/promises";
import type { MailAnswer } from "@flowstate/local/doubles/sendgrid.ts";
import { documentIdOf } from "@flowstate/local/e2e/test-stack.ts";
import { eInvoicePdf } from "@flowstate/local/fixtures/e-invoice.ts";
import { sha256Of } from "../crash/plan/build-mail.ts";
import type { Planter } from "../prove/canaries/canary.ts";
import { canaryFacts, scannedPdf } from "../prove/canaries/canary-documents.ts";
import { disturb } from "./disturb/disturbance.ts";
import { countEvents, loggedBetween } from "./observe/log-lines.ts";
import { notReadyNow, ReadinessWatch } from "./observe/readiness.ts";
import { recordOf } from "./observe/record.ts";
import { sideOf } from "./observe/side.ts";
import type { SeenCell } from "./seen.ts";
import type { FaultSystem } from "./system/fault-system.ts";
import type { Carried, Dependency, Fault } from "./table/cell.ts";

/** So long a fault lasts at least. A silence is noticed later: by probes, and by connections to the broker after some 15 s. */
const LASTS_MS = 3_000;
const SILENCE_LASTS_MS = 6_000;
const BROKER_SILENCE_LASTS_MS = 18_000;
const RETRY_MS = 250;
/** Beyond every bound of the table. */
const GIVE_UP_MS = 90_000;
/** An audit that was cut off before it acknowledged is handed its events again after a minute. */
const RECORD_LIMIT_MS = 90_000;
/** A full disk may have some room in pages that were begun: it is met by one of so many mails. */
const MAILS_UNTIL_FULL = 15;

export interface CellToGo {
  readonly dependency: Dependency;
  readonly fault: Fault;
  readonly carries: Carried;
  /** Codes of deferrals that are to be on record. */
  readonly deferred: readonly string[];
}

interface SentDocument {
  readonly number: string;
  readonly mail: Parameters<FaultSystem["stack"]["mail"]>[0];
}

/** Has one dependency fail in one way while a mail comes, ends that, and sees what everybody knows afterwards. */
export async function goCell(system: FaultSystem, cell: CellToGo, planter: Planter): Promise<SeenCell> {
  const { dependency, fault, carries } = cell;
  const disturbance = system.disturbances[dependency];
  if (disturbance === undefined) throw new Error("this machine cannot have it fail");
  const { stack, databaseUrl, erpLedger } = system;
  await calm(system, planter);
  const side = await sideOf(system, dependency, async () =>
    stack.mail((await build(system, planter, "e-invoice")).mail),
  );
  const loggedBefore = countEvents(await stack.logs());
  const beganAt = performance.now();
  const heal = await disturb(disturbance, fault, dependency.startsWith("clock") ? "garbage" : "refuse");
  let document = await build(system, planter, carries);
  let answer: MailAnswer;
  const notReady = new Set<string>();
  try {
    await using watch = new ReadinessWatch(system);
    answer = await stack.mail(document.mail);
    for (let mails = 1; dependency.endsWith("_disk") && mails < MAILS_UNTIL_FULL; mails += 1) {
      if (answer.status !== 200 || (await isPostponed(loggedBefore, stack))) break;
      document = await build(system, planter, carries);
      answer = await stack.mail(document.mail);
    }
    await side.during();
    await sleep(Math.max(0, beganAt + lastsMsOf(cell) - performance.now()));
    for (const name of watch.seen) notReady.add(name);
  } finally {
    await heal();
  }
  const healedAt = performance.now();

  const last = answer.status === 200 ? answer : await deliver(system, document);
  const answeredAt = Date.now();
  await deliver(system, await build(system, planter, carries));
  await untilReady(system);
  await side.after();
  const recoveredMs = Math.round(performance.now() - healedAt);
  const documentId = documentIdOf(last);
  const events = await recordOf(databaseUrl, documentId, cell.deferred, RECORD_LIMIT_MS);
  const logs = loggedBetween(loggedBefore, countEvents(await stack.logs()));
  return {
    answer: answer.status,
    body: answer.body,
    documentId,
    events,
    bookedAs: erpLedger.idsOf(document.number),
    sentAfterAnswer: erpLedger.requestsAfter(document.number, answeredAt),
    logs,
    notReady,
    recoveredMs,
    restarted: logs.has("service.ready") || logs.has("service.stopping"),
  };
}

function lastsMsOf({ dependency, fault }: CellToGo): number {
  // What is no answer may be waited for, too.
  if (fault !== "hang" && fault !== "garbage") return LASTS_MS;
  return dependency === "nats" ? BROKER_SILENCE_LASTS_MS : SILENCE_LASTS_MS;
}

async function isPostponed(before: ReadonlyMap<string, number>, { logs }: FaultSystem["stack"]): Promise<boolean> {
  return loggedBetween(before, countEvents(await logs())).has("events.batch_postponed");
}

/** What the cell before has left behind is over before this one begins. */
async function calm(system: FaultSystem, planter: Planter): Promise<void> {
  await deliver(system, await build(system, planter, "e-invoice"));
  await deliver(system, await build(system, planter, "scan"));
  await untilReady(system);
}

/** Sends a mail again until it is accepted, as its sender does. */
async function deliver({ stack }: FaultSystem, { mail }: SentDocument): Promise<MailAnswer> {
  for (const giveUpAt = performance.now() + GIVE_UP_MS; ; await sleep(RETRY_MS)) {
    const answer = await stack.mail(mail);
    if (answer.status === 200) return answer;
    if (performance.now() > giveUpAt) throw new Error(`a mail is still answered ${answer.status}`);
  }
}

async function untilReady(system: FaultSystem): Promise<void> {
  for (const giveUpAt = performance.now() + GIVE_UP_MS; ; await sleep(RETRY_MS)) {
    const names = await notReadyNow(system);
    if (names.length === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`still not ready: ${names.join(", ")}`);
  }
}

async function build({ readings }: FaultSystem, planter: Planter, carries: Carried): Promise<SentDocument> {
  const facts = canaryFacts(planter);
  const number = facts.document_number ?? "";
  const bytes = carries === "scan" ? scannedPdf(planter) : await eInvoicePdf({ number, vendorName: planter.text() });
  readings.teach(sha256Of(bytes), { facts, once: false });
  const messageId = `<${planter.text()}@faults.example>`;
  return {
    number,
    mail: { messageId, subject: planter.text(), documents: [{ filename: `${planter.text()}.pdf`, bytes }] },
  };
}
