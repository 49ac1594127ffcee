// Real: the command as a process with an environment, PostgreSQL with stored events. Doubled: the stream.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordBatch } from "../consume-events.ts";
import { type AuditDatabase, auditDatabase, recordingInto } from "../testing/audit-database.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";

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
    const child = execFile(process.execPath, [PROGRAM, ...args], { env: environment }, (_error, output, errors) =>
      resolve({ code: child.exitCode ?? -1, output, errors }),
    );
  });
}

describe("npm run audit", () => {
  it("rebuild folds the documents anew and says how far it has come", async () => {
    await recordBatch(recordingInto(database.pool), [messageOf(sampleEvent("document.delivered"), 1)]);
    await database.pool.query("UPDATE documents SET status = 'refused'");
    expect(await audit({ DATABASE_URL: database.url }, "rebuild")).toEqual({
      code: 0,
      output: "Every document is folded from its events.\n",
      errors: "\r0 of 1 documents\r1 of 1 documents\n",
    });
    const { rows } = await database.pool.query("SELECT status FROM documents");
    expect(rows).toEqual([{ status: "delivered" }]);
  });

  it("lists what is wrong with the configuration", async () => {
    const { code, errors } = await audit({ DATABASE_URL: "mysql://root:hush@db" }, "rebuild");
    expect([code, errors]).toEqual([78, "flowstate: DATABASE_URL: must be a postgres:// URL\n"]);
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
