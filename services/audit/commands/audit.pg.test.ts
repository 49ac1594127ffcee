// Real: the command as a process with an environment, PostgreSQL with stored events, nats-server where events are
// erased from its stream. Doubled: what is on the stream.
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@flowstate/local/servers/free-port.ts";
import { startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { COMPILED_CODE } from "@flowstate/local/testing/compiled-code.ts";
import { provisionEvents } from "@flowstate/messaging";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseRecord } from "../chain/database-record.ts";
import { publicKeyText, signingKeyText } from "../chain/signing.ts";
import { verifyRecord } from "../chain/verify-record.ts";
import { inSnapshot } from "../database/transaction.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, SENDER, sampleEvent, TENANT } from "../testing/sample-events.ts";
import { KEY, KEY_TEXT, KEYS } from "../testing/sample-record.ts";

const PROGRAM = join(import.meta.dirname, "audit.ts");

let database: AuditDatabase;
beforeAll(async () => {
  database = await auditDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

interface Ending {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function audit(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ending> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [PROGRAM, ...args],
      { env: { ...COMPILED_CODE, FLOWSTATE_LOCAL: "true", ...environment } },
      (_error, output, errors) => resolve({ code: child.exitCode ?? -1, output, errors }),
    );
  });
}

/** What audit is given, and its commands besides, of a database. */
const environmentOf = ({ url, apiUrl }: AuditDatabase): NodeJS.ProcessEnv => ({
  DATABASE_URL: url,
  DATABASE_API_URL: apiUrl,
  AUDIT_SIGNING_KEY: KEY_TEXT,
  TENANT_ID: TENANT,
  API_SECRET: "key-of-acme-0123456789",
});
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

