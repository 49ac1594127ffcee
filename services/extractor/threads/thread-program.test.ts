import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { describe, expect, it, onTestFinished } from "vitest";
import { ContainedThread } from "./contained-thread.ts";
import { type ThreadProgram, threadProgram } from "./thread-program.ts";

// Real: everything. The program is the one that finishes documents: it imports packages, and nothing is asked of it here.

const ENTRY = new URL("../finishing/finish-worker.ts", import.meta.url);

describe("threadProgram", () => {
  it("holds every module, and what each imports", async () => {
    const { entry, modules } = await threadProgram(ENTRY);
    const urls = new Set(modules.map(({ url }) => url));
    expect(urls).toContain(entry);
    for (const { url, imports } of modules) {
      expect(existsSync(fileURLToPath(url))).toBe(true);
      for (const imported of Object.values(imports)) {
        expect(imported.startsWith("node:") || urls.has(imported)).toBe(true);
      }
    }
  });

  it("is compiled once", async () => {
    expect(await threadProgram(ENTRY)).toBe(await threadProgram(ENTRY));
  });

  it("puts off what pdf.js does when it is loaded, and hardly any document needs", async () => {
    const { modules, bytes } = await threadProgram(new URL("../pdf/parser-worker.ts", import.meta.url));
    const source = modules.find(({ url }) => url.endsWith("/pdfjs.mjs"))?.source ?? [0, 0];
    const calls = new TextDecoder()
      .decode(bytes.subarray(...source))
      .match(/..\([\w$]+=makeBrotliDecode\(\)|=makeBrotliDecode\(\);/g);
    expect(calls).toEqual([expect.stringMatching(/^=>\(/)]);
  });

  it("rejects when there is no such module", async () => {
    await expect(threadProgram(new URL("./absent.ts", import.meta.url))).rejects.toThrow("ENOENT");
  });
});

describe("a thread that is handed a program", () => {
  it("runs it", async () => {
    const thread = new ContainedThread(await threadProgram(ENTRY));
    await expect(thread.ready()).resolves.toBeUndefined();
    await thread.terminate();
  });

  it("is not ready when V8 refuses the code", async () => {
    const program = await threadProgram(ENTRY);
    const bytes = program.bytes.slice();
    for (const { code } of program.modules) bytes.fill(0, ...code);
    const thread = new ContainedThread({ ...program, bytes });
    await expect(thread.ready()).rejects.toThrow("before it was ready");
  });

  it("is not ready when a module is missing: no thread looks for one on the disk", async () => {
    const program = await threadProgram(ENTRY);
    const thread = new ContainedThread({
      ...program,
      modules: program.modules.filter(({ url }) => url === program.entry),
    });
    await expect(thread.ready()).rejects.toThrow("before it was ready");
  });
});

/** Says that it is ready. */
const READY = 'import { parentPort } from "node:worker_threads"; parentPort.postMessage("ready");';

describe("a program that imports of Node's", () => {
  it("what programs need is ready", async () => {
    await expect(new ContainedThread(await programOf(READY)).ready()).resolves.toBeUndefined();
  });

  it("is not waited for by a caller that goes away, before or meanwhile", async () => {
    const thread = new ContainedThread(await programOf('import "node:worker_threads"; setInterval(() => {}, 1_000);'));
    onTestFinished(() => thread.terminate());
    await expect(thread.ready(AbortSignal.abort())).resolves.toBeUndefined();
    await expect(thread.ready(AbortSignal.timeout(20))).resolves.toBeUndefined();
    expect(thread.alive).toBe(true);
  });

  it.each([
    ["what no program needs", 'import "node:fs";'],
    ["what starts threads that may import anything", 'import { Worker } from "node:worker_threads";'],
  ])("%s is not ready", async (_what, imports) => {
    const program = await programOf(`${imports} ${READY}`);
    await expect(new ContainedThread(program).ready()).rejects.toThrow("before it was ready");
  });
});

async function programOf(source: string): Promise<ThreadProgram> {
  const folder = temporaryFolder(join(tmpdir(), "flowstate-thread-program-"));
  onTestFinished(() => removeNow(folder));
  const path = join(folder, "program.mjs");
  writeFileSync(path, source);
  return await threadProgram(pathToFileURL(path));
}
