import { tenantIdSchema } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { RecipientTable } from "./route-recipients.ts";

/* Real: the table of recipients. Nothing is doubled. */

const senders = { allow: undefined, require: [] };
const tenant = (id: string, addresses: string[]) => ({ id: tenantIdSchema.parse(id), addresses, senders });
const table = new RecipientTable([
  tenant("acme", ["in@acme.example", "@acme.example"]),
  tenant("acme-eu", ["in+eu@acme.example", "orders@acme.example"]),
  tenant("globex", ["in@globex.example"]),
]);

describe("a mail belongs to", () => {
  it.each<[string, string[], string[]]>([
    ["the tenant with the address", ["in@globex.example"], ["globex"]],
    ["the tenant with the address, however it is written", [" IN@Globex.Example "], ["globex"]],
    ["the tenant with the mailbox of a plus-address", ["in+supplier42@globex.example"], ["globex"]],
    ["the tenant with the mailbox, several pluses or not", ["in+a+b@globex.example"], ["globex"]],
    ["the tenant with exactly that plus-address before that of its mailbox", ["in+eu@acme.example"], ["acme-eu"]],
    ["the tenant with the mailbox before that of the domain", ["orders+1@acme.example"], ["acme-eu"]],
    ["the tenant with the domain when nobody has the address", ["anything@acme.example"], ["acme"]],
    ["every tenant that has a recipient", ["in@globex.example", "in@acme.example"], ["globex", "acme"]],
    ["a tenant once, whatever many recipients it has", ["in@acme.example", "x@acme.example"], ["acme"]],
    ["the tenant among strangers", ["who@else.example", "in@globex.example"], ["globex"]],
    ["nobody without recipients", [], []],
    ["nobody when nobody has the address", ["who@globex.example"], []],
    ["nobody for a domain within a domain", ["in@sub.acme.example"], []],
    ["nobody for a domain that ends alike", ["in@notacme.example"], []],
    ["nobody for what is no address", ["in", "", "@", "acme.example"], []],
    ["the domain after the last at sign", ['"in@globex.example"@acme.example'], ["acme"]],
  ])("%s", (_name, to, expected) => {
    expect(table.tenantsOf({ from: undefined, to }).map(({ id }) => id)).toEqual(expected);
  });
});

describe("the recipients of a mail", () => {
  it.each<[string, string[], boolean]>([
    ["say nothing new when tenants have them", ["in@globex.example", " IN@acme.example"], true],
    ["say nothing when there are none", [], true],
    ["say something when one is a plus-address", ["in+supplier42@globex.example"], false],
    ["say something when a tenant has the domain of one only", ["in@globex.example", "any@acme.example"], false],
    ["say something when nobody has one", ["who@else.example"], false],
  ])("%s", (_name, to, expected) => {
    expect(table.hasAllOf({ from: undefined, to })).toBe(expected);
  });
});
