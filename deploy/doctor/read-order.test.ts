// Real: reading the command line and a file of variables. Nothing is doubled.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readOrder } from "./read-order.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowstate-doctor-order-"));
  await writeFile(join(folder, "ingest.env"), 'API_SECRET="of the file"\n# a remark\nTENANT_ID=acme\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe("an order to the doctor", () => {
  it("names parts, each with the environment of the command or a file's", () => {
    const own = { TENANT_ID: "own" };
    const { environments, asService, json } = readOrder(["audit", "ingest=ingest.env", "--json"], folder, own);
    expect(environments.get("audit")).toBe(own);
    expect(environments.get("ingest")).toEqual({ API_SECRET: "of the file", TENANT_ID: "acme" });
    expect({ asService, json }).toEqual({ asService: false, json: true });
  });

  it.each([
    [{ DOCUMENT_ID_SECRET: "x" }, ["ingest"]],
    [{ GEMINI_MODEL: "x" }, ["extractor"]],
    [{ ERP_WEBHOOK_URL: "x", DATABASE_URL: "y" }, ["erp-pusher", "audit"]],
    [{ NATS_REPLICAS: "3" }, ["broker"]],
  ])("without words is about the parts whose own variables are set: %o", (environment, parts) => {
    const order = readOrder([], folder, environment);
    expect([...order.environments.keys()]).toEqual(parts);
    expect(order.asService).toBe(true);
  });

  it.each([[["nobody"]], [["ingest", "ingest"]], [["--no-such"]], [["ingest=absent.env"]]])(
    "is refused when it is %j",
    (words) => {
      expect(() => readOrder(words, folder, {})).toThrow(/^usage: |cannot be read$/);
    },
  );

  it("is refused when it names nothing and nothing is set", () => {
    expect(() => readOrder([], folder, { NATS_URL: "shared by all" })).toThrow(/^usage: /);
  });
});
