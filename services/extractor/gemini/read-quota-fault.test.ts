import { describe, expect, it } from "vitest";
import { readQuotaFault } from "./read-quota-fault.ts";

// Real: the reading. The bodies are those that Google documents, and what else may come.

const retryInfo = (retryDelay: unknown) => ({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay });
const quotaFailure = (quotaId: unknown) => ({
  "@type": "type.googleapis.com/google.rpc.QuotaFailure",
  violations: [{ quotaMetric: "generativelanguage.googleapis.com/requests", quotaId, quotaValue: "250" }],
});
const help = { "@type": "type.googleapis.com/google.rpc.Help", links: [{ url: "https://ai.google.dev" }] };
const error = (...details: unknown[]) => ({
  error: { code: 429, message: "…", status: "RESOURCE_EXHAUSTED", details },
});

describe("readQuotaFault", () => {
  it.each([
    ["3s", 3_000],
    ["45.8s", 45_800],
    ["0.0000001s", 1],
    ["0s", 0],
    ["999999s", 86_400_000],
  ])("reads a RetryInfo of %s", (retryDelay, retryAfterMs) => {
    expect(readQuotaFault(error(help, retryInfo(retryDelay)))).toEqual({ retryAfterMs });
  });

  it.each(["", "3", "3 s", "-3s", "1e9s", "soon", "9999999s", 3, null])("takes no delay from %j", (retryDelay) => {
    expect(readQuotaFault(error(retryInfo(retryDelay)))).toEqual({});
  });

  it("tells the day's quota from the minute's", () => {
    const perDay = quotaFailure("GenerateRequestsPerDayPerProjectPerModel-FreeTier");
    const perMinute = quotaFailure("GenerateRequestsPerMinutePerProjectPerModel");
    expect(readQuotaFault(error(perMinute, retryInfo("12s")))).toEqual({ retryAfterMs: 12_000 });
    expect(readQuotaFault(error(perMinute, perDay, retryInfo("12s")))).toEqual({
      retryAfterMs: 12_000,
      dailyQuota: true,
    });
  });

  it.each([
    undefined,
    null,
    "text",
    {},
    { error: {} },
    { error: { details: "x" } },
    error(quotaFailure(7)),
    error(["x"]),
  ])("says nothing of %j", (body) => {
    expect(readQuotaFault(body)).toEqual({});
  });
});
