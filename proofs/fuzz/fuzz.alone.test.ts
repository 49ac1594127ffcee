// Real: what each target says it runs, in processes of its own; nats-server, PostgreSQL. Doubled: the services behind ingest.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestDatabase, testDatabase } from "@flowstate/local/testing/test-database.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONTROLS } from "./controls/controls.ts";
import { fuzz } from "./fuzz.ts";
import type { FuzzReport } from "./report.ts";
import { FuzzProcess } from "./run/fuzz-process.ts";
import { FAULT_KINDS } from "./target.ts";
import { loadTarget, TARGET_NAMES } from "./targets/targets.ts";

const LIMIT_MS = 240_000;
/** A named case that takes three times as long as any input may is a hang, and is over before the test's own time is. */
const SILENCE_MS = 20_000;
/** When it is given first: a busy machine is slow, but not so slow. */
const FIRST_LIMIT_MS = 10_000;
const FINDINGS = join(import.meta.dirname, "findings");

/** Those that start in a moment, and one that has all of ingest. */
const INPUTS = {
  "e-invoice-xml": 400,
  mime: 800,
  "multipart-parser": 800,
  "transfer-frames": 800,
  multipart: 150,
} as const;

it("every input goes to one of the doors: their shares come to a whole", async () => {
  const targets = await Promise.all(TARGET_NAMES.map(loadTarget));
  expect(targets.map(({ name }) => name)).toEqual(TARGET_NAMES);
  expect(targets.reduce((sum, { share }) => sum + share, 0)).toBe(1_000);
});

it("a bug is planted behind each door, and of each kind", () => {
  expect(new Set(CONTROLS.map(({ target }) => target))).toEqual(new Set(TARGET_NAMES));
  expect(new Set(CONTROLS.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
});

describe("the short form of the proof", () => {
  let report: FuzzReport;
  beforeAll(async () => {
    const plan = await Promise.all(
      Object.entries(INPUTS).map(async ([name, inputs]) => [await loadTarget(name), inputs] as const),
    );
    const controls = CONTROLS.filter(({ target }) => target in INPUTS);
    report = await fuzz({ seed: 9, plan: new Map(plan), controls, corpora: [], jobs: 2 });
  }, LIMIT_MS);

  it("finds nothing wrong with how any input is taken", () => {
    expect(report.findings).toEqual([]);
    expect(report.inputs).toBe(2_950);
  });

  it("gets inputs through each of the doors, and has others refused there", () => {
    const counts = [...report.byTarget.values()];
    expect(counts.filter(({ inputs, accepted }) => accepted === 0 || accepted === inputs)).toEqual([]);
    expect(report.failures()).toEqual([]);
  });

  it("finds a planted bug of each kind", () => {
    expect(report.controls.filter(({ found }) => !found)).toEqual([]);
    expect(new Set(report.controls.map(({ control }) => control.kind))).toEqual(new Set(FAULT_KINDS));
  });
});

describe.each(readdirSync(FINDINGS))("named cases of %s", (name) => {
  const cases = readdirSync(join(FINDINGS, name));
  let database: TestDatabase;
  let running: FuzzProcess;
  beforeAll(async () => {
    database = await testDatabase();
    const { url, apiUrl } = database;
    running = await FuzzProcess.start({ target: name, corpora: [], database: { url, apiUrl } }, SILENCE_MS);
  });
  afterAll(async () => {
    await running[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  it.each(cases)("%s", async (file) => {
    const { fault, firstMs } = await running.give(readFileSync(join(FINDINGS, name, file)));
    expect(fault).toBeUndefined();
    expect(firstMs).toBeLessThan(FIRST_LIMIT_MS);
  });

  it("leave nothing behind", async () => {
    expect(await running.settle()).toBeUndefined();
  });
});
