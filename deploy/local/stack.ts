import { parseArgs } from "node:util";
import { LOCAL_FILE } from "./local-file.ts";
import { startLocalStack } from "./local-stack.ts";
import { NotReadyError } from "./servers/node-server.ts";

/**
 * `npm start`, from where the launcher has made everything ready: runs the whole system until it is told to stop, by
 * SIGINT, SIGTERM, or the end of the launcher. Exit code 0 when it stopped because it was told to.
 */

const COLUMN_NAME = 14;
const COLUMN_TIME = 8;

/** What readiness is recognised by is an `info` line. */
const USABLE_LOG_LEVELS: readonly (string | undefined)[] = ["debug", "info", "", undefined];

const withSample = wantsSample();
const environment = { ...process.env };
// A reader that went away (`npm start | head`) is no reason to leave parts behind.
process.stdout.on("error", () => {});
const print = (...lines: readonly string[]) => process.stdout.write(`${lines.join("\n")}\n`);

if (!USABLE_LOG_LEVELS.includes(environment["LOG_LEVEL"])) {
  print("LOG_LEVEL is not used: the local stack needs debug or info");
  delete environment["LOG_LEVEL"];
}
if (environment["NATS_URL"] !== undefined) {
  print("NATS_URL is not used: the local stack runs a broker of its own, with passwords made for this run");
}

const stopping = new AbortController();
const stopRequested = new Promise<void>((resolve) => {
  const request = () => {
    stopping.abort();
    resolve();
  };
  for (const event of ["SIGINT", "SIGTERM", "disconnect"]) process.on(event, request);
});

try {
  const startedAt = performance.now();
  print("", "Starting Flowstate on this machine", "");
  await using stack = await startLocalStack(
    environment,
    {
      ready: (name, durationMs, url) =>
        print(`  ${name.padEnd(COLUMN_NAME)}${seconds(durationMs).padStart(COLUMN_TIME)}   ${url ?? ""}`.trimEnd()),
      say: (sentence) => print(`· ${sentence}`),
    },
    stopping.signal,
  );
  print("", `Everything is ready after ${seconds(performance.now() - startedAt)}.`);
  if (withSample) {
    const { mailSample } = await import("./mail/sample.ts");
    print(...(await mailSample(stack.local)));
  }
  print(...directions(stack.local));
  await stopRequested;
  print("", "Stopping");
} catch (error) {
  if (!stopping.signal.aborted) {
    explain(error);
    process.exitCode = 1;
  }
}
print("Stopped. Nothing is left running.");
process.exit();

function directions({ services, tenant, erp, logs }: Awaited<ReturnType<typeof startLocalStack>>["local"]): string[] {
  return [
    "",
    `  mail a PDF     npm run send -- DOCUMENT.pdf        (to ${tenant.address})`,
    `  webhook        ${services.ingest.url}/webhooks/sendgrid`,
    `  dashboard      ${services.audit.url}/`,
    `  audit API      ${services.audit.url}/api/documents`,
    `  X-API-Key      apiKey in ${LOCAL_FILE}`,
    `  ERP received   ${erp.url}/received`,
    `  logs           ${logs}`,
    "",
    "Stop with Ctrl-C.",
  ];
}

/** Ends the process in one line when the command line is none of ours. */
function wantsSample(): boolean {
  try {
    return !parseArgs({ options: { "no-sample": { type: "boolean", default: false } } }).values["no-sample"];
  } catch {
    process.stderr.write("flowstate: usage: npm start [-- --no-sample]\n");
    process.exit(1);
  }
}

/** One line says what to do; the log above it, if there is one, says why. */
function explain(error: unknown): void {
  if (!(error instanceof NotReadyError)) {
    print(`flowstate: ${error instanceof Error ? error.message : "unknown error"}: mend that and run npm start again`);
    return;
  }
  print("", ...error.log.split("\n").map((line) => `  ${line}`), "");
  const taken = error.log.includes("EADDRINUSE");
  const name = error.message;
  if (taken)
    print(`flowstate: ${name}, its port is taken: set its variable, such as INGEST_PORT, to a free one, or unset it`);
  else print(`flowstate: ${name}, its log above says why: mend that and run npm start again`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
