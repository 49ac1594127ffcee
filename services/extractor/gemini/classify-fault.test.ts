import { CODES } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { classifyFault } from "./classify-fault.ts";
import type { TransportFault } from "./transport.ts";

// Real: the classification. Pure and total.

const status = (code: number): TransportFault => ({ kind: "status", status: code });

describe("classifyFault", () => {
  it.each([408, 429, 500, 502, 503, 504])("takes %d for a passing fault of the model", (code) => {
    expect(classifyFault(status(code))).toEqual({ code: "model_unavailable", needsOperator: false });
  });

  it.each([301, 307, 400, 401, 403, 404, 413, 501])("takes %d for something that a person has to mend", (code) => {
    expect(classifyFault(status(code))).toEqual({ code: "model_unavailable", needsOperator: true });
  });

  it.each([
    ["network", "model_unavailable"],
    ["timeout", "model_unavailable"],
    ["aborted", "deadline_exceeded"],
    ["answer_too_large", "model_answer_unusable"],
    ["answer_malformed", "model_answer_unusable"],
  ] as const)("takes %s for %s", (kind, code) => {
    expect(classifyFault({ kind })).toEqual({ code, needsOperator: false });
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
