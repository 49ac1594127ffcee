// Pure: settings in, days out.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readConfig } from "./config.ts";
import { retentionOf, retentionSettings, streamAgeDays } from "./retention.ts";

const read = (environment: NodeJS.ProcessEnv) =>
  retentionOf(readConfig(z.object(retentionSettings), Object.keys(retentionSettings), environment));

describe("retention", () => {
  it("is 30, 90 and 365 days unless set otherwise", () => {
    expect(read({})).toEqual({ starter: 30, growth: 90, scale: 365 });
    expect(read({ RETENTION_GROWTH_DAYS: "60" })).toEqual({ starter: 30, growth: 60, scale: 365 });
  });

  it("has the stream forget a day before the shortest plan", () => {
    expect(streamAgeDays(read({}))).toBe(29);
    expect(streamAgeDays({ starter: 400, growth: 90, scale: 60 })).toBe(59);
  });

  it("is never so short that the stream would forget within the 72 hours of SendGrid", () => {
    expect(streamAgeDays(read({ RETENTION_STARTER_DAYS: "4" }))).toBe(3);
    expect(() => read({ RETENTION_STARTER_DAYS: "3" })).toThrow("must be at least 4");
  });
});
