import { GhostBytes } from "@flowstate/ghost";
import { startErp } from "@flowstate/local/doubles/erp.ts";
import { afterEach, describe, expect, it, vi } from "vitest";
import { erpEndpoint } from "./erp-endpoint.ts";
import { sendWebhook } from "./send-webhook.ts";

// Real: TLS over loopback. Doubled: the ERP, with a certificate of an authority made for the test.

async function faultAt(url: string, ca?: string): Promise<string> {
  using body = GhostBytes.taking(Buffer.from("{}"));
  const signal = new AbortController().signal;
  const answer = await sendWebhook(erpEndpoint(new URL(url), ca), { headers: {}, body, timeLimitMs: 10_000, signal });
  return answer.kind === "answered" ? `answered ${answer.status}` : answer.fault;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("erpEndpoint", () => {
  it("trusts the private authority it was given", async () => {
    await using erp = await startErp({ tls: true });
    expect(await faultAt(erp.webhookUrl, erp.certificateAuthority)).toBe("answered 401");
  });

  it("trusts public authorities only when it was given none", async () => {
    await using erp = await startErp({ tls: true });
    expect(await faultAt(erp.webhookUrl)).toBe("certificate");
  });

  it("verifies certificates although the environment asks Node not to", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    await using erp = await startErp({ tls: true });
    expect(await faultAt(erp.webhookUrl)).toBe("certificate");
  });
});
