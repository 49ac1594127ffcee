// Real: other processes, their memory, files. Nothing is doubled.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, realpathSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { CANARY_BYTES, newMark, Planter } from "../canaries/canary.ts";
import { mappedFiles, withChildren } from "./process-memory.ts";
import { Searcher } from "./searcher.ts";

const PATH = 4_711;
const onLinux = process.platform === "linux";

/** Keeps what it is told, as bytes, and says so. */
const KEEPER = `
  const kept = [];
  process.stdin.on("data", (bytes) => { kept.push(Buffer.from(bytes)); process.stdout.write("kept"); });
  process.stdout.write("ready");
`;

/** Fills a mapping of its own with what it is told, and takes the right to read it from itself: mprotect(2) of x86-64. */
const HIDER = `
  my $kept = $ARGV[0] x 100_000;
  my $from = (unpack("Q", pack("P", $kept)) + 4095) & ~4095;
  $| = 1;
  print syscall(10, $from, 1_500_000 & ~4095, 0);
  <STDIN>;
`;
const canHide = process.arch === "x64" && spawnSync("perl", ["-e", "1"]).status === 0;

/** Takes memory and gives it back all the time: much of it lies where other memory lay. */
const CHANGER = `
  process.stdout.write("ready");
  for (;;) {
    for (let time = 1; time <= 40; time += 1) Buffer.allocUnsafeSlow(1_000_000).fill(1);
    gc();
  }
`;
/** Of so many, several meet memory that comes again. */
const SEARCHES_OF_CHANGER = 60;
const MIB = 1024 * 1024;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function keeper(): Promise<{ readonly pid: number; keep(text: string | Buffer): Promise<void> }> {
  const child = spawn(process.execPath, ["--eval", KEEPER], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
  return {
    pid: child.pid ?? 0,
    async keep(text) {
      const kept = once(child.stdout, "data");
      child.stdin.write(text);
      await kept;
    },
  };
}

function searching() {
  const mark = newMark();
  const searcher = new Searcher(mark);
  onTestFinished(() => searcher[Symbol.asyncDispose]());
  return { searcher, planter: new Planter(mark, PATH) };
}

function percentEncoded(text: string): string {
  return Buffer.from(text).toString("hex").replaceAll(/../g, "%$&");
}

describe.runIf(onLinux)("a search of a process", () => {
  it("finds nothing where nothing was planted, and has looked at all that is the process's own", async () => {
    const { searcher } = searching();
    const { pid, keep } = await keeper();
    await keep("nothing of interest");
    const { hits, searchedBytes } = await searcher.search({ pid });
    expect(hits).toBe(0);
    expect(searchedBytes).toBeGreaterThan(4 * 1024 * 1024);
  });

  it("searches what is given back and comes again while it is read", async () => {
    const { searcher } = searching();
    const child = spawn(process.execPath, ["--expose-gc", "--eval", CHANGER], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    await once(child.stdout, "data");
    for (let time = 1; time <= SEARCHES_OF_CHANGER; time += 1) {
      const { skipped, searchedBytes } = await searcher.search({ pid: child.pid ?? 0 });
      expect(skipped).toEqual([]);
      expect(searchedBytes).toBeGreaterThan(MIB);
    }
  });

  it("leaves to the program's file what it has not written to, and to no file what is its own", async () => {
    const { pid } = await keeper();
    const files = mappedFiles(pid);
    expect(files).toContain(realpathSync(process.execPath));
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
  });

  it.each([
    ["raw", "as it is", (text: string) => text],
    ["base64", "with nothing before it", (text: string) => Buffer.from(text).toString("base64")],
    ["base64", "one byte after a multiple of three", (text: string) => Buffer.from(`x${text}`).toString("base64")],
    ["base64", "two bytes after", (text: string) => Buffer.from(`xy${text}`).toString("base64")],
    ["base64", "for URLs", (text: string) => Buffer.from(text).toString("base64url")],
    ["hex", "small", (text: string) => Buffer.from(text).toString("hex")],
    ["hex", "capital", (text: string) => Buffer.from(text).toString("hex").toUpperCase()],
    ["utf-16", "little-endian", (text: string) => Buffer.from(text, "utf16le")],
    ["utf-16", "big-endian", (text: string) => Buffer.from(text, "utf16le").swap16()],
    ["percent-encoded", "small", percentEncoded],
    ["percent-encoded", "capital", (text: string) => percentEncoded(text).toUpperCase().replaceAll("%25", "%")],
  ] as const)("finds a canary written in %s, %s, and whose it is", async (form, _how, write) => {
    const { searcher, planter } = searching();
    const { pid, keep } = await keeper();
    await keep(write(planter.text(1)));
    const { hits, hitsByForm, hitsByPath } = await searcher.search({ pid });
    expect(hits).toBeGreaterThan(0);
    expect([...hitsByForm.keys()]).toEqual([form]);
    expect([...hitsByPath.keys()]).toEqual([PATH]);
  });

  it("finds every fragment of 24 bytes", async () => {
    const { searcher, planter } = searching();
    const { pid, keep } = await keeper();
    const row = planter.bytes(4 * CANARY_BYTES);
    const fragments = Array.from({ length: CANARY_BYTES }, (_, at) => row.subarray(at, at + 24));
    await keep(Buffer.concat(fragments.flatMap((fragment) => [fragment, Buffer.from("\n")])));
    const { hits } = await searcher.search({ pid });
    expect(hits).toBeGreaterThanOrEqual(fragments.length);
  });

  it.runIf(canHide)("finds what lies where the process itself may not read", async () => {
    const { searcher, planter } = searching();
    const child = spawn("perl", ["-e", HIDER, planter.text(1)], { stdio: ["pipe", "pipe", "inherit"] });
    children.push(child);
    const [answer] = await once(child.stdout, "data");
    expect(String(answer)).toBe("0");
    const { hits, skipped } = await searcher.search({ pid: child.pid ?? 0 });
    expect(hits).toBeGreaterThan(1_000);
    expect(skipped).toEqual([]);
  });

  it("looks at the processes that a process started", async () => {
    const child = spawn("/bin/sh", ["-c", "sleep 30 & wait"], { stdio: "ignore", detached: true });
    onTestFinished(() => {
      process.kill(-(child.pid ?? 0), "SIGKILL");
    });
    await expect.poll(() => withChildren(child.pid ?? 0).length).toBe(2);
  });

  it("finds nothing in a process that has ended", async () => {
    const { searcher } = searching();
    const child = spawn("/bin/true");
    await once(child, "exit");
    expect((await searcher.search({ pid: child.pid ?? 0 })).searchedBytes).toBe(0);
  });
});

describe("a search of files", () => {
  it("finds canaries in contents and names, over the edges of what is read at once", async () => {
    const { searcher, planter } = searching();
    const folder = temporaryFolder(join(tmpdir(), "flowstate-search-"));
    onTestFinished(() => removeNow(folder));
    await mkdir(join(folder, "below", planter.text(1)), { recursive: true });
    const offsets = Array.from({ length: 40 }, (_, index) => 4 * 1024 * 1024 - 20 + index);
    await Promise.all(
      offsets.map((offset) =>
        writeFile(
          join(folder, "below", `${offset}`),
          Buffer.concat([Buffer.alloc(offset), planter.bytes(CANARY_BYTES)]),
        ),
      ),
    );
    const { hits } = await searcher.search({ files: [folder, join(folder, "absent")] });
    expect(hits).toBe(offsets.length + 1);
  });

  it("names what it could not read, and nothing that is not there", async () => {
    const { searcher } = searching();
    // Present, and to be read only behind an address that nobody has mapped there.
    const { skipped } = await searcher.search({ files: ["/proc/self/mem", "/no/such/file"] });
    expect(skipped).toEqual([]);
    const locked = await searcher.search({ files: [`${"x".repeat(300)}`] });
    expect(locked.skipped).toEqual(["x".repeat(300)]);
  });
});
