import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { describe, expect, it } from "vitest";
import { createCertificateAuthority, type ServerCertificate } from "./certificate.ts";

// Real: Node's X.509 parser, real TLS handshakes over loopback. Nothing is doubled.

/** How a TLS client that trusts `ca` fares with a server that shows `certificate`: the error code, or undefined. */
async function handshake(
  ca: string,
  { certificate, key }: ServerCertificate,
  host: string,
): Promise<string | undefined> {
  await using server = createServer({ cert: certificate, key }, (socket) => void socket.on("error", () => {}).end());
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = connect({ host: "127.0.0.1", port, ca, servername: host === "127.0.0.1" ? "" : host });
  try {
    await once(socket, "secureConnect");
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  } finally {
    socket.destroy();
  }
}

describe("createCertificateAuthority", () => {
  it("makes an authority that signs itself", () => {
    const authority = new X509Certificate(createCertificateAuthority().certificate);
    expect(authority.ca).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
  });

  it("issues a certificate for 127.0.0.1 and localhost, signed by the authority and valid now", () => {
    const made = createCertificateAuthority();
    const authority = new X509Certificate(made.certificate);
    const issued = new X509Certificate(made.issue().certificate);
    expect(issued.ca).toBe(false);
    expect(issued.checkIssued(authority)).toBe(true);
    expect(issued.verify(authority.publicKey)).toBe(true);
    expect(issued.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(issued.checkHost("localhost")).toBe("localhost");
    expect(Date.parse(issued.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(issued.validTo)).toBeGreaterThan(Date.now());
  });

  it("hands out the private key that belongs to the certificate", () => {
    const { certificate, key } = createCertificateAuthority().issue();
    expect(new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  it("encodes lengths of two bytes, as a certificate for many hosts needs", () => {
    const hosts = Array.from({ length: 40 }, (_, index) => `host-${index}.flowstate.example`);
    const issued = new X509Certificate(createCertificateAuthority().issue({ hosts }).certificate);
    expect(issued.checkHost("host-39.flowstate.example")).toBe("host-39.flowstate.example");
  });

  it("is accepted in a TLS handshake by a client that trusts the authority", async () => {
    const authority = createCertificateAuthority();
    expect(await handshake(authority.certificate, authority.issue(), "127.0.0.1")).toBeUndefined();
    expect(await handshake(authority.certificate, authority.issue(), "localhost")).toBeUndefined();
  });

  it("is refused by a client that trusts another authority of the same name", async () => {
    const authority = createCertificateAuthority();
    const code = await handshake(createCertificateAuthority().certificate, authority.issue(), "localhost");
    expect(code).toMatch(
      /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/,
    );
  });

  it("is refused when it has expired, or names another host", async () => {
    const authority = createCertificateAuthority();
    const expired = authority.issue({ notAfter: new Date(Date.now() - 60_000) });
    expect(await handshake(authority.certificate, expired, "localhost")).toBe("CERT_HAS_EXPIRED");
    const elsewhere = authority.issue({ hosts: ["erp.example"] });
    expect(await handshake(authority.certificate, elsewhere, "localhost")).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  it("issues a certificate for a client, which is no server's", async () => {
    const authority = createCertificateAuthority();
    const client = authority.issueClient();
    expect(new X509Certificate(client.certificate).keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(new X509Certificate(client.certificate).checkPrivateKey(createPrivateKey(client.key))).toBe(true);
    expect(await handshake(authority.certificate, client, "localhost")).toBe("INVALID_PURPOSE");
  });
});
