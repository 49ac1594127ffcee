import type { Bench } from "../bench/bench.ts";
import type { Planter } from "../canaries/canary.ts";
import { scannedPdf } from "../canaries/canary-documents.ts";
import { isRunning, settled, whileErpThinks, whileModelThinks, whileTransferred } from "./disturb.ts";
import { AFTER_ABORT_MS, type Answered, answered, type ExitPath, NO_ANSWER } from "./exit-path.ts";
import { canaryMail, post } from "./send.ts";

const MIB = 1024 * 1024;
const FOREVER_MS = 600_000;
/** Of 19 MiB each, ingest's memory holds so many and no more. */
const HOLDING_MAILS = 10;

/** Parts that vanish, stall or are full while a document is with them. */
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
  lost("a transfer stalls half way", 503, async (bench, planter) => {
    const { pid } = bench.stack.services.extractor;
    return await whileTransferred(bench, planter, async () => () => process.kill(pid, "SIGCONT"));
  }),
  answered("the extractor is full", 503, "busy", async (bench, planter) => {
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

export function lost(
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
