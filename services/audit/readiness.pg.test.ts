// Real: PostgreSQL and the pool. Doubled: what is known of the clock.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Readiness } from "./readiness.ts";
import { type AuditDatabase, auditDatabase, testPool, UNREACHABLE_DATABASE } from "./testing/audit-database.ts";

const RIGHT = { isRight: () => true };

let database: AuditDatabase;
beforeEach(async () => {
  database = await auditDatabase();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

describe("an instance", () => {
  it("is ready once it records and the database answers", async () => {
    const readiness = new Readiness(database.pool, RIGHT);
    expect(await readiness.holds()).toBe(false);
    readiness.recordingBegan();
    expect(await readiness.holds()).toBe(true);
  });

  it("is not ready while its clock and the database's do not agree", async () => {
    let isRight = false;
    const readiness = new Readiness(database.pool, { isRight: () => isRight });
    readiness.recordingBegan();
    expect(await readiness.holds()).toBe(false);
    isRight = true;
    expect(await readiness.holds()).toBe(true);
  });

  it("is not ready while the database is away", async () => {
    const pool = testPool(UNREACHABLE_DATABASE);
    const readiness = new Readiness(pool, RIGHT);
    readiness.recordingBegan();
    expect(await readiness.holds()).toBe(false);
    await pool.end();
  });

  it("asks the database once, however many ask it", async () => {
    const pool = testPool(database.url, 1);
    const taken = await pool.connect();
    const readiness = new Readiness(pool, RIGHT);
    readiness.recordingBegan();
    const answers = Array.from({ length: 100 }, () => readiness.holds());
    expect(pool.waitingCount).toBe(1);
    taken.release();
    expect(new Set(await Promise.all(answers))).toEqual(new Set([true]));
    // The next one asks anew.
    await pool.end();
    expect(await readiness.holds()).toBe(false);
  });
});
