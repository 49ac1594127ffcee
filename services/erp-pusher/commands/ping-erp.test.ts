import { once } from "node:events";
import { createServer } from "node:net";
import { erpPingSchema } from "@flowstate/contracts";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { type ErpDouble, startErp } from "@flowstate/local/doubles/erp.ts";
import { describe, expect, it } from "vitest";
import type { ErpEndpointOptions } from "../erp-endpoint.ts";
import { AMPLE_MS, tenantOf } from "../testing/erp-tenant.ts";
import { explainPing } from "./explain-ping.ts";
import { pingErp } from "./ping-erp.ts";

// Real: HTTP and TLS over loopback, the way a delivery goes. Doubled: the ERP.

const AGREED_ON = { authorization: "Bearer agreed-on" };

/** Pings as the operator would, and says what the operator reads. */
async function ping(secret: string, endpoint: ErpEndpointOptions, timeoutMs = AMPLE_MS) {
  const erp = { webhookUrl: endpoint.url.href, secret, certificateAuthority: undefined };
  const tenant = tenantOf(erp, { endpoint, timeoutMs, headers: AGREED_ON });
  const { delivers, sentences } = explainPing(tenant.endpoint.url, await pingErp(tenant, new Date()));
  return { delivers, text: sentences.join(" ") };
}

const at = (erp: ErpDouble, ca?: string) => ({ url: new URL(erp.webhookUrl), caCertificate: ca });

describe("a ping", () => {
  it("is verified by the ERP as a delivery is, and books nothing", async () => {
    await using erp = await startErp({ tls: true });
    const { delivers, text } = await ping(erp.secret, at(erp, erp.certificateAuthority));
    expect(delivers).toBe(true);
    expect(text).toMatch(/^The ERP answered 200 after \d+ ms\. A document would be delivered\./);
    expect(erp.received).toHaveLength(1);
    expect(erp.received[0]).toMatchObject({ verified: true, headers: AGREED_ON });
    expect(erpPingSchema.safeParse(erp.received[0]?.body).success).toBe(true);
    expect(erp.effects).toBe(0);
  });

  it("has an id of its own each time, that no document has", async () => {
    await using erp = await startErp();
    await ping(erp.secret, at(erp));
    await ping(erp.secret, at(erp));
    const ids = erp.received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^ping_[0-9a-f-]{36}$/);
  });

  it("with the wrong secret is refused, which is what would become of a document", async () => {
    await using erp = await startErp();
    const wrong = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
    const { delivers, text } = await ping(wrong, at(erp));
    expect(delivers).toBe(false);
    expect(text).toContain("The ERP answered 401");
    expect(text).toContain("does not accept the signature");
    expect(text).toContain("given up as undeliverable (erp_rejected): docs/errors/erp_rejected.md.");
  });

  it.each([
    [503, "would be deferred (erp_unavailable): its sender keeps it and sends it again"],
    [429, "It wants fewer requests."],
    [410, "undeliverable (erp_gone): docs/errors/erp_gone.md."],
    [302, "Redirects are not followed"],
    [404, "Nothing is at this path"],
  ])("says of an answer of %i what it means", async (status, sentence) => {
    await using erp = await startErp();
    erp.script({ status, headers: { location: "http://127.0.0.1:1/" } });
    const { delivers, text } = await ping(erp.secret, at(erp));
    expect(delivers).toBe(false);
    expect(text).toContain(`The ERP answered ${status} after `);
    expect(text).toContain(sentence);
  });

  it("says why the certificate is not trusted", async () => {
    await using untrusted = await startErp({ tls: true });
    expect((await ping(untrusted.secret, at(untrusted))).text).toContain("an authority that is not trusted");
    const authority = createCertificateAuthority();
    await using expired = await startErp({ tls: authority.issue({ notAfter: new Date(Date.now() - 60_000) }) });
    expect((await ping(expired.secret, at(expired, authority.certificate))).text).toContain("has expired");
    await using elsewhere = await startErp({ tls: authority.issue({ hosts: ["other.example"] }) });
    expect((await ping(elsewhere.secret, at(elsewhere, authority.certificate))).text).toContain("is not for 127.0.0.1");
  });

  it("says that nothing listens, that nothing speaks TLS, that nothing answers", async () => {
    const { secret, url, plain } = await (async () => {
      await using erp = await startErp();
      const { text } = await ping(erp.secret, { url: new URL(erp.webhookUrl.replace("http:", "https:")) });
      return { secret: erp.secret, url: new URL(erp.webhookUrl), plain: text };
    })();
    expect(plain).toContain("does not speak TLS");
    expect((await ping(secret, { url })).text).toContain(`Nothing listens at 127.0.0.1, port ${url.port}.`);

    await using silent = createServer((socket) => void socket.resume().on("error", () => {}));
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    if (address === null || typeof address === "string") throw new Error("no TCP address");
    const { text } = await ping(secret, { url: new URL(`http://127.0.0.1:${address.port}/`) }, 50);
    expect(text).toContain("did not answer in time");
    expect(text).toMatch(/This took \d+ ms\./);
  });

  it("says that the connection was broken off", async () => {
    await using erp = await startErp();
    erp.script({ drop: "after_body" });
    const { text } = await ping(erp.secret, at(erp));
    expect(text).toContain("closed the connection without an answer");
    expect(text).toContain("A document would be deferred (erp_unavailable)");
  });

  it("goes nowhere that a document would not go", async () => {
    await using erp = await startErp();
    const { text } = await ping(erp.secret, { ...at(erp), allowLoopback: false });
    expect(text).toContain("127.0.0.1 leads to 127.0.0.1: this machine itself. Nothing was sent.");
    expect(text).toContain("A document would be deferred (erp_address_refused)");
    expect(erp.attempts).toBe(0);
  });
});
