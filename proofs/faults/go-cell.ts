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
import type { SeenCell, SeenDocument } from "./seen.ts";
import type { FaultSystem } from "./system/fault-system.ts";
import { type Carried, type Dependency, type Fault, RECORDED_WITHIN_MS } from "./table/cell.ts";

const POLL_MS = 250;
/** Beyond every bound of the table. */
const GIVE_UP_MS = 90_000;
/** Beyond the bound. */
const RECORD_LIMIT_MS = RECORDED_WITHIN_MS + 10_000;
/** Not every mail meets what is away now and then, or has some room left: it is met by one of so many. */
const MAILS_UNTIL_MET = 15;
/** So soon a mail has met what it meets, though audit meets it after the answer only. */
const MEETS_WITHIN_MS = 1_000;
/** Beyond the longest pause of whoever goes to a dependency of its own accord: a collector, every five seconds. */
const MEETING_LIMIT_MS = 30_000;
/** Mails have nothing to do with these: more of them would not meet the fault sooner. */
const BESIDE_MAILS: ReadonlySet<Dependency> = new Set(["slack", "otlp"]);

export interface CellToGo {
  readonly dependency: Dependency;
  readonly fault: Fault;
  readonly carries: Carried;
  /** How long the fault lasts at least, milliseconds. */
  readonly lastsMs: number;
  /** Codes of deferrals that are to be on record. */
  readonly deferred: readonly string[];
}

interface BuiltMail {
  readonly number: string;
  readonly mail: Parameters<FaultSystem["stack"]["mail"]>[0];
}

interface SentMail extends BuiltMail {
  /** The last one, and when it came: milliseconds since 1970. */
  readonly answer: MailAnswer;
  readonly answeredAt: number;
}

/** Has one dependency fail in one way while mails come, ends that, and sees what everybody knows afterwards. */
export async function goCell(system: FaultSystem, cell: CellToGo, planter: Planter): Promise<SeenCell> {
  const { dependency, fault, carries } = cell;
  const disturbance = system.disturbances[dependency];
  if (disturbance === undefined) throw new Error("this machine cannot have it fail");
  const { stack } = system;
  await calm(system, planter);
  const side = await sideOf(system, dependency, async () =>
    stack.mail((await build(system, planter, "e-invoice")).mail),
  );
  const loggedBefore = countEvents(await stack.logs());
  const metBefore = await disturbance.met();
  const timesMet = async () => (await disturbance.met()) - metBefore;
  const isMet = async () => (await timesMet()) > 0;
  const beganAt = performance.now();
  const heal = await disturb(disturbance, fault, dependency.startsWith("clock") ? "garbage" : "refuse");
  const notReady = new Set<string>();
  const accepted: SentMail[] = [];
  let last: SentMail;
  let met: number;
  try {
    await using watch = new ReadinessWatch(system);
    for (;;) {
      last = await send(system, await build(system, planter, carries));
      if (last.answer.status !== 200 || accepted.length + 1 === MAILS_UNTIL_MET) break;
      if (BESIDE_MAILS.has(dependency) || (await comesTrue(isMet, MEETS_WITHIN_MS))) break;
      accepted.push(last);
    }
    await side.during(isMet);
    await comesTrue(isMet, MEETING_LIMIT_MS);
    await sleep(Math.max(0, beganAt + cell.lastsMs - performance.now()));
    met = await timesMet();
    for (const name of watch.seen) notReady.add(name);
  } finally {
    await heal();
  }
  const healedAt = performance.now();

  const delivered = last.answer.status === 200 ? last : await deliver(system, last);
  const after = await deliver(system, await build(system, planter, carries));
  await untilReady(system);
  await side.after();
  const recoveredMs = Math.round(performance.now() - healedAt);
  const [document, ...others] = await Promise.all([
    seeDocument(system, delivered, cell.deferred),
    ...[...accepted, after].map((mail) => seeDocument(system, mail, [])),
  ]);
  const recordedAt = Math.max(...[document, ...others].map(({ completeAt }) => completeAt));
  const logs = loggedBetween(loggedBefore, countEvents(await stack.logs()));
  return {
    answer: last.answer.status,
    body: last.answer.body,
    retryAfter: last.answer.headers["retry-after"],
    document,
    others,
    met,
    logs,
    notReady,
    recoveredMs,
    recordedMs: Math.round(recordedAt - healedAt),
    restarted: logs.has("service.ready") || logs.has("service.stopping"),
  };
}

/** What ERP and record know of a mail that was accepted, once the record is complete. */
async function seeDocument(
  { databaseUrl, erpLedger }: FaultSystem,
  { number, answer, answeredAt }: SentMail,
  deferred: readonly string[],
): Promise<SeenDocument> {
  const documentId = documentIdOf(answer);
  const { events, completeAt } = await recordOf(databaseUrl, documentId, deferred, RECORD_LIMIT_MS);
  return {
    documentId,
    events,
    completeAt,
    bookedAs: erpLedger.idsOf(number),
    sentAfterAnswer: erpLedger.requestsAfter(number, answeredAt),
  };
}

/** What the cell before has left behind is over before this one begins. */
async function calm(system: FaultSystem, planter: Planter): Promise<void> {
  await deliver(system, await build(system, planter, "e-invoice"));
  await deliver(system, await build(system, planter, "scan"));
  await untilReady(system);
}

async function send({ stack }: FaultSystem, mail: BuiltMail): Promise<SentMail> {
  const answer = await stack.mail(mail.mail);
  return { ...mail, answer, answeredAt: Date.now() };
}

/** Sends a mail again until it is accepted, as its sender does. */
async function deliver(system: FaultSystem, mail: BuiltMail): Promise<SentMail> {
  for (const giveUpAt = performance.now() + GIVE_UP_MS; ; await sleep(POLL_MS)) {
    const sent = await send(system, mail);
    if (sent.answer.status === 200) return sent;
    if (performance.now() > giveUpAt) throw new Error(`a mail is still answered ${sent.answer.status}`);
  }
}

async function untilReady(system: FaultSystem): Promise<void> {
  for (const giveUpAt = performance.now() + GIVE_UP_MS; ; await sleep(POLL_MS)) {
    const names = await notReadyNow(system);
    if (names.length === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`still not ready: ${names.join(", ")}`);
  }
}

/** Whether it comes true within the time. */
async function comesTrue(holds: () => Promise<boolean>, limitMs: number): Promise<boolean> {
  for (const giveUpAt = performance.now() + limitMs; ; await sleep(POLL_MS)) {
    if (await holds()) return true;
    if (performance.now() > giveUpAt) return false;
  }
}

async function build({ readings }: FaultSystem, planter: Planter, carries: Carried): Promise<BuiltMail> {
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
