import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { forgetLastMatch } from "./collect.ts";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "./hardening.ts";

/* Real: V8, and a hardened process that searches its own memory. */

const run = promisify(execFile);
const COLLECT = join(import.meta.dirname, "collect.ts");

/**
 * Lets a regular expression find something in a text that nothing else holds, then collects, and counts how often the text is in
 * memory. What it looks for is put together only while it looks, and the text from single characters.
 */
const PROGRAM = `
  const { readFileSync, openSync, readSync } = process.getBuiltinModule("node:fs");
  const { collectEverything } = await import(process.argv[1]);
  process.getBuiltinModule("node:v8").setFlagsFromString("--zero-unused-memory");
  const letters = () => Array.from({ length: 24 }, (_, each) => String.fromCharCode(97 + (each * 7) % 26));
  (() => /zz/.exec(letters().join("") + " and zz, at length"))();
  await new Promise((resolve) => setTimeout(resolve, 10));
  if (process.argv[2] === "plainly") globalThis.gc({ type: "major", execution: "sync", flavor: "last-resort" });
  else collectEverything();
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
  console.log(found);`;

describe.skipIf(process.platform !== "linux")("the last text in which a regular expression found something", () => {
  it.each([
    ["plainly", false],
    ["collectEverything", true],
  ])("is gone after a collection by %s: %s", async (how, isGone) => {
    const flags = [...HARDENED_NODE_FLAGS, "--input-type=module", "--eval", PROGRAM];
    const env = { ...process.env, ...HARDENED_ENVIRONMENT };
    const { stdout } = await run(process.execPath, [...flags, COLLECT, how], { env });
    expect(Number(stdout) === 0).toBe(isGone);
  });

  it("is an empty one afterwards", () => {
    /name/.exec("a name");
    forgetLastMatch();
    expect(Reflect.get(RegExp, "input")).toBe("");
  });
});
