import { setTimeout as sleep } from "node:timers/promises";
import { connectEvents, type EventsConnection } from "@flowstate/messaging";
import type { Logger } from "@flowstate/runtime";
import type { Pool } from "pg";
import { recordEvents } from "./consume-events.ts";
import { classifyDatabaseError } from "./database/database-error.ts";
import { type Migration, MigrationError, migrate, readMigrations } from "./database/migrate.ts";

/** Pauses between attempts to reach what is away. */
const BACKOFF_MIN_MS = 250;
const BACKOFF_MAX_MS = 5_000;

export interface RecordingSettings {
  readonly databaseUrl: string;
  readonly migrationsFolder: string;
  readonly broker: { readonly url: string; readonly password: string };
  readonly pool: Pool;
  readonly logger: Logger;
  /** Called once, when the schema is up to date and the broker has been reached. */
  onRecording(): void;
}

/**
 * Brings the schema up to date, then records events until disposed; disposing finishes the batch that has begun. Resolves
 * after the first attempt at the schema: a database that is away is waited for in the background. Rejects if migrations
 * and database contradict each other.
 */
export async function startRecording(settings: RecordingSettings): Promise<AsyncDisposable> {
  const { migrationsFolder, pool, logger } = settings;
  const stopping = new AbortController();
  const migrations = await readMigrations(migrationsFolder);
  const migrated = await tryToMigrate(settings, migrations);

  const record = async () => {
    if (!migrated && !(await untilMigrated(settings, migrations, stopping.signal))) return;
    await using connection = await untilConnected(settings, stopping.signal);
    if (connection === undefined) return;
    settings.onRecording();
    await recordEvents(connection, { pool, logger }, stopping.signal);
  };
  // What it may throw is a bug or a contradiction, and ends the process as an unhandled rejection.
  const recording = record();
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await recording;
    },
  };
}

/** False when the database is away. */
async function tryToMigrate(
  { databaseUrl, logger }: RecordingSettings,
  migrations: readonly Migration[],
): Promise<boolean> {
  try {
    await migrate(databaseUrl, migrations, logger);
    return true;
  } catch (error) {
    if (error instanceof MigrationError || classifyDatabaseError(error) !== "temporary") throw error;
    logger.warn("database.unavailable", {}, error);
    return false;
  }
}

/** False when `signal` aborts first. */
async function untilMigrated(
  settings: RecordingSettings,
  migrations: readonly Migration[],
  signal: AbortSignal,
): Promise<boolean> {
  for (let backoffMs = BACKOFF_MIN_MS; ; backoffMs = Math.min(backoffMs * 2, BACKOFF_MAX_MS)) {
    await sleep(backoffMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return false;
    if (await tryToMigrate(settings, migrations)) return true;
  }
}

/** Undefined when `signal` aborts first; a connection that comes after that is closed again. */
async function untilConnected(
  { broker, logger }: RecordingSettings,
  signal: AbortSignal,
): Promise<EventsConnection | undefined> {
  const connecting = connectEvents({ ...broker, identity: "audit", logger });
  const stopped = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const connection = await Promise.race([connecting, stopped]);
  if (connection === undefined) void connecting.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined);
  return connection;
}
