import { CODES } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { classifyFault } from "./classify-fault.ts";
import type { TransportFault } from "./transport.ts";

// Real: the classification. Pure and total.

const status = (code: number): TransportFault => ({ kind: "status", status: code });

describe("classifyFault", () => {
  it.each([408, 429, 500, 502, 503, 504])("takes %d for a passing fault of the model", (code) => {
    expect(classifyFault(status(code))).toEqual({
      code: "model_unavailable",
      needsOperator: false,
      passing: true,
      model: "failing",
    });
  });

  it.each([301, 307, 401, 403, 404, 410, 501])("takes %d for something that a person has to mend", (code) => {
    expect(classifyFault(status(code))).toEqual({
      code: "model_unavailable",
      needsOperator: true,
      passing: false,
      model: "failing",
    });
  });

  it.each([400, 413, 422])("holds %d against no other document: this one may have caused it", (code) => {
    expect(classifyFault(status(code))).toMatchObject({ passing: false, model: "unknown", needsOperator: true });
  });

  it("takes the end of the day's quota for the end of the day", () => {
    const fault: TransportFault = { kind: "status", status: 429, retryAfterMs: 3_000, dailyQuota: true };
    expect(classifyFault(fault)).toEqual({
      code: "model_unavailable",
      needsOperator: true,
      passing: false,
      model: "exhausted",
    });
  });

  it.each([
    ["network", "model_unavailable", true, "failing"],
    ["timeout", "model_unavailable", true, "failing"],
    ["aborted", "deadline_exceeded", false, "unknown"],
    ["answer_too_large", "model_answer_unusable", false, "unknown"],
    ["answer_malformed", "model_answer_unusable", true, "unknown"],
  ] as const)("takes %s for %s", (kind, code, passing, model) => {
    expect(classifyFault({ kind })).toEqual({ code, needsOperator: false, passing, model });
  });

  it("defers the document whatever the fault is", () => {
    const faults: TransportFault[] = [
      status(400),
      status(500),
      { kind: "network" },
      { kind: "timeout" },
      { kind: "aborted" },
      { kind: "answer_too_large" },
      { kind: "answer_malformed" },
    ];
    for (const fault of faults) expect(CODES[classifyFault(fault).code]).toBe("deferred");
  });
});
