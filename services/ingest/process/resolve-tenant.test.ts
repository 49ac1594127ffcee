import { tenantIdSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { resolveTenant } from "./resolve-tenant.ts";

const acme = tenantIdSchema.parse("acme");
const tenants = [{ id: acme, addresses: ["in@acme.example", "invoices@acme.example"] }];
const resolve = (...to: string[]) => resolveTenant({ from: undefined, to }, tenants);

describe("resolveTenant", () => {
  it.each([[["in@acme.example"]], [["x@y.example", "Invoices@Acme.Example"]], [[" in@acme.example "]]])(
    "finds the tenant among the recipients %j",
    (to) => {
      expect(resolve(...to)).toBe(acme);
    },
  );

  it.each([[[]], [["in@acme.example.evil.example"]], [["xin@acme.example"]], [["in@acme"]]])(
    "finds nobody for %j",
    (to) => {
      expect(resolve(...to)).toBeUndefined();
    },
  );
});
