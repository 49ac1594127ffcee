// Real: the four services as hardened processes, nats-server, PostgreSQL, their memory and their files; once hardened, once
// as ordinary Node services, once without one measure. Doubled: SendGrid, Gemini, the ERP, Slack, the collector.
import { beforeAll, describe, expect, it } from "vitest";
import { MEASURES } from "./counterproof/measures/measures.ts";
import { prove } from "./prove.ts";
import { failuresOf, type Proof, reportOf } from "./report.ts";

const LIMIT_MS = 300_000;
const COLLECTION = "collection when content has left";
const collection = MEASURES.filter(({ name }) => name === COLLECTION);

describe.runIf(process.platform === "linux")("the short form of the proof", () => {
  let proof: Proof;
  const lines: string[] = [];
  beforeAll(async () => {
    proof = await prove({
      plan: "quick",
      without: collection,
      say: (line) => lines.push(line),
    });
  }, LIMIT_MS);

  it("finds no canary a second after a document is delivered, a body is malformed or a client is gone", () => {
    expect(failuresOf(proof, { isLong: false }).concat(lines.filter((line) => line.startsWith("  ")))).toEqual([]);
    expect(proof.memory.paths.length).toBeGreaterThan(25);
  });

  it("finds what an ordinary Node service leaves, and what is left without one measure", () => {
    expect(proof.control.hits).toBeGreaterThan(1_000);
    expect(proof.measures.without[COLLECTION]?.hits).toBeGreaterThan(0);
  });

  it("reports every path with its places", () => {
    const report = reportOf(proof, []);
    expect(report).toMatchObject({ total_hits: 0, control_hits: proof.control.hits });
    expect(proof.memory.paths[0]?.places).toEqual({
      ingest: 0,
      extractor: 0,
      "erp-pusher": 0,
      audit: 0,
      "nats-server": 0,
      postgres: 0,
    });
    expect(Object.values(proof.memory.elsewhere).every(({ hits }) => hits === 0)).toBe(true);
    expect(proof.memory.elsewhere["postgres_data"]?.searchedBytes).toBeGreaterThan(1_000_000);
  });
});
