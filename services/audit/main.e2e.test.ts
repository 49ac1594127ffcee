// Real: the process, started as in production, its signals and its output. Doubled: broker and database, which are away.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { newSigningKeyText } from "./testing/sample-record.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const PASSWORD = "kept-out-of-every-line";
const environment = {
  FLOWSTATE_LOCAL: "true",
  AUDIT_HOST: "127.0.0.1",
  AUDIT_PORT: "0",
  STOP_DRAIN_MS: "0",
  DATABASE_URL: `postgres://flowstate:${PASSWORD}@127.0.0.1:1/none`,
  DATABASE_API_URL: `postgres://flowstate_audit_api:${PASSWORD}@127.0.0.1:1/none`,
  NATS_URL: "nats://127.0.0.1:1",
  NATS_EVENTS_PASSWORD: PASSWORD,
  API_SECRET: PASSWORD,
  AUDIT_SIGNING_KEY: newSigningKeyText(),
};

let child: ChildProcessWithoutNullStreams | undefined;
afterEach(() => {
  child?.kill("SIGKILL");
  child = undefined;
});

function startMain(env: NodeJS.ProcessEnv): { process: ChildProcessWithoutNullStreams; output: string[] } {
  const started = spawn(process.execPath, [MAIN], { env });
  child = started;
  const output: string[] = [];
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => output.push(chunk));
  }
  return { process: started, output };
}

const lineSchema = z.looseObject({ event: z.string(), url: z.string().optional() });
async function readyUrl(process: ChildProcessWithoutNullStreams): Promise<string> {
  for await (const line of createInterface({ input: process.stdout })) {
    const { event, url } = lineSchema.parse(JSON.parse(line));
    if (event === "service.ready" && url !== undefined) return url;
  }
  throw new Error("ended before it was ready");
}

describe("the audit process", () => {
  it("lives without database and broker, says so, and stops when asked", async () => {
    const { process, output } = startMain(environment);
    const url = await readyUrl(process);
    expect((await fetch(new URL("/livez", url))).status).toBe(200);
    expect((await fetch(new URL("/readyz", url))).status).toBe(503);
    process.kill("SIGTERM");
    expect(await once(process, "close")).toEqual([0, null]);
    expect(output.join("")).toContain('"event":"database.unavailable"');
    expect(output.join("")).not.toContain(PASSWORD);
  });

  it("lists every problem of its configuration and quotes none of it", async () => {
    const { process, output } = startMain({
      ...environment,
      DATABASE_URL: `mysql://root:${PASSWORD}@db`,
      NATS_URL: "",
    });
    expect(await once(process, "close")).toEqual([78, null]);
    expect(output.join("")).toContain("2 problem(s)");
    expect(output.join("")).toContain("- DATABASE_URL: must be a postgres:// URL\n");
    expect(output.join("")).toContain("- NATS_URL: is required\n");
    expect(output.join("")).not.toContain(PASSWORD);
  });
});
