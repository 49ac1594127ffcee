// Pure: plans and a day in, days out.
import { tenantIdSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { lastDueDay, retentionPolicy } from "./retention-policy.ts";

const tenant = (id: string, plan: "starter" | "growth" | "scale") => ({ id: tenantIdSchema.parse(id), plan });

describe("how long events are kept", () => {
  it("is what the tenant's plan says", () => {
    const { days } = retentionPolicy([tenant("acme", "growth"), tenant("globex", "scale")], {
      starter: 30,
      growth: 90,
      scale: 365,
    });
    expect([days.get("acme"), days.get("globex")]).toEqual([90, 365]);
  });

  it("is the shortest plan for what belongs to nobody, and the longest for a tenant that is not configured", () => {
    const { days, otherwise } = retentionPolicy([tenant("acme", "growth")], { starter: 120, growth: 90, scale: 60 });
    expect([days.get("_"), otherwise]).toEqual([60, 120]);
  });

  it.each([
    [30, "2026-12-23", "2026-11-23"],
    [30, "2027-01-01", "2026-12-02"],
    [365, "2028-02-29", "2027-03-01"],
    [4, "2028-03-01", "2028-02-26"],
  ])("of %d days means that on %s everything up to %s goes", (days, today, last) => {
    expect(lastDueDay(days, today)).toBe(last);
  });
});
