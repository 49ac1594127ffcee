import { once } from "node:events";
import { createServer, type ServerOptions } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { Client } from "undici";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type ErpEndpointOptions, erpEndpoint } from "./erp-endpoint.ts";

// Real: TLS over loopback. Doubled: the ERP, with a certificate of an authority made for the test. What must not be reached
// is in erp-endpoint-ssrf.test.ts.

/** An ERP that answers 204 and remembers who called: the common name of the client's certificate, if it showed one. */
async function startServer(options: ServerOptions) {
  const callers: (string | undefined)[] = [];
  const server = createServer(options, (request, response) => {
    const peer = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate() : undefined;
    const name = peer?.subject?.CN;
    callers.push(typeof name === "string" ? name : undefined);
    request.resume().on("end", () => response.writeHead(204).end());
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`https://127.0.0.1:${port}/`),
    named: new URL(`https://localhost:${port}/`),
    callers,
    connections: () => new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count))),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** One request by way of the endpoint: the status, or the error's code. */
async function reach(options: ErpEndpointOptions): Promise<number | string> {
  const endpoint = erpEndpoint({ allowLoopback: true, ...options });
  const client = new Client(endpoint.url.origin, { connect: endpoint.connector(new AbortController().signal) });
  try {
    const { statusCode, body } = await client.request({ method: "POST", path: "/", body: "{}" });
    await body.dump();
    return statusCode;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "no code";
  } finally {
    await client.destroy();
  }
}

const UNTRUSTED = /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|CERT_SIGNATURE_FAILURE)$/;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("erpEndpoint's trust", () => {
  const authority = createCertificateAuthority();
  const serving = ({ certificate, key }: { certificate: string; key: string }) => ({ cert: certificate, key });

  it("is in the private authority it was given, for the address and for the name", async () => {
    await using server = await startServer(serving(authority.issue()));
    expect(await reach({ url: server.url, caCertificate: authority.certificate })).toBe(204);
    expect(await reach({ url: server.named, caCertificate: authority.certificate })).toBe(204);
  });

  it("is in each authority of a bundle, whichever signed", async () => {
    const other = createCertificateAuthority();
    for (const signer of [authority, other]) {
      await using server = await startServer(serving(signer.issue()));
      const caCertificate = `${other.certificate}${authority.certificate}`;
      expect(await reach({ url: server.url, caCertificate })).toBe(204);
    }
  });

  it("is in no other authority, and in public ones only when it was given none", async () => {
    await using server = await startServer(serving(authority.issue()));
    expect(await reach({ url: server.url, caCertificate: createCertificateAuthority().certificate })).toMatch(
      UNTRUSTED,
    );
    expect(await reach({ url: server.url })).toMatch(UNTRUSTED);
  });

  it("is not in a certificate of another host, or one that has expired", async () => {
    const caCertificate = authority.certificate;
    await using elsewhere = await startServer(serving(authority.issue({ hosts: ["erp.example"] })));
    expect(await reach({ url: elsewhere.url, caCertificate })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(await reach({ url: elsewhere.named, caCertificate })).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
    await using expired = await startServer(serving(authority.issue({ notAfter: new Date(Date.now() - 60_000) })));
    expect(await reach({ url: expired.url, caCertificate })).toBe("CERT_HAS_EXPIRED");
  });

  it("is not moved by an environment that asks Node not to verify", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    await using server = await startServer(serving(authority.issue()));
    expect(await reach({ url: server.url })).toMatch(UNTRUSTED);
  });
});

describe("erpEndpoint's client certificate", () => {
  const authority = createCertificateAuthority();
  const caCertificate = authority.certificate;
  const { certificate: cert, key } = authority.issue();
  const mutual = { cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: true };

  it("is shown to an ERP that asks for one", async () => {
    await using server = await startServer(mutual);
    const clientCertificate = authority.issueClient();
    expect(await reach({ url: server.url, caCertificate, clientCertificate })).toBe(204);
    expect(server.callers).toEqual(["Flowstate test client"]);
  });

  it("is what such an ERP refuses a caller for that has none, or one of another authority", async () => {
    await using server = await startServer(mutual);
    expect(await reach({ url: server.url, caCertificate })).toMatch(/^(ERR_SSL_|UND_ERR_SOCKET|ECONNRESET|EPIPE)/);
    const clientCertificate = createCertificateAuthority().issueClient();
    const refused = await reach({ url: server.url, caCertificate, clientCertificate });
    expect(refused).toMatch(/^(ERR_SSL_|UND_ERR_SOCKET|ECONNRESET|EPIPE)/);
    expect(server.callers).toEqual([]);
  });

  it("must be usable when the endpoint is made, not when a document waits", () => {
    const url = new URL("https://erp.example/");
    const mine = authority.issueClient();
    const anothers = authority.issueClient();
    expect(() => erpEndpoint({ url, clientCertificate: { ...mine, key: anothers.key } })).toThrow();
    expect(() => erpEndpoint({ url, clientCertificate: { ...mine, certificate: "no PEM" } })).toThrow();
  });
});

describe("erpEndpoint's connections", () => {
  const authority = createCertificateAuthority();

  /** Opens one and stops it as soon as `reached` says so: how the opening ended. */
  async function stopWhen(url: URL, reached: (opened: Promise<unknown>) => Promise<unknown>): Promise<string> {
    const endpoint = erpEndpoint({ url, caCertificate: authority.certificate, allowLoopback: true });
    const stopping = new AbortController();
    const { promise, resolve } = Promise.withResolvers<string>();
    const { host, hostname, protocol, port } = url;
    endpoint.connector(stopping.signal)({ host, hostname, protocol, port }, (error, socket) => {
      socket?.on("error", () => {});
      resolve(error === null ? "established" : error.name);
    });
    await reached(promise);
    stopping.abort();
    return promise;
  }

  it("end when they are told to once they are established", async () => {
    const { certificate: cert, key } = authority.issue();
    await using server = await startServer({ cert, key });
    expect(await stopWhen(server.url, (opened) => opened)).toBe("established");
    await expect.poll(server.connections).toBe(0);
  });

  it("end when they are told to in the middle of TLS", async () => {
    await using silent = await startSilence();
    expect(await stopWhen(new URL(silent.url), () => expect.poll(silent.connections).toBe(1))).toBe("AbortError");
    await expect.poll(silent.connections).toBe(0);
  });

  it("end when they are told to without TLS, too", async () => {
    await using silent = await startSilence();
    const plain = new URL(silent.url.replace("https:", "http:"));
    expect(await stopWhen(plain, (opened) => opened)).toBe("established");
    await expect.poll(silent.connections).toBe(0);
  });
});

/** A server that takes connections and never says a word. */
async function startSilence() {
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    open.add(socket.on("error", () => {}).on("close", () => open.delete(socket)));
    socket.resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/`,
    connections: () => open.size,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}
