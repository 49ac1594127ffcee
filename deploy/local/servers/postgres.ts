import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "./free-port.ts";
import { canReach, type PostgresUser, postgresUser } from "./postgres-user.ts";
import { removeNow, temporaryFolder } from "./reaper.ts";
import { logTail, type RunUnder, type Server, type ServerProcess, startServerProcess } from "./server-process.ts";

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 10;
/** A port found free may be taken before it is bound, and the backends of a killed server take a moment to end. */
const START_ATTEMPTS = 20;
const ATTEMPT_PAUSE_MS = 250;
const PASSWORD_BYTES = 24;
const SUPERUSER = "postgres";
/** Makes the login that audit's API reads with, as an operator does. */
const API_ROLE_SCRIPT = new URL("../../postgres/api-role.sql", import.meta.url);
const API_LOGIN = "flowstate_audit_api";

/**
 * The server's whole configuration.
 *
 * The data lives as long as the run. What is committed is handed to the kernel and survives a killed process; nothing waits
 * for the disk, because no power cut has to be survived.
 * Shared memory is mapped from the data folder instead of /dev/shm, so that removing the folder removes everything.
 *
 * PostgreSQL otherwise logs a refused row in full, the statement around it and its parameters. What a client did wrong is
 * told to the client; the log keeps what happens to the server itself.
 */
const SETTINGS = {
  listen_addresses: "'127.0.0.1'",
  unix_socket_directories: "''",
  max_connections: "100",
  shared_buffers: "'32MB'",
  dynamic_shared_memory_type: "mmap",
  fsync: "off",
  full_page_writes: "off",
  log_min_messages: "log",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_statement: "none",
  log_min_duration_statement: "-1",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
} as const;

export interface PostgresOptions {
  /** As PostgreSQL itself would log, instead of the quiet settings above. */
  readonly defaultLogging?: boolean;
  /** As a deployment starts it, with TLS: then the urls ask for that. */
  readonly deployment?: PostgresDeployment;
  /** Holds data and log, and stays, if PostgreSQL's user can reach it. Otherwise a temporary folder that does not stay. */
  readonly directory?: string;
  readonly runUnder?: RunUnder | undefined;
}

export interface PostgresDeployment {
  /** A folder with ca.crt, whom clients trust. */
  readonly certificates: string;
  /** What it is started with besides, when its files are in `folder`. */
  args(folder: string): readonly string[];
  /** Copied, because PostgreSQL must own them. */
  readonly files: readonly string[];
}

/** One database, as its owner and as the login that audit's API reads with; both with password. */
export interface DatabaseUrls {
  readonly url: string;
  readonly apiUrl: string;
}

/** A PostgreSQL of our own, reachable from this machine only. Stopping cuts its connections and writes its data. */
export interface PostgresServer extends Server, DatabaseUrls, AsyncDisposable {
  /** Of the superuser, with password. */
  readonly url: string;
  readonly dataDir: string;
  /** Makes an empty database. */
  createDatabase(name: string): Promise<DatabaseUrls>;
}

/** Makes a database cluster, starts it and waits until it accepts connections. Throws with the end of its log. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = process.env["FLOWSTATE_POSTGRES"];
  if (bin === undefined) throw new Error("FLOWSTATE_POSTGRES must name PostgreSQL's folder; the launcher sets it");
  const user = postgresUser();
  const folder = await chooseFolder(options.directory, user);
  const logPath = join(folder.path, "postgres.log");
  const dataDir = join(folder.path, "data");
  const password = randomBytes(PASSWORD_BYTES).toString("base64url");
  const apiPassword = randomBytes(PASSWORD_BYTES).toString("base64url");
  const { deployment, runUnder } = options;
  const furtherArgs = deployment?.args(dataDir) ?? [];
  const files = { bin: join(bin, "bin"), base: folder.path, dataDir, logPath, user, runUnder, furtherArgs };

  let current: Postmaster;
  try {
    await initCluster(files, password, options.defaultLogging ?? false);
    if (deployment !== undefined) await copyFiles(files, deployment.files);
    current = await launch(files, undefined);
  } catch (error) {
    if (folder.temporary) await removeNow(folder.path);
    throw error;
  }
  const { port } = current;
  const verified =
    deployment === undefined
      ? ""
      : `?sslmode=verify-full&sslrootcert=${encodeURIComponent(join(deployment.certificates, "ca.crt"))}`;
  const urlsOf = (database: string): DatabaseUrls => ({
    url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}${verified}`,
    apiUrl: `postgres://${API_LOGIN}:${apiPassword}@127.0.0.1:${port}/${database}${verified}`,
  });
  const server: PostgresServer = {
    ...urlsOf("postgres"),
    dataDir,
    logPath,
    get pid() {
      return current.process.pid;
    },
    get exited() {
      return current.process.exited;
    },
    async createDatabase(name) {
      // Copying the template's files needs no entry of each page in the write-ahead log.
      await execute(server.url, `CREATE DATABASE ${pg.escapeIdentifier(name)} STRATEGY file_copy`);
      return urlsOf(encodeURIComponent(name));
    },
    stop: () => current.process.end("SIGINT", STOP_LIMIT_MS),
    kill: () => current.process.end("SIGKILL", STOP_LIMIT_MS),
    async restart() {
      await server.stop();
      current = await launch(files, port);
    },
    async [Symbol.asyncDispose]() {
      await server.stop();
      await releaseSharedMemory(dataDir);
      if (folder.temporary) await removeNow(folder.path);
    },
  };
  try {
    await createApiLogin(server.url, apiPassword);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

async function createApiLogin(url: string, password: string): Promise<void> {
  const script = await readFile(API_ROLE_SCRIPT, "utf8");
  await execute(url, `${script}; ALTER ROLE ${API_LOGIN} PASSWORD ${pg.escapeLiteral(password)}`);
}

async function execute(url: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statements);
  } finally {
    await client.end();
  }
}

interface Files {
  readonly bin: string;
  readonly base: string;
  readonly dataDir: string;
  readonly logPath: string;
  readonly user: PostgresUser | undefined;
  readonly runUnder: RunUnder | undefined;
  readonly furtherArgs: readonly string[];
}

interface Postmaster {
  readonly process: ServerProcess;
  readonly port: number;
}

/** The wanted folder, or the first place for temporary data that PostgreSQL's user can reach. */
async function chooseFolder(
  wanted: string | undefined,
  user: PostgresUser | undefined,
): Promise<{ path: string; temporary: boolean }> {
  if (wanted !== undefined) {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    if (user !== undefined) await chown(wanted, user.uid, user.gid);
    if (user === undefined || (await canReach(user, wanted))) return { path: wanted, temporary: false };
  }
  for (const place of [tmpdir(), "/tmp", "/var/tmp"]) {
    if (user !== undefined && !(await canReach(user, place))) continue;
    const path = temporaryFolder(join(place, "flowstate-postgres-"));
    if (user !== undefined) await chown(path, user.uid, user.gid);
    return { path, temporary: true };
  }
  throw new Error("PostgreSQL's user can reach no temporary folder: set TMPDIR to one that is open to other users");
}