describe("npm run audit", () => {
  it("rebuild folds the documents anew and says how far it has come", async () => {
    await recordMessages(recordingInto(database.pool), [messageOf(sampleEvent("document.delivered"), 1)]);
    await database.pool.query("UPDATE documents SET status = 'refused'");
    expect(await audit({ DATABASE_URL: database.url }, "rebuild")).toEqual({
      code: 0,
      output: "Every document is folded from its events.\n",
      errors: "\r0 of 1 documents\r1 of 1 documents\n",
    });
    const { rows } = await database.pool.query("SELECT status FROM documents");
    expect(rows).toEqual([{ status: "delivered" }]);
  });

  it("repair has recording go on after a head that was tampered with, and verify names the break", async () => {
    await recordMessages(recordingInto(database.pool), [messageOf(sampleEvent("document.received"), 1)]);
    const environment = environmentOf(database);
    expect(await audit(environment, "repair")).toMatchObject({
      code: 0,
      output: expect.stringContaining("nothing to repair"),
    });
    await database.pool.query("UPDATE segments SET digest = '\\x00'");
    const again = () => recordMessages(recordingInto(database.pool), [messageOf(sampleEvent("document.wiped"), 2)]);
    await expect(again()).rejects.toThrow("segment_signature_wrong");
    expect(await audit(environment, "repair")).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^acme is begun anew on \d{4}-\d\d-\d\d, signed by this key\.\n$/),
    });
    await again();
    const { code, errors } = await audit(environment, "verify");
    expect([code, errors]).toEqual([1, expect.stringMatching(/signature_wrong.*\n.*begun_anew/)]);
  });

  it("key makes a key that the configuration takes", async () => {
    const { output } = await audit({}, "key");
    const [, text, id, publicKey] =
      /^AUDIT_SIGNING_KEY=(\S+)\n# its id (\w+), its public key (\S+)\n$/.exec(output) ?? [];
    const made = signingKeyText.parse(text);
    expect([made.id, publicKeyText(made.publicKey)]).toEqual([id, publicKey]);
    expect((await audit({}, "key")).output).not.toBe(output);
  });

  it("verify prints the heads, needs a public key only, and finds what was changed or put back", async () => {
    await using other = await auditDatabase();
    await recordMessages(recordingInto(other.pool, "2026-11-23T12:00:00Z"), [
      messageOf(sampleEvent("mail.received"), 1),
    ]);
    const publicKey = publicKeyText(KEY.publicKey);
    const { code, output, errors } = await audit({ DATABASE_URL: other.url }, "verify", "--key", publicKey);
    expect([code, output]).toEqual([0, expect.stringMatching(/^acme 2026-11-23 1 [0-9a-f]{64}\n$/)]);
    expect(errors).toMatch(/^1 events in 1 segments looked at in [\d.]+ s\.\nThe record holds\.\n$/);

    const folder = await mkdtemp(join(tmpdir(), "flowstate-test-"));
    await writeFile(join(folder, "heads.txt"), output.replace(" 1 ", " 2 "));
    const environment = { DATABASE_URL: other.url, AUDIT_SIGNING_KEY: KEY_TEXT, INIT_CWD: folder };
    expect(await audit(environment, "verify", "--expect", "heads.txt")).toMatchObject({
      code: 1,
      errors: expect.stringContaining("flowstate: acme 2026-11-23: head_missing: event 2 is not the one"),
    });
    await rm(folder, { recursive: true });
    expect((await audit(environment, "verify", "--expect", "heads.txt")).errors).toBe(
      "flowstate: heads.txt cannot be read as heads that verify has printed\n",
    );

    await other.pool.query("UPDATE events SET size_bytes = 1");
    expect(await audit(environment, "verify")).toMatchObject({
      code: 1,
      errors: expect.stringContaining("flowstate: acme 2026-11-23: event_changed: event 1 (position 1, id "),
    });
    expect((await audit({ DATABASE_URL: other.url }, "verify")).errors).toBe(
      "flowstate: --key: is required unless AUDIT_SIGNING_KEY or AUDIT_TRUSTED_KEYS is set\n",
    );
  });

  it("retention says what it would remove, and removes it", async () => {
    await using other = await auditDatabase();
    await recordMessages(recordingInto(other.pool, daysAgo(31)), [messageOf(sampleEvent("document.received"), 1)]);
    await recordMessages(recordingInto(other.pool, daysAgo(29)), [messageOf(sampleEvent("mail.received"), 2)]);
    const environment = environmentOf(other);
    const dryRun = await audit(environment, "retention", "--dry-run");
    expect(dryRun).toMatchObject({
      code: 0,
      output: expect.stringMatching(
        /^Would remove 1 segments with 1 events, 1 documents, \d empty partitions, 0 notes on messages set aside\.\n$/,
      ),
    });
    expect(await audit(environment, "retention")).toMatchObject({
      code: 0,
      output: dryRun.output.replace("Would remove", "Removed"),
    });
    expect((await other.pool.query("SELECT type FROM events")).rows).toEqual([{ type: "mail.received" }]);
  });

  it("retention says before as after that it leaves a head that no trusted key has signed", async () => {
    await using other = await auditDatabase();
    await recordMessages(recordingInto(other.pool, daysAgo(31)), [messageOf(sampleEvent("document.received"), 1)]);
    await other.pool.query("UPDATE segments SET digest = '\\x00'");
    const left = { code: 1, errors: expect.stringContaining("1 segments are left: their heads are not signed") };
    const dryRun = await audit(environmentOf(other), "retention", "--dry-run");
    expect(dryRun).toMatchObject({ ...left, output: expect.stringContaining("Would remove 0 segments with 0 events") });
    expect(await audit(environmentOf(other), "retention")).toMatchObject({
      ...left,
      output: dryRun.output.replace("Would remove", "Removed"),
    });
  });

  it("retention may be killed at any moment: what it leaves verifies, and the next one does the rest", async () => {
    await using other = await auditDatabase();
    for (let batch = 0; batch < 4; batch += 1) {
      const events = Array.from({ length: 1_000 }, () =>
        messageOf(sampleEvent("document.received", { data: { document_id: randomUUID() } }), 1),
      );
      await recordMessages(recordingInto(other.pool, daysAgo(31)), events);
    }
    const left = async () => Number((await other.pool.query("SELECT count(*) AS n FROM events")).rows[0].n);
    const environment = environmentOf(other);
    for (let kill = 0; kill < 2; kill += 1) {
      const before = await left();
      const child = execFile(process.execPath, [PROGRAM, "retention"], {
        env: { FLOWSTATE_LOCAL: "true", ...environment },
      });
      const ended = once(child, "exit");
      // In the middle: something of what there was is gone, and not all of it.
      await expect.poll(left, { timeout: 20_000, interval: 2 }).toBeLessThan(before);
      child.kill("SIGKILL");
      await ended;
      expect(child.signalCode).toBe("SIGKILL");
      const { findings } = await inSnapshot(other.pool, (client) => verifyRecord(databaseRecord(client), KEYS));
      expect(findings).toEqual([]);
    }
    expect((await audit(environment, "retention")).code).toBe(0);
    expect(await left()).toBe(0);
    expect((await other.pool.query("SELECT FROM documents")).rows).toEqual([]);
  });

  it("forget erases an address in the database and in the stream, and prints it nowhere", async () => {
    await using nats = await startNatsServer({});
    await provisionEvents({ url: nats.url, password: nats.passwords.admin });
    await using other = await auditDatabase();
    await recordMessages(recordingInto(other.pool, daysAgo(1)), [messageOf(sampleEvent("document.received"), 1)]);
    const environment = {
      ...environmentOf(other),
      NATS_URL: nats.url,
      NATS_ADMIN_PASSWORD: nats.passwords.admin,
    };
    const { code, output, errors } = await audit(environment, "forget", SENDER);
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toMatch(
      /^Erased in 1 events of 1 documents; in its place stands forgotten-\w{12}@erased.invalid\.\nErased 0 messages of the stream\.\n$/,
    );
    expect((await audit(environment, "verify")).code).toBe(0);
    expect((await audit(environment, "forget", "nobody")).errors).toBe(
      "flowstate: usage: npm run audit -- forget ADDRESS\n",
    );
  });

  it("lists what is wrong with the configuration", async () => {
    const { code, errors } = await audit({ DATABASE_URL: "mysql://root:hush@db" }, "rebuild");
    expect([code, errors]).toEqual([78, "flowstate: DATABASE_URL: must be a postgres:// URL\n"]);
  });

  it.each([["rebuild"], ["verify"], ["repair"], ["retention"], ["forget", SENDER]])(
    "%s refuses to speak to the database in plain text unless that is local",
    async (...args) => {
      const { code, errors } = await audit({ ...environmentOf(database), FLOWSTATE_LOCAL: "false" }, ...args);
      expect([code, errors]).toEqual([
        78,
        expect.stringContaining("flowstate: DATABASE_URL: must have sslmode=verify"),
      ]);
    },
  );

  it("says so when the database, or what it needs besides, is not there", async () => {
    const nobody = `127.0.0.1:${await freePort()}`;
    const environment = environmentOf(database);
    const broker = { NATS_URL: `nats://${nobody}`, NATS_ADMIN_PASSWORD: "password-of-admin-0123" };
    const says = (code: string) => ({
      code: 1,
      output: "",
      errors: `flowstate: not finished: the database or the broker is away, busy, or refuses this login (${code})\n`,
    });
    const gone = { ...environment, DATABASE_URL: `postgres://flowstate:hush@${nobody}/flowstate` };
    expect(await audit(gone, "verify")).toEqual(says("ECONNREFUSED"));
    expect(await audit({ ...environment, ...broker }, "forget", SENDER)).toEqual(says("CONNECTION_REFUSED"));
  });

  it("says how it is used", async () => {
    expect(await audit({}, "rebuild", "everything")).toMatchObject({
      code: 1,
      errors: "flowstate: usage: npm run audit -- rebuild\n",
    });
    for (const args of [[], ["refold"], ["constructor"]]) {
      const { code, errors } = await audit({}, ...args);
      expect([code, errors]).toEqual([1, expect.stringMatching(/^flowstate: usage: npm run audit -- .*\brebuild\b/)]);
    }
  });
});
