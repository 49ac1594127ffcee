// Real: the four services as hardened processes, killed with SIGKILL, nats-server, PostgreSQL; beside them the same services
// without their ledger. Doubled: SendGrid, on a faster clock, the model, the ERP.
import { beforeAll, describe, expect, it } from "vitest";
import { WITHOUT_LEDGER } from "./controls/controls.ts";
import { crash } from "./crash.ts";
import type { PlannedRun } from "./plan/plan-run.ts";
import type { CrashReport } from "./report.ts";

const LIMIT_MS = 240_000;

const killed = { instance: 0, pauseMs: undefined, downMs: 0 };
/** None leaves a lease behind, or events in the hand of an audit that is no more, that would have to be waited for. */
const RUNS: readonly PlannedRun[] = [
  {
    ...killed,
    number: 0,
    mails: [{ documents: [{ kind: "unsteady" }, { kind: "unreadable" }], again: true }],
    when: { kind: "moment", name: "the ledger knows", count: 1 },
    victims: ["ingest"],
  },
  {
    ...killed,
    number: 1,
    mails: [{ documents: [{ kind: "small" }], again: false }],
    when: { kind: "moment", name: "the ERP has answered", count: 1 },
    victims: ["erp-pusher"],
  },
  {
    ...killed,
    number: 2,
    mails: [{ documents: [{ kind: "scan" }], again: false }],
    when: { kind: "moment", name: "events are in a transaction", count: 1 },
    victims: ["postgres", "extractor"],
  },
  {
    ...killed,
    number: 3,
    mails: [{ documents: [{ kind: "large" }], again: false }],
    when: { kind: "moment", name: "the document is arriving", count: 1 },
    victims: ["ingest"],
  },
];

describe.runIf(process.platform === "linux")("the short form of the proof", () => {
  let report: CrashReport;
  let control: CrashReport;
  beforeAll(async () => {
    const { runs, spoiledBy } = WITHOUT_LEDGER;
    [report, control] = await Promise.all([
      crash({ seed: 0, runs: RUNS, instances: 1 }),
      crash({ seed: 0, runs, instances: 1, spoiledBy }),
    ]);
  }, LIMIT_MS);

  it("finds nothing lost, nothing doubled and nothing left, whoever was killed", () => {
    expect(report.json()).toMatchObject({
      runs: 4,
      kills: 5,
      documents: 5,
      lost: 0,
      doubled: 0,
      answered_without_delivery: 0,
      answered_early: 0,
      audit_missing: 0,
      audit_double: 0,
      residue_hits: 0,
      failures: [],
    });
  });

  it("reached every moment that it struck at", () => {
    for (const { runs, reached } of report.byMoment.values()) expect(reached).toBe(runs);
    expect(report.byMoment.size).toBe(RUNS.length);
  });

  it("finds what is doubled without the ledger", () => {
    expect(WITHOUT_LEDGER.caught(control)).toBe(1);
  });
});
