import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS, type HardeningFinding } from "./hardening.ts";

/* Real: child processes of this Node, started hardened and not, that look at themselves. Nothing is doubled. */

const HARDENING = new URL("./hardening.ts", import.meta.url).href;
const PRINT_FINDINGS = `
  const { checkHardening } = await import(${JSON.stringify(HARDENING)});
  console.log(JSON.stringify(checkHardening()));
`;
const onLinux = process.platform === "linux";
const onGlibc = onLinux && /\/libc\.so\.6$/m.test(onLinux ? readFileSync("/proc/self/maps", "utf8") : "");
const run = promisify(execFile);

type Holds = Partial<Record<HardeningFinding["measure"], boolean>>;

interface Start {
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Shell commands before Node takes the shell's place. */
  readonly before?: string;
}

async function findingsOf({ flags = [], environment = {}, before = ":" }: Start): Promise<Holds> {
  const parameters = [...flags, "--input-type=module", "--eval", PRINT_FINDINGS];
  const { NODE_OPTIONS: _, GLIBC_TUNABLES: __, ...inherited } = process.env;
  const { stdout } = await run("sh", ["-c", `${before}; exec "$0" "$@"`, process.execPath, ...parameters], {
    env: { ...inherited, ...environment },
  });
  const findings: readonly HardeningFinding[] = JSON.parse(stdout);
  return Object.fromEntries(findings.map(({ measure, holds }) => [measure, holds]));
}

describe("a process that is started hardened", () => {
  it("finds that its flags hold and that nothing dumps its memory", async () => {
    expect(await findingsOf({ flags: HARDENED_NODE_FLAGS })).toMatchObject({ node_flags: true, no_memory_dumps: true });
  });

  it.runIf(onGlibc)("finds that glibc scrubs what it frees", async () => {
    expect((await findingsOf({ environment: HARDENED_ENVIRONMENT })).glibc_scrubbing).toBe(true);
  });

  it.runIf(onLinux)("finds that it leaves no core exactly when the kernel pipes cores to no program", async () => {
    const piped = readFileSync("/proc/sys/kernel/core_pattern", "utf8").startsWith("|");
    expect((await findingsOf({ before: "ulimit -c 0" })).no_core_dump).toBe(!piped);
  });

  it.runIf(onLinux)("finds that it is not swapped exactly when no swap area is in use", async () => {
    const areas = readFileSync("/proc/swaps", "utf8").trim().split("\n").length - 1;
    expect((await findingsOf({})).no_swap).toBe(areas === 0);
  });
});

describe("a process that is started without", () => {
  it("finds that its flags and glibc do not hold", async () => {
    expect(await findingsOf({})).toMatchObject({ node_flags: false, glibc_scrubbing: false });
  });

  it.each(HARDENED_NODE_FLAGS)("finds that %s alone is not enough", async (flag) => {
    expect((await findingsOf({ flags: [flag] })).node_flags).toBe(false);
  });

  it.each(["glibc.malloc.perturb=165", "glibc.malloc.tcache_count=0:glibc.malloc.perturb=0", ""])(
    "finds that GLIBC_TUNABLES=%s does not scrub everything",
    async (tunables) => {
      expect((await findingsOf({ environment: { GLIBC_TUNABLES: tunables } })).glibc_scrubbing).toBe(false);
    },
  );

  it.runIf(onLinux)("finds that a core limit which can be raised again is none", async () => {
    const { stdout } = await run("sh", ["-c", "ulimit -H -c"]);
    const raisable = stdout.trim() !== "0";
    const piped = readFileSync("/proc/sys/kernel/core_pattern", "utf8").startsWith("|");
    expect((await findingsOf({ before: "ulimit -S -c 0" })).no_core_dump).toBe(!raisable && !piped);
  });
});

describe("a flag that writes memory to a disk is found", () => {
  it.each([
    "--heapsnapshot-signal=SIGUSR2",
    "--heapsnapshot_signal=SIGUSR2",
    "--heapsnapshot-near-heap-limit=1",
    "--report-on-signal",
    "--report-on-fatalerror",
    "--report-uncaught-exception",
  ])("%s", async (flag) => {
    expect((await findingsOf({ flags: [...HARDENED_NODE_FLAGS, flag] })).no_memory_dumps).toBe(false);
    expect((await findingsOf({ environment: { NODE_OPTIONS: flag } })).no_memory_dumps).toBe(false);
  });
});
