import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eInvoicePdf } from "../local/fixtures/e-invoice.ts";
import { COMPILED_CODE } from "../local/testing/compiled-code.ts";

/*
 * Real: the command as a process, with the extractor and the erp-pusher's payload in it. Doubled: the sender's documents,
 * made by the fixtures. No ERP runs and none is needed.
 */

const ROOT = join(import.meta.dirname, "../..");
const MAIN = join("deploy", "map", "main.ts");
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

const MAPPING = {
  envelope: false,
  fields: {
    no: "/document_number",
    gross: { from: "/totals/gross", as: "number" },
    rows: { each: "/lines", fields: { qty: "/quantity", net: { from: "/amount", as: "number" } } },
  },
};
const ERP = { url: "https://erp.globex.example/hooks?key=CANARY-3", secrets: [SECRET] };

function tenants(erp: object, extraction?: object): NodeJS.ProcessEnv {
  return { FLOWSTATE_TENANTS: JSON.stringify([{ id: "globex", erp: { ...ERP, ...erp }, extraction }]) };
}

interface Ended {
  /** Its exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly output: string;
  readonly complaints: string;
}

/** Runs the command to its end with nothing in its environment but what is given, and where its code is kept. */
function map(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...COMPILED_CODE, ...environment, INIT_CWD: folder };
    execFile(process.execPath, [MAIN, ...args], { cwd: ROOT, env }, (error, output, complaints) => {
      resolve({ code: error?.signal ?? error?.code ?? 0, output, complaints });
    });
  });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowstate-map-"));
  await writeFile(join(folder, "invoice.pdf"), await eInvoicePdf());
  await writeFile(join(folder, "nameless.pdf"), await eInvoicePdf({ vendorName: "" }));
  await writeFile(join(folder, "scan.pdf"), await eInvoicePdf({ xml: false }));
  await writeFile(join(folder, "text.pdf"), "CANARY, no PDF at all");
});
afterAll(() => rm(folder, { recursive: true }));

describe("npm run map", () => {
  it("prints the request that a mapping makes, with every digit of its numbers", async () => {
    const { code, output, complaints } = await map(["globex", "invoice.pdf"], tenants({ payload: MAPPING }));
    const [head = "", body = ""] = output.split("\n\n");
    expect(head.split("\n")).toEqual(
      expect.arrayContaining([
        "POST /hooks?(not shown) HTTP/1.1",
        "host: erp.globex.example",
        "content-type: application/json",
        "webhook-id: 00000000-0000-4000-8000-000000000000",
        "webhook-signature: v1,(signature)",
      ]),
    );
    expect(head).toMatch(/^webhook-timestamp: \d{10}$/m);
    expect(body).toContain('"gross": 5362.95,');
    expect(body).toContain('"net": 3680.00\n');
    expect(JSON.parse(body)).toEqual({
      no: "NK-2026-04711",
      gross: 5362.95,
      rows: [
        { qty: "2", net: 3680 },
        { qty: "2", net: 491 },
        { qty: "126.5", net: 246.68 },
        { qty: "1", net: 89 },
      ],
    });
    const whiteSpace = /\n *|(?<=":) /g;
    expect(head).toContain(`content-length: ${body.replaceAll(whiteSpace, "").length}\n`);
    expect(complaints).toContain("Nothing was sent.");
    expect(code).toBe(0);
  });

  it("prints the full payload for a tenant without a mapping, that of the plain variables as well", async () => {
    const plain = { TENANT_ID: "acme", ERP_WEBHOOK_URL: ERP.url, ERP_WEBHOOK_SECRET: SECRET };
    const { code, output, complaints } = await map(["acme", "invoice.pdf"], plain);
    expect({ code, complaints }).toMatchObject({ code: 0, complaints: expect.stringContaining("Nothing was sent.") });
    expect(JSON.parse(output.split("\n\n")[1] ?? "")).toMatchObject({
      type: "document.extracted",
      data: { tenant_id: "acme", extraction: { document_number: "NK-2026-04711" } },
    });
  });

  it.each<[string, NodeJS.ProcessEnv]>([
    ["of its own", tenants({}, { on_invalid: "push_flagged" })],
    ["for all", { ...tenants({}), EXTRACTION_POLICY: '{"on_invalid":"push_flagged"}' }],
  ])("prints what is invalid for a tenant with a policy %s that wants it", async (_whose, environment) => {
    const { code, output } = await map(["globex", "nameless.pdf"], environment);
    expect(JSON.parse(output.split("\n\n")[1] ?? "")).toMatchObject({
      data: { extraction: { validation: { status: "invalid" } } },
    });
    expect(code).toBe(0);
  });

  it("shows no secret of the tenant", async () => {
    const { output } = await map(
      ["globex", "invoice.pdf"],
      tenants({ bearer_token: "CANARY-1", headers: { "x-gateway-key": "CANARY-2" } }),
    );
    expect(output).toContain("\nauthorization: (not shown)\n");
    expect(output).toContain("\nx-gateway-key: (not shown)\n");
    expect(output).not.toMatch(/CANARY|MfKQ9r8G/);
  });

  it.each<[string, readonly string[], NodeJS.ProcessEnv, RegExp]>([
    ["it is called without a document", ["globex"], tenants({}), /^flowstate: usage: npm run map -- TENANT FILE\.pdf$/],
    [
      "there is no configuration",
      ["globex", "invoice.pdf"],
      {},
      /^flowstate: ERP_WEBHOOK_URL: is required unless FLOWSTATE_TENANTS/m,
    ],
    [
      "nobody has that id",
      ["initech", "invoice.pdf"],
      tenants({}),
      /^flowstate: no tenant initech has an ERP .*: globex$/,
    ],
    [
      "there is no such file",
      ["globex", "none.pdf"],
      tenants({}),
      /^flowstate: .*none\.pdf cannot be read: check the path$/,
    ],
    [
      "the file is no PDF",
      ["globex", "text.pdf"],
      tenants({}),
      /^flowstate: nothing would be sent: it is not a PDF that .*\(document_unreadable\)$/,
    ],
    [
      "only the model could read it",
      ["globex", "scan.pdf"],
      tenants({}),
      /^flowstate: nothing would be sent: the document carries no e-invoice data, and .*\(document_without_e_invoice\)$/,
    ],
    [
      "what was read is invalid and the tenant has not said that it wants it",
      ["globex", "nameless.pdf"],
      tenants({}),
      /^flowstate: nothing would be sent: .*\(extraction_failed_validation\)$/,
    ],
    [
      "no extractor would start with the policy",
      ["globex", "invoice.pdf"],
      { ...tenants({}), EXTRACTION_POLICY: '{"on_invalid":"CANARY"}' },
      /^flowstate: EXTRACTION_POLICY: must be a JSON object .*; see on_invalid$/,
    ],
    [
      "the mapping names what does not exist",
      ["globex", "invoice.pdf"],
      tenants({ payload: { fields: { a: "/vendor/nam", b: "/lines/quantity" } } }),
      /^flowstate: FLOWSTATE_TENANTS: tenant 1 \(globex\): erp\.payload\.fields\.a must go on from \/vendor .*\nflowstate: .*fields\.b must/,
    ],
  ])("says what is wrong when %s", async (_when, args, environment, sentence) => {
    const { code, output, complaints } = await map(args, environment);
    expect(complaints.trimEnd()).toMatch(sentence);
    expect(complaints).not.toContain("CANARY");
    expect(output).toBe("");
    expect(code).toBe(1);
  });
});
