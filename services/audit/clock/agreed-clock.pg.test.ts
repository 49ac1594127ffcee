// Real: PostgreSQL and its clock, events recorded and retained as in service. Doubled: the process's clocks; the stream.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { retainOnce } from "../retention/keep-retention.ts";
import { type AuditDatabase, auditDatabase, recordingInto, silentLogger } from "../testing/audit-database.ts";
import { recordMessages } from "../testing/record-messages.ts";
import { messageOf, sampleEvent } from "../testing/sample-events.ts";
import { KEY, KEYS } from "../testing/sample-record.ts";
import { AgreedClock, ClockOffError, MAX_CLOCK_DIFFERENCE_MS } from "./agreed-clock.ts";

const DAY_MS = 86_400_000;

let database: AuditDatabase;
beforeEach(async () => {
  database = await auditDatabase();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

/** A clock of a process that shows so much more than the time, and can be set; and how long the process seems to run. */
function processClock(aheadMs = 0) {
  const shown = { aheadMs, ranMs: 0 };
  const clock = new AgreedClock(
    database.pool,
    () => new Date(Date.now() + shown.aheadMs),
    () => performance.now() + shown.ranMs,
  );
  return { clock, shown };
}
const count = async (table: string) => (await database.pool.query(`SELECT FROM ${table}`)).rows.length;

describe("the time that process and database agree on", () => {
  it("is nobody's before they were compared", () => {
    const { clock } = processClock();
    expect(clock.isRight()).toBe(false);
    expect(() => clock.now()).toThrow(ClockOffError);
  });

  it("is the process's while it is less than a minute from the database's", async () => {
    for (const aheadMs of [0, MAX_CLOCK_DIFFERENCE_MS / 2, -MAX_CLOCK_DIFFERENCE_MS / 2]) {
      const { clock } = processClock(aheadMs);
      await clock.compare();
      expect(Math.abs(clock.now().getTime() - Date.now() - aheadMs)).toBeLessThan(MAX_CLOCK_DIFFERENCE_MS / 4);
    }
  });

  it.each([DAY_MS * 3_650, DAY_MS, -DAY_MS, 2 * MAX_CLOCK_DIFFERENCE_MS])(
    "is none while the process's clock is %d ms ahead, and the database's goes on",
    async (aheadMs) => {
      const { clock } = processClock(aheadMs);
      await clock.compare();
      expect(() => clock.now()).toThrow(ClockOffError);
      await expect(clock.surely()).rejects.toBeInstanceOf(ClockOffError);
      expect(Math.abs(clock.databaseTime().getTime() - Date.now())).toBeLessThan(MAX_CLOCK_DIFFERENCE_MS / 4);
    },
  );

  it("is none from the moment at which the process's clock is set, and some again when it is put right", async () => {
    const { clock, shown } = processClock();
    await clock.compare();
    shown.aheadMs = DAY_MS;
    expect(clock.isRight()).toBe(false);
    shown.aheadMs = 0;
    expect(clock.isRight()).toBe(true);
  });

  it("is, for what cannot be undone, never later than either clock", async () => {
    const half = MAX_CLOCK_DIFFERENCE_MS / 2;
    const behind = (await processClock(-half).clock.surely()).getTime();
    const ahead = (await processClock(half).clock.surely()).getTime();
    expect(behind).toBeLessThan(Date.now() - half / 2);
    expect(ahead).toBeLessThan(Date.now() + half / 2);
  });
});

describe("an instance whose clock is ten years ahead", () => {
  it("records nothing, so that no later event is recorded on that day, and records when its clock is right", async () => {
    const { clock, shown } = processClock(3_650 * DAY_MS);
    await clock.compare();
    const recording = { ...recordingInto(database.pool), now: () => clock.now() };
    const messages = [messageOf(sampleEvent("document.received"), 1)];
    await expect(recordMessages(recording, messages)).rejects.toBeInstanceOf(ClockOffError);
    expect(await count("events")).toBe(0);
    shown.aheadMs = 0;
    await recordMessages(recording, messages);
    expect((await database.pool.query("SELECT recorded_on <= current_date + 1 AS sound FROM events")).rows).toEqual([
      { sound: true },
    ]);
  });

  it("removes nothing", async () => {
    await recordMessages(recordingInto(database.pool), [messageOf(sampleEvent("document.received"), 1)]);
    const retain = (aheadMs: number) =>
      retainOnce({
        pool: database.pool,
        policy: { days: new Map(), otherwise: 30 },
        key: KEY,
        trusted: KEYS,
        logger: silentLogger,
        now: () => processClock(aheadMs).clock.surely(),
      });
    await retain(3_650 * DAY_MS);
    expect([await count("events"), await count("retention_runs")]).toEqual([1, 0]);
    await retain(0);
    expect([await count("events"), await count("retention_runs")]).toEqual([1, 1]);
  });
});
