import { execFile } from "node:child_process";
import { join } from "node:path";
import { startErp } from "@flowstate/local/doubles/erp.ts";
import { describe, expect, it } from "vitest";

// Real: the command as a process with an environment. Doubled: the ERP.

const PROGRAM = join(import.meta.dirname, "erp.ts");

function erp(environment: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], { env: environment }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, text: stdout + stderr }),
    );
  });
}

describe("npm run erp", () => {
  it("pings the ERP of the plain variables and of each tenant in the list, without a broker's password", async () => {
    await using plain = await startErp();
    await using listed = await startErp();
    const globex = { id: "globex", erp: { url: listed.webhookUrl, secrets: [listed.secret] } };
    const environment = {
      FLOWSTATE_LOCAL: "true",
      TENANT_ID: "acme",
      ERP_WEBHOOK_URL: `${plain.webhookUrl}?token=hush`,
      ERP_WEBHOOK_SECRET: plain.secret,
      FLOWSTATE_TENANTS: JSON.stringify([globex]),
    };
    const acme = await erp(environment, "ping", "acme");
    expect(acme.text).toMatch(new RegExp(`^Ping of acme: POST ${plain.webhookUrl}\nThe ERP answered 200 after `));
    expect(acme.code).toBe(0);
    listed.script({ status: 500 });
    const failing = await erp(environment, "ping", "globex");
    expect(failing.text).toContain("The ERP answered 500");
    expect(failing.code).toBe(1);
    expect([plain.attempts, listed.attempts]).toEqual([1, 1]);

    const unknown = await erp(environment, "ping", "initech");
    expect(unknown).toEqual({
      code: 1,
      text: "flowstate: no tenant initech has an ERP in this configuration: acme, globex\n",
    });
  });

  it("lists what is wrong with the configuration, and sends nothing", async () => {
    const { code, text } = await erp({ ERP_WEBHOOK_URL: "http://erp.example/" }, "ping", "default");
    expect(code).toBe(78);
    expect(text).toMatch(/^flowstate: ERP_WEBHOOK_URL: must be an https URL/m);
    expect(text).toMatch(/^flowstate: ERP_WEBHOOK_SECRET: is required/m);
    expect(text).not.toContain("NATS");
  });

  it("says how it is used", async () => {
    const wrong = [[], ["ping"], ["pong", "acme"], ["ping", "acme", "globex"]];
    for (const end of await Promise.all(wrong.map((args) => erp({}, ...args)))) {
      expect(end).toEqual({ code: 1, text: "flowstate: usage: npm run erp -- ping TENANT\n" });
    }
  });
});
