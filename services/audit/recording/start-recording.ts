import { type BrokerLogin, connectEvents, type EventsConnection, StructureWatch } from "@flowstate/messaging";
import type { Logger } from "@flowstate/runtime";
import type { Pool } from "pg";
import { type Watching, watchForAlerts } from "../alerts/watch-for-alerts.ts";
import type { RecordChain } from "../chain/record-chain.ts";
import type { AgreedClock } from "../clock/agreed-clock.ts";
import { compareOnce, keepClockCompared } from "../clock/keep-clock-compared.ts";
import { classifyDatabaseError } from "../database/database-error.ts";
import { type Migration, MigrationError, migrate, readMigrations } from "../database/migrate.ts";
import { keepDocumentsCurrent } from "../projection/keep-current.ts";
import { type KeepingRetention, keepRetention } from "../retention/keep-retention.ts";
import { untilDone } from "../until-done.ts";
import { recordEvents } from "./consume-events.ts";
import { measurePendingEvents } from "./measure-pending-events.ts";
import { type RecordingLag, recordingLag } from "./recording-lag.ts";

export interface RecordingSettings {
  readonly databaseUrl: string;
  readonly migrationsFolder: string;
  readonly broker: BrokerLogin;
  readonly pool: Pool;
  readonly clock: AgreedClock;
  readonly chain: RecordChain;
  readonly retention: Omit<KeepingRetention, "logger" | "signal">;
  readonly alerts: Pick<Watching, "tell" | "pageUrl" | "onLook">;
  readonly logger: Logger;
  /** Called once, when the schema is up to date and the broker has been reached. */
  onRecording(): void;
}

/** Recording in the background; disposing finishes the batches that have begun. */
export interface RunningRecording extends AsyncDisposable {
  /** Rejects with the driver's error while the database is away. */
  lag(): Promise<RecordingLag>;
  /** From the next connection on. */
  renewCertificate(login: BrokerLogin): void;
}

/**
 * Brings the schema up to date, then records events until disposed; disposing finishes the batch that has begun. Resolves
 * after the first attempt at the schema: a database that is away is waited for in the background. Rejects if migrations
 * and database contradict each other.
 */
export async function startRecording(settings: RecordingSettings): Promise<RunningRecording> {
  const { migrationsFolder, pool, clock, chain, retention, alerts, logger } = settings;
  const stopping = new AbortController();
  const migrations = await readMigrations(migrationsFolder);
  const migrated = await tryToMigrate(settings, migrations);

  let broker: EventsConnection | undefined;
  let structures: StructureWatch | undefined;
  const isOverheard = () => structures?.isOverheard ?? false;
  const lag = () => recordingLag(pool, broker);

  const record = async () => {
    const { signal } = stopping;
    if (!migrated && !(await untilDone(signal, () => tryToMigrate(settings, migrations)))) return;
    await compareOnce(clock, logger);
    await Promise.all([
      keepClockCompared({ clock, logger, signal }),
      keepDocumentsCurrent({ pool, logger, signal }),
      keepRetention({ ...retention, logger, signal }),
      watchForAlerts({ ...alerts, pool, clock, logger, lag, isOverheard }, signal),
      consume(signal),
    ]);
  };
  const consume = async (signal: AbortSignal) => {
    await using connection = await untilConnected(settings, signal);
    if (connection === undefined) return;
    broker = connection;
    using watch = await StructureWatch.begin(connection, logger);
    structures = watch;
    using _measured = measurePendingEvents(connection);
    settings.onRecording();
    await recordEvents(connection, { pool, chain, logger, now: () => clock.now() }, signal);
  };
  // What it may throw is a bug or a contradiction, and ends the process as an unhandled rejection.
  const recording = record();
  return {
    lag,
    renewCertificate: (login) => broker?.renewCertificate(login),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await recording;
    },
  };
}

/** Undefined when the database is away. */
async function tryToMigrate(
  { databaseUrl, logger }: RecordingSettings,
  migrations: readonly Migration[],
): Promise<true | undefined> {
  try {
    await migrate(databaseUrl, migrations, logger);
    return true;
  } catch (error) {
    if (error instanceof MigrationError || classifyDatabaseError(error) !== "temporary") throw error;
    logger.warn("database.unavailable", {}, error);
    return undefined;
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
