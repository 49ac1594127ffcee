import { type DocumentId, documentIdSchema } from "@flowstate/contracts";
import type { MailFate, SendGrid } from "@flowstate/local/doubles/sendgrid.ts";
import { z } from "zod";
import { Planter } from "../prove/canaries/canary.ts";
import { buildCrashMail, type CrashMail, sha256Of } from "./plan/build-mail.ts";
import type { PlannedRun } from "./plan/plan-run.ts";
import type { CrashSystem, Target } from "./system/crash-system.ts";
import { layAmbush, strike, targetsOf } from "./system/strike.ts";
import type { EndedDocument } from "./truth/check-documents.ts";

/** A run whose victims are up again, while its mails may still be waiting in the sender's queue. */
export interface StruckRun {
  readonly run: PlannedRun;
  /** Whether the moment came at which it was to strike. */
  readonly reached: boolean;
  /** The names of the processes that it struck. */
  readonly struck: readonly string[];
  /** Settles when every mail has left the queue. */
  readonly ended: Promise<readonly EndedDocument[]>;
}

const answerSchema = z.object({ documents: z.array(z.object({ document_id: documentIdSchema })) });

export interface RunSurroundings {
  readonly system: CrashSystem;
  readonly sendgrid: SendGrid;
  /** What the canaries of the system's runs begin with. */
  readonly mark: string;
  /** Told whom the run is about to strike; waited for. */
  beforeStrike(targets: readonly Target[]): Promise<void>;
  /** Told whom it has stopped and lets go on now. */
  afterPause(targets: readonly Target[]): void;
}

/** Sends the mails of a run and strikes in the middle of them. */
export async function goRun(
  run: PlannedRun,
  { system, sendgrid, mark, beforeStrike, afterPause }: RunSurroundings,
): Promise<StruckRun> {
  const planter = new Planter(mark, run.number);
  const mails: CrashMail[] = [];
  for (const [index, planned] of run.mails.entries()) {
    const messageId = `<${run.number}.${index}.${mark}@crash.example>`;
    mails.push(await buildCrashMail(planned, { planter, messageId, to: system.stack.settings.tenantAddress }));
  }
  for (const { documents } of mails)
    for (const { bytes, reading } of documents)
      if (reading !== undefined) system.readings.teach(sha256Of(bytes), reading);

  await using ambush = await layAmbush(system, run.when);
  const sending = mails.map(async (mail, index) => {
    const fate = await sendgrid.send(mail.mail);
    const answeredAt = Date.now();
    // What was accepted once is accepted again, and names the same documents.
    const isSentAgain = run.mails[index]?.again === true && fate.fate === "accepted";
    const last = isSentAgain ? await sendgrid.send(mail.mail) : fate;
    return documentsOf(mail, { first: fate, last, answeredAt });
  });
  const ended = Promise.all(sending).then((each) => each.flat());
  const reached = await ambush.reached;
  const targets = targetsOf(system, run, ambush.caught());
  await beforeStrike(targets);
  const over = system.strikes.begin(
    targets.map(({ victim }) => victim),
    { isErpSilent: run.when.kind === "pushed" },
  );
  await strike(system, run, targets, ambush.caught());
  if (run.pauseMs !== undefined) afterPause(targets);
  over();
  return { run, reached, struck: targets.map(({ name }) => name), ended };
}

/** What a mail's sender was told, and when first: milliseconds since 1970. */
interface Told {
  readonly first: MailFate;
  /** The first one, unless the mail was sent again. */
  readonly last: MailFate;
  readonly answeredAt: number;
}

function documentsOf({ documents }: CrashMail, { first, last, answeredAt }: Told): EndedDocument[] {
  const [firstIds, ids] = [idsIn(first), idsIn(last)];
  return documents.map(({ number, mayEnd }, index) => ({
    number,
    mayEnd,
    fate: last.fate,
    answeredAt,
    documentId: ids[index],
    firstDocumentId: firstIds[index],
  }));
}

/** Of the documents that an answer names, in the order of the mail's. */
function idsIn({ body }: MailFate): readonly DocumentId[] {
  const answer = answerSchema.safeParse(body);
  return answer.success ? answer.data.documents.map(({ document_id }) => document_id) : [];
}
