import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { forgetLastMatch } from "./collect.ts";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "./hardening.ts";

/* Real: V8, and a hardened process that searches its own memory. */

const run = promisify(execFile);
const COLLECT = join(import.meta.dirname, "collect.ts");

/** Counts how often these letters are in memory that can be written to. They are put together only while it looks. */
const COUNT = `
  const { readFileSync, openSync, readSync } = process.getBuiltinModule("node:fs");
  const { collectBeyond, collectEverything } = await import(process.argv[1]);
  process.getBuiltinModule("node:v8").setFlagsFromString("--zero-unused-memory");
  const letters = () => Array.from({ length: 24 }, (_, each) => String.fromCharCode(97 + (each * 7) % 26));
  const count = () => {
    const memory = openSync("/proc/self/mem", "r");
    const piece = Buffer.alloc(1 << 20);
    const wanted = letters().map((letter) => letter.charCodeAt(0));
    let found = 0;
    for (const [, from, to] of readFileSync("/proc/self/maps", "latin1").matchAll(/^(\\w+)-(\\w+) rw-p 0+ 00:00 0 *$/gm)) {
      for (let at = parseInt(from, 16); at < parseInt(to, 16); at += piece.length) {
        let bytes = 0;
        try { bytes = readSync(memory, piece, 0, Math.min(piece.length, parseInt(to, 16) - at), at); } catch {}
        for (let start = piece.indexOf(wanted[0]); start >= 0 && start < bytes; start = piece.indexOf(wanted[0], start + 1)) {
          if (wanted.every((byte, offset) => piece[start + offset] === byte)) found += 1;
        }
      }
    }
    return found;
  };
  // What was collected is swept by other threads, which a busy machine keeps waiting.
  const left = async () => {
    for (let look = 0; look < 20 && count() > 0; look += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    return count();
  };`;

/** Lets a regular expression find something in a text that nothing else holds, then collects. */
const MATCHED = `${COUNT}
  (() => /zz/.exec(letters().join("") + " and zz, at length"))();
  await new Promise((resolve) => setTimeout(resolve, 10));
  if (process.argv[2] === "plainly") globalThis.gc({ type: "major", execution: "sync", flavor: "last-resort" });
  else collectEverything();
  console.log(await left());`;

/** Lets a thousand texts grow old between others that stay, then collects without them. */
const GROWN_OLD = `${COUNT}
  const kept = [];
  let texts = [];
  for (let each = 0; each < 1_000; each += 1) {
    texts.push([letters().join("") + each]);
    kept.push(["kept " + each]);
  }
  for (let each = 0; each < 3; each += 1) globalThis.gc({ type: "minor", execution: "sync" });
  texts = [];
  if (process.argv[2] === "an ordinary one") globalThis.gc({ type: "major", execution: "sync" });
  else if (process.argv[2].startsWith("beyond")) collectBeyond(Number(process.argv[2].split(" ")[1]));
  else collectEverything();
  console.log(await left(), kept.length);`;

/** Collects beyond a megabyte, beside thirty that live, and then as it was told to. */
const KEPT = `
  const { collectBeyond } = await import(process.argv[1]);
  process.getBuiltinModule("node:v8").setFlagsFromString("--trace-gc");
  const kept = Array.from({ length: 2_000 }, (_, each) => new Array(2_000).fill(each));
  const next = collectBeyond(1_000_000);
  console.log(collectBeyond(next) === next, next > kept.length * 2_000 * 8 * 1.5);`;

/** Has V8 begin to mark by what else lies in the old generation, unless it marks only when it collects. */
const FILLED = `
  const others = [];
  for (let each = 0; each < Number(process.argv[3]) * 8; each += 1) {
    others.push(new Array(16_384).fill(each));
    if (each % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  texts = [];`;

interface Surroundings {
  /** KiB, or `unlimited`. */
  readonly addressSpace?: string;
  readonly flags?: readonly string[];
  /** Of what else lives, for `FILLED`. */
  readonly megabytes?: number;
}

/** What a hardened process prints that runs a program. */
async function printed(
  program: string,
  how: string,
  { addressSpace = "unlimited", flags = [], megabytes = 0 }: Surroundings = {},
): Promise<string> {
  const all = [...HARDENED_NODE_FLAGS, ...flags, "--input-type=module", "--eval", program];
  const limited = ["-c", 'ulimit -v "$0"; exec "$@"', addressSpace, process.execPath];
  const { stdout } = await run("/bin/sh", [...limited, ...all, COLLECT, how, String(megabytes)], {
    env: { ...process.env, ...HARDENED_ENVIRONMENT },
  });
  return stdout;
}

describe.skipIf(process.platform !== "linux")("the last text in which a regular expression found something", () => {
  it.each([
    ["plainly", false],
    ["collectEverything", true],
  ])("is gone after a collection by %s: %s", async (how, isGone) => {
    expect(Number(await printed(MATCHED, how)) === 0).toBe(isGone);
  });

  it("is an empty one afterwards", () => {
    /name/.exec("a name");
    forgetLastMatch();
    expect(Reflect.get(RegExp, "input")).toBe("");
  });
});

describe.skipIf(process.platform !== "linux")("texts that grew old between others that stay", () => {
  it.each([
    ["an ordinary one", false],
    ["beyond 1000000 bytes", true],
    ["beyond 1000000000 bytes", false],
    ["collectEverything", true],
  ])("are gone after a collection, %s: %s", async (how, isGone) => {
    const [found, kept] = (await printed(GROWN_OLD, how)).split(" ").map(Number);
    expect(kept).toBe(1_000);
    expect(found === 0).toBe(isGone);
  });

  it("are gone where the address space has no room for what makes V8 reduce memory", async () => {
    expect(await printed(GROWN_OLD, "collectEverything", { addressSpace: "2000000" })).toBe("0 1000\n");
  });

  const filled = GROWN_OLD.replace("\n  texts = [];", FILLED);
  const early = ["--initial-old-space-size=32"];

  it.each([20, 40])("are gone though %d megabytes would have V8 marking already", async (megabytes) => {
    expect(await printed(filled, "collectEverything", { megabytes, flags: early })).toBe("0 1000\n");
  });

  it("are found again where V8 marks before it collects", async () => {
    const begun = { megabytes: 20, flags: [...early, "--incremental-marking"] };
    // It may take more than one try to meet it while it marks.
    const found = async () => Number.parseInt(await printed(filled, "collectEverything", begun), 10);
    await expect.poll(found, { interval: 0, timeout: 25_000 }).toBeGreaterThan(0);
  });

  it("are not collected again while most of the heap is what stays", async () => {
    const said = await printed(KEPT, "beyond");
    expect(said).toContain("true true");
    expect(said.match(/Mark-Compact \(reduce\)/g)).toHaveLength(1);
  });

  it("are collected by marking the heap once", async () => {
    const traced = `process.getBuiltinModule("node:v8").setFlagsFromString("--trace-gc"); ${GROWN_OLD}`;
    expect((await printed(traced, "collectEverything")).match(/Mark-Compact \(reduce\)/g)).toHaveLength(1);
  });
});
