// Real: the extractor's reader and its threads in a hardened process of their own, and that process's memory. No model, no broker.
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { expect, it, onTestFinished } from "vitest";
import { newMark, Planter } from "../canaries/canary.ts";
import { printedPdf } from "../canaries/canary-documents.ts";
import { HARDENED } from "../counterproof/measures/measures.ts";
import { Searcher } from "../search/searcher.ts";

const PATH = 1;
/** As many as are read in a second. */
const PAGES = 60;
/** Of a machine that is busy with other suites. */
const LIMIT_MS = 120_000;

it.runIf(process.platform === "linux")(
  "leaves nothing of a document that is given up while its pages are read",
  async () => {
    const mark = newMark();
    await using searcher = new Searcher(mark);
    const folder = temporaryFolder(join(tmpdir(), "flowstate-cut-short-"));
    onTestFinished(() => removeNow(folder));
    const path = join(folder, "document.pdf");
    await writeFile(path, printedPdf(new Planter(mark, PATH), PAGES, { isNeverRead: true }));
    const child = fork(join(import.meta.dirname, "read-and-give-up.ts"), [path], {
      execArgv: [...HARDENED.nodeFlags],
      env: { ...process.env, ...HARDENED.environment },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    expect(await once(child, "message")).toEqual(["stopped", undefined]);
    const { hits, searchedBytes, samples } = await searcher.search({ pid: child.pid ?? 0 });
    expect({ hits, samples }).toEqual({ hits: 0, samples: [] });
    expect(searchedBytes).toBeGreaterThan(1_000_000);
  },
  LIMIT_MS,
);
