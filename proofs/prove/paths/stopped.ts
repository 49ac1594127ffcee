import type { Bench } from "../bench/bench.ts";
import type { Planter } from "../canaries/canary.ts";
import { canaryFacts, scannedPdf } from "../canaries/canary-documents.ts";
import { bytesReadBy, settled, whileErpThinks, whileModelThinks, whileTransferred } from "./disturb.ts";
import { AFTER_ANSWER_MS, type Answered, type ExitPath } from "./exit-path.ts";
import { ask, canaryMail, post } from "./send.ts";
import { until, untilAsked } from "./until.ts";

const MIB = 1024 * 1024;
const HALF_BYTES = MIB / 2;
/** What is under way answers well within the grace of a service that stops. */
const THINKS_MS = 300;
/** One that has less. */
const SHORT_GRACE_MS = 500;

/** Services that are asked to stop while a document is with them. */
export const STOPPED: readonly ExitPath[] = [
  stopped("extractor", "while it receives", 200, async (bench, planter, stop) => {
    const { pid } = bench.stack.services.extractor;
    return await whileTransferred(bench, planter, async () => {
      await stop();
      process.kill(pid, "SIGCONT");
      return undefined;
    });
  }),
  stopped("extractor", "while it reads", 200, (bench, planter, stop) =>
    whileModelThinks(bench, planter, stop, THINKS_MS),
  ),
  stopped("erp-pusher", "while it delivers", 200, (bench, planter, stop) =>
    whileErpThinks(bench, planter, stop, THINKS_MS),
  ),
  stopped("ingest", "while it receives", 200, (bench, planter, stop) => {
    const { pid } = bench.stack.services.ingest;
    const readBefore = bytesReadBy(pid);
    return post({
      ...canaryMail(bench, planter, [scannedPdf(planter, MIB)]),
      upload: {
        pieceBytes: HALF_BYTES,
        beforePiece: async (offset) => {
          if (offset !== HALF_BYTES) return;
          // A mail that it has not begun to read when it is stopped is refused, and comes again.
          await until("ingest read half of a mail", () => bytesReadBy(pid) - readBefore >= HALF_BYTES);
          await stop();
        },
      },
    });
  }),
  stopped("ingest", "while it waits", 200, (bench, planter, stop) => whileModelThinks(bench, planter, stop, THINKS_MS)),
  stopped("ingest", "while the ERP is waited for", 200, (bench, planter, stop) =>
    whileErpThinks(bench, planter, stop, THINKS_MS),
  ),
  stopped("ingest", "while an upload waits for its extraction", 200, async (bench, planter, stop) => {
    const thought = Promise.withResolvers<void>();
    const asked = bench.gemini.attempts;
    bench.gemini.script({ delayHeaders: thought.promise, facts: canaryFacts(planter) });
    const answer = ask(bench, {
      path: "/api/documents?deliver=response",
      headers: { "content-type": "application/pdf", "x-api-key": bench.stack.settings.apiKey },
      body: scannedPdf(planter),
    });
    await untilAsked(bench.gemini, asked);
    await stop();
    thought.resolve();
    return { ...(await answer), isCallersOwn: true };
  }),
  stopped(
    "ingest",
    "for longer than it has",
    503,
    async (bench, planter, stop) => {
      await bench.restart("ingest", { STOP_GRACE_MS: String(SHORT_GRACE_MS) });
      return await whileModelThinks(bench, planter, stop);
    },
    "shutting_down",
  ),
];

/** A service that is asked to stop finishes what it holds, and is gone; the next one begins clean. */
function stopped(
  service: "ingest" | "extractor" | "erp-pusher",
  when: string,
  status: number,
  run: (bench: Bench, planter: Planter, stop: () => Promise<undefined>) => Promise<Answered>,
  says?: string,
): ExitPath {
  return {
    name: `${service} is stopped ${when}`,
    expects: { status, ...(says !== undefined && { says }) },
    graceMs: AFTER_ANSWER_MS,
    run: async (bench, planter) => {
      let stopping: Promise<void> | undefined;
      const answer = await run(bench, planter, async () => {
        stopping = bench.stack.services[service].stop();
        return undefined;
      });
      await stopping;
      return answer;
    },
    async mend(bench, planter) {
      bench.gemini.behave();
      await bench.stack.services[service].restart();
      await settled(bench, planter);
    },
  };
}
