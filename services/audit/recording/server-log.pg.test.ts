// Real: a PostgreSQL of its own that logs as PostgreSQL does by default, audit's schema and its storing, under an owner that
// is no superuser, as in production. Doubled: the stream.
import { randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type PostgresServer, startPostgres } from "@flowstate/local/servers/postgres.ts";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate, readMigrations } from "../database/migrate.ts";
import { openPool } from "../database/open-pool.ts";
import { rebuildDocuments } from "../projection/rebuild-documents.ts";
import { MIGRATIONS_FOLDER, recordingInto, silentLogger } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";

const CANARY = "canary-sender@supplier.example";

let postgres: PostgresServer;
let superuser: pg.Client;
/** A second connection, for locks that are held while the first one looks. */
let locker: pg.Client;
let pool: pg.Pool;
let ownerUrl: string;
beforeAll(async () => {
  postgres = await startPostgres({ defaultLogging: true });
  const { url } = await postgres.createDatabase("audit");
  superuser = new pg.Client({ connectionString: url });
  locker = new pg.Client({ connectionString: url });
  await Promise.all([superuser.connect(), locker.connect()]);
  const password = randomBytes(16).toString("hex");
  await superuser.query(
    `CREATE ROLE plain_owner LOGIN PASSWORD '${password}'; ALTER DATABASE audit OWNER TO plain_owner`,
  );
  const owner = new URL(url);
  [owner.username, owner.password] = ["plain_owner", password];
  ownerUrl = owner.href;
  await migrate(ownerUrl, await readMigrations(MIGRATIONS_FOLDER), silentLogger);
  pool = openPool({
    url: ownerUrl,
    purpose: "test",
    maxConnections: 3,
    statementTimeoutMs: 1_000,
    logger: silentLogger,
  });
});
afterAll(async () => {
  await pool.end();
  await Promise.all([superuser.end(), locker.end()]);
  await postgres[Symbol.asyncDispose]();
});

const logged = () => readFile(postgres.logPath, "utf8");
const received = (time?: string) =>
  sampleEvent("document.received", {
    ...(time !== undefined && { time }),
    data: { sender_email: CANARY, document_id: randomUUID() },
  });
const record = (...events: readonly unknown[]) => recordMessages(recordingInto(pool), events.map(messageOf));
const attempt = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: unknown }) => error.code,
  );

/** What goes wrong, and what the server's log says of it. */
const faults: readonly (readonly [what: string, provoke: () => Promise<void>, logs: RegExp])[] = [
  [
    "a time that the calendar does not have",
    async () => expect(await attempt(record(received("0000-01-01T00:00:00.000Z"), received()))).toBe("done"),
    /date\/time field value out of range/,
  ],
  [
    "a constraint that somebody has added to the events",
    async () => {
      await superuser.query(
        "ALTER TABLE events ADD CONSTRAINT refused_1 CHECK (sender_email <> 'canary-sender@supplier.example') NOT VALID",
      );
      expect(await attempt(record(received()))).toBe("23514");
      await superuser.query("ALTER TABLE events DROP CONSTRAINT refused_1");
    },
    /violates check constraint "refused_1"/,
  ],
  [
    "a constraint that somebody has added to the documents",
    async () => {
      await superuser.query("ALTER TABLE documents ADD CONSTRAINT refused_2 CHECK (size_bytes < 0) NOT VALID");
      expect(await attempt(record(received()))).toBe("23514");
      expect(await attempt(rebuildDocuments({ pool }))).toBe("23514");
      await superuser.query("ALTER TABLE documents DROP CONSTRAINT refused_2");
    },
    /violates check constraint "refused_2"/,
  ],
  [
    "a column that must not be empty",
    async () => {
      await superuser.query("DELETE FROM documents; ALTER TABLE documents ALTER COLUMN wiped_at SET NOT NULL");
      expect(await attempt(record(received()))).toBe("23502");
      await superuser.query("ALTER TABLE documents ALTER COLUMN wiped_at DROP NOT NULL");
    },
    /null value in column "wiped_at"/,
  ],
  [
    "a key that is taken",
    async () => {
      await superuser.query("CREATE UNIQUE INDEX taken ON documents (sender_email)");
      expect(await attempt(record(received(), received()))).toBe("23505");
      await superuser.query("DROP INDEX taken");
    },
    /duplicate key value violates unique constraint "taken"/,
  ],
  [
    "a statement that takes too long",
    async () => {
      await locker.query("BEGIN; LOCK TABLE events");
      expect(await attempt(record(received()))).toBe("57014");
      await locker.query("ROLLBACK");
    },
    /canceling statement due to statement timeout/,
  ],
  [
    "a statement that is cancelled",
    async () => {
      await locker.query("BEGIN; LOCK TABLE documents");
      const recording = attempt(record(received()));
      const cancel =
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'plain_owner' AND wait_event_type = 'Lock'";
      await expect.poll(async () => (await superuser.query(cancel)).rowCount).toBe(1);
      expect(await recording).toBe("57014");
      await locker.query("ROLLBACK");
    },
    /canceling statement due to user request/,
  ],
  [
    "a connection that is ended in a transaction",
    async () => {
      await locker.query("BEGIN; LOCK TABLE documents");
      const recording = attempt(record(received()));
      const end =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'plain_owner' AND wait_event_type = 'Lock'";
      await expect.poll(async () => (await superuser.query(end)).rowCount).toBe(1);
      expect(await recording).toBe("57P01");
      await locker.query("ROLLBACK");
    },
    /terminating connection due to administrator command/,
  ],
];

describe("the server's log, by default settings", () => {
  it.each(faults)("does not name a sender when there is %s", async (_what, provoke, logs) => {
    await provoke();
    await expect.poll(logged).toMatch(logs);
    expect(await logged()).not.toContain("canary");
  });

  it("would name one if it were not for that: a superuser's refused row is quoted in full", async () => {
    await superuser.query("CREATE TABLE quoted (sender_email text CHECK (sender_email = ''))");
    expect(await attempt(superuser.query("INSERT INTO quoted VALUES ($1)", ["another-canary"]))).toBe("23514");
    await expect.poll(logged).toContain("another-canary");
  });
});

describe("a database that was handed to another role", () => {
  it("stops audit, to which it would look empty", async () => {
    await superuser.query(
      "CREATE ROLE new_owner LOGIN PASSWORD 'of-the-new-owner'; REASSIGN OWNED BY plain_owner TO new_owner",
    );
    await superuser.query("GRANT plain_owner TO new_owner");
    const url = new URL(ownerUrl);
    [url.username, url.password] = ["new_owner", "of-the-new-owner"];
    const migrating = migrate(url.href, await readMigrations(MIGRATIONS_FOLDER), silentLogger);
    await expect(migrating).rejects.toMatchObject({ code: "not_the_owner" });
  });
});
