import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";

/* Real: a process that is run by runService, its output and its signals. Doubled: the service, written here in a line. */

const RUNTIME = new URL("./index.ts", import.meta.url).href;
const CANARY = "canary-4711";
const EXIT_BAD_CONFIGURATION = 78;

/** A service whose `start` is the given source; `config` and `logger` are in its scope. */
function program(start: string): string {
  return `
    import { runService, secret, serviceSettings, telemetrySettings, wholeNumber } from ${JSON.stringify(RUNTIME)};
    import { z } from "zod";
    const shape = {
      ...serviceSettings,
      ...telemetrySettings,
      API_SECRET: secret(16).describe("x"),
      LIMIT: wholeNumber({ min: 1, max: 9, fallback: 5 }).describe("x"),
    };
    await runService({
      name: "sample",
      config: { schema: z.object(shape), variables: Object.keys(shape) },
      start: async (config, logger) => { ${start} },
    });`;
}

const ACCEPTING = `
  const timer = setInterval(() => {}, 1000);
  return { url: "http://127.0.0.1:1", async [Symbol.asyncDispose]() { logger.info("lease.lost"); clearInterval(timer); } };`;

class Running {
  readonly child: ChildProcess;
  stdout = "";
  stderr = "";

  constructor(start: string, environment: Readonly<Record<string, string>>) {
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    this.child = spawn(process.execPath, ["--input-type=module", "--eval", program(start)], {
      env: {
        ...inherited,
        API_SECRET: "0123456789abcdef",
        LOG_LEVEL: "",
        OTEL_EXPORTER_OTLP_ENDPOINT: "",
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.on("data", (data) => {
      this.stdout += data;
    });
    this.child.stderr?.on("data", (data) => {
      this.stderr += data;
    });
  }

  get lines(): Record<string, unknown>[] {
    return this.stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  get events(): unknown[] {
    return this.lines.map(({ event }) => event);
  }

  async seen(event: string): Promise<void> {
    await expect.poll(() => this.stdout, { timeout: 20_000 }).toContain(`"${event}"`);
  }

  async exit(): Promise<unknown> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "close");
    return this.child.exitCode ?? this.child.signalCode;
  }
}

const started: Running[] = [];
function run(start: string, environment: Readonly<Record<string, string>> = {}): Running {
  const running = new Running(start, environment);
  started.push(running);
  return running;
}

afterEach(async () => {
  for (const running of started.splice(0)) {
    running.child.kill("SIGKILL");
    await running.exit();
  }
});

describe("SIGHUP", () => {
  it("has a service read its configuration again and take the certificates of it; a bad one changes nothing", async () => {
    const folder = temporaryFolder(join(tmpdir(), "flowstate-service-"));
    onTestFinished(() => removeNow(folder));
    const file = join(folder, "secret");
    await writeFile(file, "before-4711-0123456789");
    const renewing = ACCEPTING.replace(
      "return {",
      `return { renewCertificates: ({ API_SECRET }) => logger.info("service.ready", { url: "http://" + API_SECRET.split("-")[0] }),`,
    );
    const running = run(renewing, { API_SECRET: `file:${file}` });
    await running.seen("service.ready");
    await writeFile(file, "after-4711-0123456789");
    running.child.kill("SIGHUP");
    await running.seen("service.certificates_renewed");
    await writeFile(file, "short");
    running.child.kill("SIGHUP");
    await running.seen("service.certificates_kept");
    expect(running.events).toEqual([
      "service.ready",
      "service.ready",
      "service.certificates_renewed",
      "service.certificates_kept",
    ]);
    expect(running.lines[1]).toMatchObject({ url: "http://after" });
    expect(running.stderr).toContain("flowstate sample keeps its certificates, 1 problem(s) in its configuration:");
    running.child.kill("SIGTERM");
    expect(await running.exit()).toBe(0);
  });
});

describe("a service with a bad configuration", () => {
  it("ends with the code for it and lists every problem, without a value", async () => {
    const running = run(ACCEPTING, { API_SECRET: CANARY, LIMIT: `12${CANARY}`, LOG_LEVEL: CANARY });
    expect(await running.exit()).toBe(EXIT_BAD_CONFIGURATION);
    expect(running.stderr.split("\n")).toEqual([
      "flowstate sample cannot start, 3 problem(s) in its configuration:",
      expect.stringMatching(/^ {2}- LOG_LEVEL: /),
      "  - API_SECRET: must have at least 16 characters",
      "  - LIMIT: must be a whole number",
      "",
    ]);
    expect(running.stdout).toBe("");
    expect(running.stderr).not.toContain(CANARY);
  });
});

describe("a service that runs", () => {
  it("says when it is ready and where it listens", async () => {
    const running = run(ACCEPTING);
    await running.seen("service.ready");
    expect(running.lines[0]).toMatchObject({ event: "service.ready", service: "sample", url: "http://127.0.0.1:1" });
  });

  it.each(["SIGTERM", "SIGINT"] as const)("stops on %s: parts first, then the process, with 0", async (signal) => {
    const running = run(ACCEPTING);
    await running.seen("service.ready");
    running.child.kill(signal);
    expect(await running.exit()).toBe(0);
    expect(running.events).toEqual(["service.ready", "service.stopping", "lease.lost", "service.stopped"]);
    expect(running.lines[1]).toMatchObject({ signal });
  });

  it("writes the lines that its level asks for", async () => {
    const running = run(`logger.debug("events.stored"); ${ACCEPTING}`, { LOG_LEVEL: "debug" });
    await running.seen("service.ready");
    expect(running.events).toContain("events.stored");
  });
});

describe("a service that is still starting", () => {
  it("stops at once on SIGTERM, although its start would wait for ever", async () => {
    const running = run(
      `logger.info("broker.disconnected"); setInterval(() => {}, 1000); await new Promise(() => {});`,
    );
    await running.seen("broker.disconnected");
    running.child.kill("SIGTERM");
    expect(await running.exit()).toBe(0);
    expect(running.events).toEqual(["broker.disconnected", "service.stopping"]);
  });
});

describe("an error that nobody expected ends the service, loudly and without its message:", () => {
  it.each([
    ["while it starts", `throw new RangeError("${CANARY}");`, "service.start_failed"],
    [
      "thrown",
      `setTimeout(() => { throw new RangeError("${CANARY}"); }, 50); ${ACCEPTING}`,
      "service.uncaught_exception",
    ],
    [
      "rejected",
      `setTimeout(() => Promise.reject(new RangeError("${CANARY}")), 50); ${ACCEPTING}`,
      "service.unhandled_rejection",
    ],
  ])("%s", async (_when, start, event) => {
    const running = run(start);
    expect(await running.exit()).toBe(1);
    expect(running.lines.at(-1)).toMatchObject({ event, level: 50, error: "RangeError" });
    expect(running.stdout + running.stderr).not.toContain(CANARY);
  });

  it("while it stops", async () => {
    const running = run(`setInterval(() => {}, 1000);
      return { async [Symbol.asyncDispose]() { throw new RangeError("${CANARY}"); } };`);
    await running.seen("service.ready");
    running.child.kill("SIGTERM");
    expect(await running.exit()).toBe(1);
    expect(running.lines.at(-1)).toMatchObject({ level: 50, error: "RangeError" });
    expect(running.stdout + running.stderr).not.toContain(CANARY);
  });

  it.each([
    ["a string", `"${CANARY}"`],
    ["nothing", "undefined"],
    ["an object that prints itself", `{ toString: () => "${CANARY}", message: "${CANARY}" }`],
  ])("and when it is no error but %s", async (_what, thrown) => {
    const running = run(`setTimeout(() => { throw ${thrown}; }, 50); ${ACCEPTING}`);
    expect(await running.exit()).toBe(1);
    expect(running.events.at(-1)).toBe("service.uncaught_exception");
    expect(running.stdout + running.stderr).not.toContain(CANARY);
  });
});
