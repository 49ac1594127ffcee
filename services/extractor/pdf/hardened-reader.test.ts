import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import { busyPagesPdf } from "@flowstate/local/fixtures/burning-pages.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_THREAD_LIMITS } from "../threads/watch-thread.ts";

// Real: a process that is started like the extractor, whose heaps are marked only when they are collected; the parser thread
// with its default limit of memory.

const run = promisify(execFile);
const MIB = 1024 * 1024;

const READ = `
  const { readFileSync } = process.getBuiltinModule("node:fs");
  const [readerUrl, ghostUrl, path, limits] = process.argv.slice(1);
  const { DocumentReader } = await import(readerUrl);
  const { GhostBytes } = await import(ghostUrl);
  await using reader = await DocumentReader.start({ limits: JSON.parse(limits) });
  using content = GhostBytes.taking(readFileSync(path));
  const reading = await reader.read(content, new AbortController().signal);
  console.log(reading.pageCount, reading.text.state);`;

/** More processor time than a document may take elsewhere: only memory is asked about. */
const LIMITS = { ...DEFAULT_THREAD_LIMITS, cpuMs: 60_000 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowstate-hardened-reader-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function readHardened(pdf: Buffer): Promise<string> {
  const path = join(folder, "document.pdf");
  await writeFile(path, pdf);
  const modules = [join(import.meta.dirname, "document-reader.ts"), import.meta.resolve("@flowstate/ghost")];
  const program = ["--input-type=module", "--eval", READ];
  const { stdout } = await run(
    process.execPath,
    [...HARDENED_NODE_FLAGS, ...program, ...modules, path, JSON.stringify(LIMITS)],
    {
      env: { ...process.env, ...HARDENED_ENVIRONMENT },
    },
  );
  return stdout.trim();
}

describe("a hardened reader", () => {
  it("reads to the end what goes over the limits only with what earlier pages have left", async () => {
    expect(await readHardened(busyPagesPdf(4 * MIB, 10))).toBe("10 absent");
  });
});
