import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "../bench/bench.ts";
import type { Planter } from "../canaries/canary.ts";
import { canaryFacts, scannedPdf } from "../canaries/canary-documents.ts";
import { AFTER_ABORT_MS, type Answered, answered, type ExitPath, NO_ANSWER } from "./exit-path.ts";
import { canaryMail, post } from "./send.ts";

const MIB = 1024 * 1024;
const POLL_MS = 10;
const FOREVER_MS = 600_000;
/** Of 19 MiB each, ingest's memory holds so many and no more. */
const HOLDING_MAILS = 10;

/** Parts that vanish, stall, are full or stop while a document is with them. */
export const LOST: readonly ExitPath[] = [
  lost("the extractor is killed while it reads", 503, async (bench, planter) =>
    whileModelThinks(bench, planter, async () => {
      await bench.stack.services.extractor.kill();
      return undefined;
    }),
  ),
  lost("the ERP's pusher is killed while it delivers", 503, async (bench, planter) =>
    whileErpThinks(bench, planter, async () => {
      await bench.stack.services["erp-pusher"].kill();
      return undefined;
    }),
  ),
  lost("ingest is killed while it waits", "none", async (bench, planter) =>
    whileModelThinks(bench, planter, async () => {
      await bench.stack.services.ingest.kill();
      return undefined;
    }),
  ),
  lost("the extractor stalls", 503, async (bench, planter) =>
    whileModelThinks(bench, planter, async () => {
      const { pid } = bench.stack.services.extractor;
      process.kill(pid, "SIGSTOP");
      return () => process.kill(pid, "SIGCONT");
    }),
  ),
  lost("the broker is killed", 503, async (bench, planter) =>
    whileModelThinks(bench, planter, async () => {
      await bench.stack.broker.kill();
      return undefined;
    }),
  ),
  stopped("extractor", "while it reads", 200, (bench, planter, stop) => whileModelThinks(bench, planter, stop, 300)),
  stopped("erp-pusher", "while it delivers", 200, (bench, planter, stop) => whileErpThinks(bench, planter, stop, 300)),
  stopped("ingest", "while it waits", 200, (bench, planter, stop) => whileModelThinks(bench, planter, stop, 300)),
  answered("the extractor is full", 503, undefined, async (bench, planter) => {
    bench.gemini.script(...[1, 2, 3, 4].map(() => ({ delayHeaders: FOREVER_MS })));
    const mails = [1, 2, 3].map(() => post(canaryMail(bench, planter, [scannedPdf(planter, 15 * MIB)])));
    const answers = await Promise.all(mails);
    bench.gemini.behave();
    return answers.find(({ status }) => status === 503) ?? NO_ANSWER;
  }),
  answered("ingest is full", 503, undefined, async (bench, planter) => {
    const held = Promise.withResolvers<void>();
    const begun = Array.from({ length: HOLDING_MAILS }, () => Promise.withResolvers<void>());
    const holding = begun.map(({ resolve }) =>
      post({
        ...canaryMail(bench, planter, [scannedPdf(planter, 19 * MIB)]),
        upload: {
          pieceBytes: 15 * MIB,
          beforePiece: async (offset) => {
            if (offset === 0) return;
            resolve();
            await held.promise;
          },
        },
      }),
    );
    await Promise.all(begun.map(({ promise }) => promise));
    const refused = await post(canaryMail(bench, planter, [scannedPdf(planter, 19 * MIB)]));
    held.resolve();
    await Promise.all(holding);
    return refused;
  }),
];

function lost(
  name: string,
  status: number | "none",
  run: (bench: Bench, planter: Planter) => Promise<Answered>,
): ExitPath {
  return {
    name,
    expects: { status },
    graceMs: AFTER_ABORT_MS,
    run,
    async mend(bench, planter) {
      bench.gemini.behave();
      bench.stack.erp.behave();
      const { services, broker } = bench.stack;
      for (const part of [broker, ...Object.values(services)]) if (!isRunning(part.pid)) await part.restart();
      await settled(bench, planter);
    },
  };
}

/** A service that is asked to stop finishes what it holds, and is gone; the next one begins clean. */
function stopped(
  service: "ingest" | "extractor" | "erp-pusher",
  when: string,
  status: number,
  run: (bench: Bench, planter: Planter, stop: () => Promise<undefined>) => Promise<Answered>,
): ExitPath {
  let stopping: Promise<void> | undefined;
  return {
    name: `${service} is stopped ${when}`,
    expects: { status },
    graceMs: AFTER_ABORT_MS,
    run: async (bench, planter) => {
      const answer = await run(bench, planter, async () => {
        stopping = bench.stack.services[service].stop();
        return undefined;
      });
      await stopping;
      return answer;
    },
    async mend(bench, planter) {
      await bench.stack.services[service].restart();
      await settled(bench, planter);
    },
  };
}

type Disturb = () => Promise<(() => void) | undefined>;

/** Does something while the model is asked about a document; it answers after `thenMs`, or never. */
async function whileModelThinks(
  bench: Bench,
  planter: Planter,
  disturb: Disturb,
  thenMs = FOREVER_MS,
): Promise<Answered> {
  const asked = bench.gemini.attempts;
  const hold = { delayHeaders: thenMs, facts: canaryFacts(planter) };
  bench.gemini.script(...(thenMs === FOREVER_MS ? [hold, hold, hold, hold] : [hold]));
  const answer = post(canaryMail(bench, planter, [scannedPdf(planter, MIB)]));
  while (bench.gemini.attempts === asked) await sleep(POLL_MS);
  const after = await disturb();
  const answered = await answer;
  after?.();
  return answered;
}

async function whileErpThinks(
  bench: Bench,
  planter: Planter,
  disturb: Disturb,
  thenMs = FOREVER_MS,
): Promise<Answered> {
  const asked = bench.stack.erp.attempts;
  bench.stack.erp.scriptAlways({ delayHeaders: thenMs });
  const answer = post(canaryMail(bench, planter, [scannedPdf(planter, MIB)]));
  while (bench.stack.erp.attempts === asked) await sleep(POLL_MS);
  await disturb();
  const answered = await answer;
  bench.stack.erp.behave();
  return answered;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const SETTLE_ATTEMPTS = 40;
const SETTLE_PAUSE_MS = 250;

/** Mails until one is delivered: every part has found every other again. */
async function settled(bench: Bench, planter: Planter): Promise<void> {
  for (let attempt = 0; attempt < SETTLE_ATTEMPTS; attempt += 1) {
    if ((await post(canaryMail(bench, planter))).status === 200) return;
    await sleep(SETTLE_PAUSE_MS);
  }
  throw new Error("the system does not recover");
}
