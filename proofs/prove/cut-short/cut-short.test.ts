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
import { HARDENED } from "../measures/measures.ts";
import { Searcher } from "../search/searcher.ts";

const PATH = 1;
/** As many as are read in a second. */
const PAGES = 60;
/** Of a machine that is busy with other suites. */
const LIMIT_MS = 120_000;
/** A thread that ends by itself ends with what it held. */
const WITHOUT_CLEARING = `--import=${join(import.meta.dirname, "../measures/without-thread-clearing.ts")}`;

it.runIf(process.platform === "linux").each<[string, string, boolean, readonly string[], readonly string[]]>([
  ["a document that is given up while its pages are read", "stopped", true, [], []],
  ["a document whose thread did not clear its heap", "opened", false, ["--to-its-end"], [WITHOUT_CLEARING]],
])(
  "leaves nothing of %s",
  async (_which, result, isNeverRead, options, flags) => {
    const mark = newMark();
    await using searcher = new Searcher(mark);
    const folder = temporaryFolder(join(tmpdir(), "flowstate-cut-short-"));
    onTestFinished(() => removeNow(folder));
    const path = join(folder, "document.pdf");
    await writeFile(path, printedPdf(new Planter(mark, PATH), isNeverRead ? PAGES : 1, { isNeverRead }));
    const child = fork(join(import.meta.dirname, "read-and-give-up.ts"), [path, ...options], {
      execArgv: [...HARDENED.nodeFlags, ...flags],
      env: { ...process.env, ...HARDENED.environment },
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    expect(await once(child, "message")).toEqual([result, undefined]);
    const { hits, searchedBytes, samples } = await searcher.search({ pid: child.pid ?? 0 });
    expect({ hits, samples }).toEqual({ hits: 0, samples: [] });
    expect(searchedBytes).toBeGreaterThan(1_000_000);
  },
  LIMIT_MS,
);
