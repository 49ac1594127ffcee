import { endlessStreamsPdf } from "../../../deploy/local/fixtures/burning-pdfs.ts";
import type { Planter } from "../canaries/canary.ts";
import { printedPdf } from "../canaries/canary-documents.ts";
import { hangUpBehind } from "./broken-off.ts";
import { timesSaid, untilWorking } from "./disturb.ts";
import { answered, type ExitPath, NO_ANSWER } from "./exit-path.ts";
import { lost } from "./lost.ts";
import { canaryMail, post } from "./send.ts";
import { until } from "./until.ts";

const CANARIES_BEFORE_BYTES = 100_000;
/** As many as are read in a part of a second. */
const PAGES = 60;

/** What happens while the parser's thread reads, which takes this document longer than its mail has. */
export const PARSING: readonly ExitPath[] = [
  answered("the deadline passes while the document is parsed", 503, "deadline_exceeded", (bench, planter) =>
    post(canaryMail(bench, planter, [burning(planter)])),
  ),
  answered("the deadline passes while the pages are read", 503, "deadline_exceeded", (bench, planter) =>
    post(canaryMail(bench, planter, [printedPdf(planter, PAGES, { isNeverRead: true })])),
  ),
  {
    ...answered("client gone while the document is parsed", 503, undefined, async (bench, planter) => {
      const said = await timesSaid(bench, "deadline_exceeded");
      await hangUpBehind(bench, canaryMail(bench, planter, [burning(planter)]), () => untilWorking(bench));
      // The work goes on without its sender: what it leaves is looked for behind its end.
      await until("the deadline passed", async () => (await timesSaid(bench, "deadline_exceeded")) > said);
      return NO_ANSWER;
    }),
    expects: { status: "none" },
  },
  lost("ingest is killed while the document is parsed", "none", async (bench, planter) => {
    const answer = post(canaryMail(bench, planter, [burning(planter)]));
    await untilWorking(bench);
    await bench.stack.services.ingest.kill();
    return await answer;
  }),
];

/** What stands in comments before its streams is read again and again with them. */
function burning(planter: Planter): Buffer {
  planter.documents += 1;
  const pdf = Buffer.from(endlessStreamsPdf());
  const end = pdf.indexOf("\n") + 1;
  return Buffer.concat([
    pdf.subarray(0, end),
    Buffer.from("% "),
    planter.bytes(CANARIES_BEFORE_BYTES),
    Buffer.from("\n"),
    pdf.subarray(end),
  ]);
}
