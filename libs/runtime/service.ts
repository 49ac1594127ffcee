import type { LogEvent } from "@flowstate/contracts";
import { z } from "zod";
import { ConfigError, flag, readConfig } from "./config.ts";
import { createLogger, type Logger, type LogLevel } from "./logger.ts";
import { silenceConsole } from "./silence-console.ts";
import { startTelemetry } from "./telemetry.ts";

/** How long the parts of a stopping service have before the process ends regardless. */
const STOP_LIMIT_MS = 25_000;
/** sysexits.h EX_CONFIG: an orchestrator should not restart into the same mistake. */
const EXIT_BAD_CONFIGURATION = 78;

/** Settings every service has. */
export const serviceSettings = {
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info").describe("Least severe log lines written."),
  FLOWSTATE_LOCAL: flag(false).describe(
    "Permits plain text to this machine itself: http, broker and database. Only the local stack sets it.",
  ),
};

interface CommonConfig {
  readonly LOG_LEVEL: LogLevel;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: URL | undefined;
  readonly OTEL_LOGS_EXPORTER: "none" | "otlp";
}

export interface ServiceDefinition<S extends z.ZodType<CommonConfig>> {
  readonly name: string;
  /** The schema and the variables it reads. */
  readonly config: { readonly schema: S; readonly variables: readonly string[] };
  /** Starts the service; disposing what it returns stops it gracefully. `url` is where it listens, if it does. */
  start(config: z.output<S>, logger: Logger): Promise<RunningService<z.output<S>>>;
}

export interface RunningService<C = never> extends AsyncDisposable {
  readonly url?: string;
  /** Takes the certificates and keys of this configuration in place of those it has, and nothing else. */
  renewCertificates?(config: C): void;
}

/**
 * The life of a process: read configuration, start, say so, wait for SIGTERM or SIGINT, stop. A bad configuration ends it
 * with every problem listed; an unexpected error ends it loudly, because a process in an unknown state must not go on
 * holding documents. SIGHUP has it read its configuration again, and take the certificates from it.
 */
export async function runService<S extends z.ZodType<CommonConfig>>(definition: ServiceDefinition<S>): Promise<void> {
  const { name } = definition;
  const config = readOrComplain(definition, "cannot start");
  if (config === undefined) process.exit(EXIT_BAD_CONFIGURATION);
  silenceConsole();
  const logger = createLogger(name, config.LOG_LEVEL);
  const fatal = (event: LogEvent) => (error: unknown) => {
    logger.error(event, {}, error ?? new Error("unknown"));
    process.exit(1);
  };
  process.on("uncaughtException", fatal("service.uncaught_exception"));
  process.on("unhandledRejection", fatal("service.unhandled_rejection"));

  let ready = false;
  const stopRequested = firstSignal().then((signal) => {
    logger.info("service.stopping", { signal });
    // A service that is still starting, perhaps waiting for the broker, holds nothing that would have to be finished.
    if (!ready) process.exit(0);
    setTimeout(() => fatal("service.stop_overdue")(undefined), STOP_LIMIT_MS).unref();
  });
  const logs = config.OTEL_LOGS_EXPORTER === "otlp";
  const telemetry = await startTelemetry(name, config.OTEL_EXPORTER_OTLP_ENDPOINT, { logs });
  let running: RunningService<z.output<S>>;
  try {
    running = await definition.start(config, logger);
  } catch (error) {
    return fatal("service.start_failed")(error);
  }
  process.on("SIGHUP", () => {
    const renewed = readOrComplain(definition, "keeps its certificates");
    if (renewed === undefined) return logger.error("service.certificates_kept");
    running.renewCertificates?.(renewed);
    logger.info("service.certificates_renewed");
  });
  ready = true;
  logger.info("service.ready", running.url === undefined ? {} : { url: running.url });

  await stopRequested;
  await running[Symbol.asyncDispose]();
  await telemetry[Symbol.asyncDispose]();
  logger.info("service.stopped");
  process.exit(0);
}

/** Undefined when the configuration is not usable; then standard error has every problem, and what follows from them. */
function readOrComplain<S extends z.ZodType<CommonConfig>>({ name, config }: ServiceDefinition<S>, so: string) {
  try {
    return readConfig(config.schema, config.variables, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`flowstate ${name} ${so}, ${error.problems.length} problem(s) in its configuration:\n`);
    for (const problem of error.problems) process.stderr.write(`  - ${problem}\n`);
    return undefined;
  }
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, resolve);
  });
}
