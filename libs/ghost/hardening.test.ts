import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { checkHardening, HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS, type HardeningFinding } from "./hardening.ts";

/* Real: child processes of this Node, started hardened and not, that look at themselves. Nothing is doubled. */

const HARDENING = new URL("./hardening.ts", import.meta.url).href;
const PRINT_FINDINGS = `
  const { checkHardening } = await import(${JSON.stringify(HARDENING)});
  console.log(JSON.stringify(checkHardening()));
`;
const onLinux = process.platform === "linux";
const onGlibc = onLinux && /\/libc\.so\.6$/m.test(onLinux ? readFileSync("/proc/self/maps", "utf8") : "");
const run = promisify(execFile);

/** What is left of 80 MiB of documents that were given back, with small things that stay made between them; MiB. */
const PRINT_LEFT = `
  const MIB = 1024 * 1024;
  const documentOf = (bytes) => new Uint8Array(new ArrayBuffer(bytes)).fill(1).buffer;
  documentOf(20 * MIB).transfer(0);
  const before = process.memoryUsage.rss();
  const staying = [];
  const pieces = Array.from({ length: 80 }, () => {
    staying.push(documentOf(10_000));
    return documentOf(MIB);
  });
  for (const piece of pieces) piece.transfer(0);
  console.log((process.memoryUsage.rss() - before) / MIB);
`;

type Holds = Partial<Record<HardeningFinding["measure"], boolean>>;

interface Start {
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Shell commands before Node takes the shell's place. */
  readonly before?: string;
}

async function printedBy(program: string, { flags = [], environment = {}, before = ":" }: Start): Promise<string> {
  const parameters = [...flags, "--input-type=module", "--eval", program];
  const { NODE_OPTIONS: _, GLIBC_TUNABLES: __, ...inherited } = process.env;
  const { stdout } = await run("sh", ["-c", `${before}; exec "$0" "$@"`, process.execPath, ...parameters], {
    env: { ...inherited, ...environment },
  });
  return stdout;
}

async function findingsOf(start: Start): Promise<Holds> {
  const findings: readonly HardeningFinding[] = JSON.parse(await printedBy(PRINT_FINDINGS, start));
  return Object.fromEntries(findings.map(({ measure, holds }) => [measure, holds]));
}

describe("a process that is started hardened", () => {
  it("finds that its flags hold and that nothing dumps its memory", async () => {
    expect(await findingsOf({ flags: HARDENED_NODE_FLAGS })).toMatchObject({ node_flags: true, no_memory_dumps: true });
  });

  it.runIf(onGlibc)("finds that glibc scrubs what it frees", async () => {
    expect((await findingsOf({ environment: HARDENED_ENVIRONMENT })).glibc_scrubbing).toBe(true);
  });

  it.runIf(onGlibc)("has nothing of documents that were given back, where another keeps their memory", async () => {
    const leftMib = async (environment: Start["environment"] = {}) =>
      Number(await printedBy(PRINT_LEFT, { flags: HARDENED_NODE_FLAGS, environment }));
    expect(await leftMib(HARDENED_ENVIRONMENT)).toBeLessThan(10);
    expect(await leftMib()).toBeGreaterThan(40);
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

/** Of these Node would start something, or take away what they say: looked at without starting such a process. */
function findingsWith(flag: string, variables: Readonly<Record<string, string>> = {}): Holds {
  const { execArgv, env } = process;
  try {
    process.execArgv = flag === "" ? [...HARDENED_NODE_FLAGS] : [...HARDENED_NODE_FLAGS, flag];
    process.env = { ...env, ...variables };
    return Object.fromEntries(checkHardening().map(({ measure, holds }) => [measure, holds]));
  } finally {
    Object.assign(process, { execArgv, env });
  }
}

describe("what takes back a flag that hardens is found", () => {
  it.each(["--no-clear-free-memory", "--noexpose-gc", "--no_disable_sigusr1", "--incremental_marking"])(
    "%s",
    (flag) => {
      expect(findingsWith("").node_flags).toBe(true);
      expect(findingsWith(flag).node_flags).toBe(false);
      expect(findingsWith("", { NODE_OPTIONS: flag }).node_flags).toBe(false);
    },
  );
});

describe("what writes memory to a disk is found", () => {
  it.each([
    "--heapsnapshot-signal=SIGUSR2",
    "--heapsnapshot_signal=SIGUSR2",
    "--heapsnapshot-near-heap-limit=1",
    "--report-on-signal",
    "--report-on-fatalerror",
    "--report-uncaught-exception",
    "--cpu-prof",
    "--heap-prof",
    "--prof",
    "--perf-basic-prof",
    "--ll-prof",
    "--log",
    "--logfile=v8.log",
    "--trace-events-enabled",
    "--trace-event-categories=v8",
    "--turbo-profiling-output=x",
    "--redirect-code-traces-to=x",
    "--gdbjit-dump",
    "--tls-keylog=keys",
    "--abort-on-uncaught-exception",
    "--diagnostic-dir=x",
    "--experimental-default-config-file",
    "--experimental-config-file=x",
  ])("%s, on the command line and in NODE_OPTIONS", (flag) => {
    expect(findingsWith("").no_memory_dumps).toBe(true);
    expect(findingsWith(flag).no_memory_dumps).toBe(false);
    for (const options of [flag, `--expose-gc "${flag}"`]) {
      expect(findingsWith("", { NODE_OPTIONS: options }).no_memory_dumps).toBe(false);
    }
  });

  it("NODE_V8_COVERAGE", () => {
    expect(findingsWith("", { NODE_V8_COVERAGE: "folder" }).no_memory_dumps).toBe(false);
  });
});

describe("an inspector is found", () => {
  it.each(["--inspect", "--inspect=0", "--inspect-brk", "--inspect-wait", "--inspect_publish_uid=http"])(
    "that %s starts",
    (flag) => {
      expect(findingsWith("").no_inspector).toBe(true);
      expect(findingsWith(flag).no_inspector).toBe(false);
      expect(findingsWith("", { NODE_OPTIONS: flag }).no_inspector).toBe(false);
    },
  );

  it("that a signal could start", () => {
    expect(findingsWith("--no-disable-sigusr1")).toMatchObject({ node_flags: false, no_inspector: false });
  });

  it.runIf(onLinux)("nowhere in a hardened process that is sent the signal", async () => {
    const afterSignal = `
      process.kill(process.pid, "SIGUSR1");
      setTimeout(async () => console.log(String((await import("node:inspector")).url())), 300);
    `;
    const { stdout } = await run(process.execPath, [...HARDENED_NODE_FLAGS, "--eval", afterSignal]);
    expect(stdout.trim()).toBe("undefined");
  });
});

describe("what has Node say what it is doing is found", () => {
  it.each(["--trace-tls", "--trace", "--print-ast"])("%s", (flag) => {
    expect(findingsWith("").no_debug_output).toBe(true);
    expect(findingsWith(flag).no_debug_output).toBe(false);
  });

  it.each(["NODE_DEBUG", "NODE_DEBUG_NATIVE"])("%s", (variable) => {
    expect(findingsWith("", { [variable]: "http" }).no_debug_output).toBe(false);
  });
});
