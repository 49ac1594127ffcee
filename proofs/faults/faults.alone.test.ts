// Real: the four services as hardened processes, nats-server, PostgreSQL, what stands between them and fails. Doubled:
// SendGrid, the model, the ERP, Slack; the services' clock.
import { testDatabase } from "@flowstate/local/testing/test-database.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { faults } from "./faults.ts";
import type { FaultReport } from "./report.ts";
import { cellsNamed } from "./table/table.ts";

const LIMIT_MS = 180_000;

/** Those of which most people ask, and one that nobody thinks of. What an ERP may do, erp-faults.e2e.test.ts goes through. */
const CELLS = cellsNamed(["nats:refuse", "postgres:refuse", "clock_behind:garbage"]) ?? [];

describe("the short form of the proof", () => {
  let report: FaultReport;
  beforeAll(async () => {
    await using database = await testDatabase();
    report = await faults({ cells: CELLS, database });
  }, LIMIT_MS);

  it("finds every cell as stated", () => {
    expect(report.failures()).toEqual([]);
    expect(report.cells).toHaveLength(CELLS.length);
  });

  it("judges mails of which one has met the fault", () => {
    for (const { seen } of report.cells) expect(seen?.met).toBeGreaterThan(0);
  });
});
