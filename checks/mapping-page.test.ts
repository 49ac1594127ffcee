import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eInvoicePdf } from "../deploy/local/fixtures/e-invoice.ts";
import { dryRun, mappedTenant } from "../deploy/map/dry-run.ts";
import { GhostBytes } from "../libs/ghost/index.ts";
import { MAPPING_LIMITS } from "../services/erp-pusher/payload/mapping.ts";
import { payloadMappingSchema } from "../services/erp-pusher/payload/mapping-schema.ts";

// Real: the page about mappings, the dry run with the extractor in it, the sample invoice. Doubled: the environment.

const PAGE = readFileSync(new URL("../docs/erp/mapping.md", import.meta.url), "utf8");
const [MAPPING = "", BODY = ""] = [...PAGE.matchAll(/```json\n([\s\S]*?)```/g)].map(([, block = ""]) => block);

/** JSON without white space between its tokens; the digits of its numbers stay. */
function compact(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}

function tableBelow(heading: string): readonly (readonly string[])[] {
  const [, section = ""] = PAGE.split(`## ${heading}\n`);
  const rows = section.split("\n## ")[0]?.match(/^\| .* \|$/gm) ?? [];
  return rows.slice(1).map((row) => row.slice(2, -2).split(" | "));
}

describe("the page about mappings", () => {
  it("shows what its example makes of the sample invoice, digit by digit", async () => {
    const erp = { url: "https://erp.example/", secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"] };
    const list = [{ id: "acme", erp: { ...erp, payload: JSON.parse(MAPPING) } }];
    const tenant = mappedTenant("acme", { FLOWSTATE_TENANTS: JSON.stringify(list) });
    using document = GhostBytes.taking(await eInvoicePdf());
    const request = await dryRun(tenant, document, new Date("2026-11-23T10:00:00Z"));
    expect(compact(request.slice(request.indexOf("\n\n")))).toBe(compact(BODY));
  });

  it("explains every way to write a field with an example that works, besides the one of its example", () => {
    const written = tableBelow("A field").map(([first = ""]) => JSON.parse(first.replaceAll("`", "")));
    expect(written.map((field) => (typeof field === "string" ? "pointer" : Object.keys(field).join("+")))).toEqual([
      "pointer",
      "from",
      "from+as",
      "constant",
      "template",
      "each+fields",
    ]);
    for (const field of written) {
      expect(
        payloadMappingSchema.safeParse({ fields: { x: field } }).error?.issues,
        JSON.stringify(field),
      ).toBeUndefined();
    }
  });

  it("explains every option with its default", () => {
    const defaults = Object.fromEntries(
      tableBelow("The options").map(([name = "", , fallback = ""]) => [name, fallback]),
    );
    const { members: _members, ...options } = payloadMappingSchema.parse({ fields: { x: "/currency" } });
    const expected = Object.entries({ fields: "required", ...options }).map(([name, value]) => [
      `\`${name}\``,
      name === "fields" ? value : `\`${value}\``,
    ]);
    expect(defaults).toEqual(Object.fromEntries(expected));
  });

  it("gives the limits that hold", () => {
    const given = tableBelow("Limits").map(([, limit = ""]) => limit);
    const { fields, nameLength, nameDepth, pointerLength, constantLength, templateLength, bodyBytes } = MAPPING_LIMITS;
    const characters = (count: number) => `${count.toLocaleString("en-US")} characters`;
    expect(given).toEqual([
      String(fields),
      characters(nameLength),
      String(nameDepth),
      characters(pointerLength),
      characters(constantLength),
      characters(templateLength),
      `${bodyBytes / 1024 ** 2} MiB`,
    ]);
  });
});