async function initCluster(
  { bin, base, dataDir, user }: Files,
  password: string,
  defaultLogging: boolean,
): Promise<void> {
  const passwordFile = join(base, "password");
  const own = async (path: string) => (user === undefined ? undefined : chown(path, user.uid, user.gid));
  await writeFile(passwordFile, password, { mode: 0o600 });
  await own(passwordFile);
  const args = ["-D", dataDir, "-U", SUPERUSER, "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  const speed = ["--no-sync", "--no-instructions", "--encoding=UTF8", "--locale=C"];
  try {
    await promisify(execFile)(join(bin, "initdb"), [...args, ...speed], { ...user, cwd: base, env: ENVIRONMENT });
  } finally {
    await rm(passwordFile, { force: true });
  }
  const settings = Object.entries(SETTINGS)
    .filter(([name]) => !(defaultLogging && name.startsWith("log_")))
    .map(([name, value]) => `${name} = ${value}\n`);
  const configuration = join(dataDir, "postgresql.conf");
  await writeFile(configuration, settings.join(""));
  await own(configuration);
}

async function copyFiles({ dataDir, user }: Files, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const copy = join(dataDir, basename(path));
    await writeFile(copy, await readFile(path), { mode: 0o600 });
    if (user !== undefined) await chown(copy, user.uid, user.gid);
  }
}

/** Nothing of the caller's environment: PGDATA, PGOPTIONS or a locale of his would change what runs. */
const ENVIRONMENT = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

async function launch(files: Files, wantedPort: number | undefined): Promise<Postmaster> {
  const { bin, base, dataDir, logPath, user, runUnder, furtherArgs } = files;
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
    const port = wantedPort ?? (await freePort());
    const process = startServerProcess({
      command: join(bin, "postgres"),
      args: ["-D", dataDir, "-p", String(port), ...furtherArgs],
      logPath,
      stopSignal: "INT",
      runUnder,
      options: { ...user, cwd: base, env: ENVIRONMENT },
    });
    if (await isReady(process, dataDir)) return { process, port };
    await process.end("SIGKILL", STOP_LIMIT_MS);
    await sleep(ATTEMPT_PAUSE_MS);
  }
  throw new Error(`PostgreSQL did not start: ${await logTail(logPath)}`);
}

/** PostgreSQL keeps its pid (line 1) and state (line 8) in a file of the data folder; no connection has to be tried. */
async function isReady(process: ServerProcess, dataDir: string): Promise<boolean> {
  for (const giveUpAt = Date.now() + START_LIMIT_MS; Date.now() < giveUpAt; await sleep(POLL_MS)) {
    if (process.hasExited()) return false;
    const lines = await readLockFile(dataDir);
    if (Number(lines[0]) === process.pid && lines[7]?.trim() === "ready") return true;
  }
  return false;
}

async function readLockFile(dataDir: string): Promise<readonly string[]> {
  return (await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
}

/**
 * A server that was killed leaves its lock file and one small System V segment, which outlives every process. Line 7 of the
 * file names it. A server that stops by itself leaves neither.
 */
async function releaseSharedMemory(dataDir: string): Promise<void> {
  const [, segment] = (await readLockFile(dataDir))[6]?.trim().split(/\s+/) ?? [];
  if (segment !== undefined) await promisify(execFile)("ipcrm", ["-m", segment]).catch(() => {});
}
