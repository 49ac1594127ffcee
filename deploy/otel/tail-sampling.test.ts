// Real: the collector's policies, the ends and answers that the code knows, spans as OTLP carries them. Doubled: the collector,
// by a reading of its documentation. Spans of a running stack are judged in deploy/local/e2e/one-mail.e2e.test.ts.
import { describe, expect, it } from "vitest";
import { CODES, ERROR_CATEGORIES } from "../../libs/contracts/index.ts";
import { keptBy, readSampling, type SampledSpan } from "./testing/tail-sampling.ts";

const { policies, pipeline } = readSampling();
const ordinary: SampledSpan = { failed: false, durationMs: 900, attributes: { "flowstate.end": "delivered" } };
const kept = (span: Partial<SampledSpan>) => keptBy(policies, [ordinary, { ...ordinary, ...span }]);

describe("the collector", () => {
  it("decides before anything is exported", () => {
    expect(pipeline).toContain("tail_sampling");
  });

  it("keeps every trace in which something failed or took long", () => {
    expect(kept({ failed: true })).not.toEqual([]);
    expect(kept({ durationMs: 15_000 })).not.toEqual([]);
    expect(kept({})).toEqual([]);
  });

  it.each(Object.values(CODES).filter((end) => !["ignored", "unroutable", "mail_refused"].includes(end)))(
    "keeps every document that ended %s",
    (end) => {
      expect(kept({ attributes: { "flowstate.end": end } })).not.toEqual([]);
    },
  );

  it.each(Object.entries(ERROR_CATEGORIES))("keeps every mail that was answered %s, %i", (_category, status) => {
    expect(kept({ attributes: { "http.response.status_code": status } })).not.toEqual([]);
  });

  it("keeps of the others as many as the operator says", () => {
    expect(policies.at(-1)).toMatchObject({
      type: "probabilistic",
      probabilistic: { sampling_percentage: expect.stringContaining("TRACES_KEPT_PERCENT") },
    });
  });
});
