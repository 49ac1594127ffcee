import { pushOutcomeSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { classifyAnswer, isPassing } from "./classify-answer.ts";

// Pure. Every status of three digits and every fault is walked; the contract's schema judges each outcome.

const STATUSES = Array.from({ length: 1000 }, (_, status) => status);
const resultOf = (status: number) => classifyAnswer({ kind: "answered", status }, 1).result;

describe("classifyAnswer", () => {
  it("gives an outcome that the contract accepts for every status there can be", () => {
    for (const status of STATUSES) {
      expect(pushOutcomeSchema.safeParse(classifyAnswer({ kind: "answered", status }, 1)).success).toBe(true);
    }
  });

  it("takes 2xx as delivered, and nothing else", () => {
    expect(STATUSES.filter((status) => resultOf(status) === "delivered")).toEqual(
      Array.from({ length: 100 }, (_, index) => 200 + index),
    );
    expect(classifyAnswer({ kind: "answered", status: 202 }, 3)).toEqual({
      result: "delivered",
      erp_http_status: 202,
      attempts: 3,
    });
  });

  it.each([408, 425, 429, 500, 502, 503, 504, 599])("takes %i as temporary", (status) => {
    expect(classifyAnswer({ kind: "answered", status }, 1)).toEqual({
      result: "deferred",
      code: "erp_unavailable",
      erp_http_status: status,
      attempts: 1,
    });
  });

  it("does not take a no as final while the clocks are so far apart that no signature is accepted, but for 410", () => {
    const results = [300, 401, 403, 410].map(
      (status) => classifyAnswer({ kind: "answered", status, clockOff: true }, 1).result,
    );
    expect(results).toEqual(["deferred", "deferred", "deferred", "undeliverable"]);
  });

  it.each([300, 301, 302, 307, 308, 400, 401, 403, 404, 409, 413, 422, 451])("takes %i as final", (status) => {
    expect(classifyAnswer({ kind: "answered", status }, 1)).toEqual({
      result: "undeliverable",
      code: "erp_rejected",
      erp_http_status: status,
      attempts: 1,
    });
  });

  it.each([0, 100, 199, 600, 999])(
    "takes %i, which is no final status of HTTP, as temporary and does not pass it on",
    (status) => {
      expect(classifyAnswer({ kind: "answered", status }, 1)).toEqual({
        result: "deferred",
        code: "erp_unavailable",
        attempts: 1,
      });
    },
  );

  it("takes 410 as the end of the endpoint", () => {
    expect(classifyAnswer({ kind: "answered", status: 410 }, 1)).toEqual({
      result: "undeliverable",
      code: "erp_gone",
      erp_http_status: 410,
      attempts: 1,
    });
  });

  it.each([
    ["network", "erp_unavailable"],
    ["timeout", "erp_unavailable"],
    ["certificate", "erp_certificate_invalid"],
    ["address", "erp_address_refused"],
  ] as const)("takes a %s fault as temporary: only the ERP's own no is final", (fault, code) => {
    expect(classifyAnswer({ kind: "failed", fault, cause: new Error("x") }, 2)).toEqual({
      result: "deferred",
      code,
      attempts: 2,
    });
  });
});

describe("isPassing", () => {
  it("holds for what another attempt in the same request may mend, and for nothing else", () => {
    expect(STATUSES.filter((status) => isPassing(classifyAnswer({ kind: "answered", status }, 1)))).toEqual(
      STATUSES.filter((status) => resultOf(status) === "deferred"),
    );
    const faults = ["network", "timeout", "certificate", "address"] as const;
    const passing = faults.filter((fault) => isPassing(classifyAnswer({ kind: "failed", fault, cause: undefined }, 1)));
    expect(passing).toEqual(["network", "timeout"]);
  });
});
