// Real: the HTTP server over TLS and over raw sockets, certificates of a private authority. Doubled: standard output, by an
// array of lines; the environment, an object.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { configProblems } from "@flowstate/local/testing/config-problems.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ALSO_WITH_PROBLEMS, readConfig } from "../config.ts";
import { createLogger } from "../logger.ts";
import { serviceSettings } from "../service.ts";
import { encryptionOf, httpSettings, refusePlainHttp, renewCertificate } from "./encryption.ts";
import { createHttpServer, type HttpServerOptions } from "./server.ts";
import { answerOn, connectTo, exchange, requestText } from "./testing/raw-client.ts";

const shape = { FLOWSTATE_LOCAL: serviceSettings.FLOWSTATE_LOCAL, ...httpSettings };
const schema = z.object(shape).superRefine(refusePlainHttp, ALSO_WITH_PROBLEMS);
const read = (environment: NodeJS.ProcessEnv) => readConfig(schema, Object.keys(shape), environment);

const problemsOf = (environment: NodeJS.ProcessEnv) => configProblems(() => read(environment));

const authority = createCertificateAuthority();
const certificates = () => {
  const { certificate, key } = authority.issue();
  return { HTTP_CERTIFICATE: certificate, HTTP_KEY: key };
};

const lines: string[] = [];
let server: FastifyInstance;
afterEach(() => server?.close());

async function start(environment: NodeJS.ProcessEnv, options: Partial<HttpServerOptions> = {}): Promise<number> {
  lines.length = 0;
  const logger = createLogger("ingest", "debug", { write: (line) => void lines.push(line) });
  server = createHttpServer({ logger, requestTimeoutMs: 60_000, ...encryptionOf(read(environment)), ...options });
  server.get("/fine", async () => ({ status: "live" }));
  server.get("/readyz", async () => ({ status: "ready" }));
  server.post("/echo", async (request) => ({ received: request.body }));
  await server.listen({ host: "127.0.0.1", port: 0 });
  return (server.server.address() as AddressInfo).port;
}

async function connectEncrypted(port: number): Promise<TLSSocket> {
  const socket = connectTls({ host: "127.0.0.1", port, ca: authority.certificate });
  await once(socket, "secureConnect");
  return socket;
}

const FINE = { status: 200, body: '{"status":"live"}' };
const UNAVAILABLE = { status: 503, body: '{"error":"temporarily_unavailable"}' };

describe("a listener in production", () => {
  it.each<[string, NodeJS.ProcessEnv, string[]]>([
    [
      "nothing that encrypts",
      {},
      [
        "HTTP_CERTIFICATE: is required, or TRUSTED_PROXIES where a proxy ends TLS (plain http needs FLOWSTATE_LOCAL=true)",
      ],
    ],
    [
      "a certificate without its key",
      { ...certificates(), HTTP_KEY: "" },
      ["HTTP_KEY: is required beside HTTP_CERTIFICATE"],
    ],
    [
      "another certificate's key",
      { ...certificates(), HTTP_KEY: certificates().HTTP_KEY },
      ["HTTP_KEY: is not the certificate's key"],
    ],
    [
      "two that end TLS",
      { ...certificates(), TRUSTED_PROXIES: "10.0.0.0/8" },
      ["TRUSTED_PROXIES: must not be set beside HTTP_CERTIFICATE: one of them ends TLS"],
    ],
    ["no network", { TRUSTED_PROXIES: "10.0.0.1" }, ["TRUSTED_PROXIES: must be a network such as 10.20.0.0/16"]],
  ])("is refused with %s", (_what, environment, problems) => {
    expect(problemsOf(environment)).toEqual(problems);
  });

  it("has a certificate, or a proxy; in the local stack it needs neither", () => {
    expect(problemsOf(certificates())).toEqual([]);
    expect(problemsOf({ TRUSTED_PROXIES: "10.0.0.0/8, fd00::/8" })).toEqual([]);
    expect(problemsOf({ FLOWSTATE_LOCAL: "true" })).toEqual([]);
  });
});

describe("with a certificate", () => {
  it("a request over TLS is answered, and whoever speaks plain text is cut off without harm", async () => {
    const port = await start(certificates());
    const plain = await connectTo(port);
    const closed = once(plain, "close");
    plain.write(requestText("GET /fine HTTP/1.1", []));
    await closed;
    const socket = await connectEncrypted(port);
    socket.write(requestText("GET /fine HTTP/1.1", []));
    expect(await answerOn(socket)).toMatchObject(FINE);
    socket.destroy();
  });

  it("what Node answers by itself is answered as anywhere", async () => {
    const socket = await connectEncrypted(await start(certificates()));
    socket.write("NONSENSE\r\n\r\n");
    expect(await answerOn(socket)).toMatchObject({ status: 400, body: '{"error":"malformed_request"}' });
  });

  it("one connection too many reads its 503", async () => {
    const port = await start(certificates(), { maxConnections: 1 });
    const first = await connectEncrypted(port);
    first.write(requestText("GET /fine HTTP/1.1", []));
    expect(await answerOn(first)).toMatchObject(FINE);
    expect(await answerOn(await connectEncrypted(port))).toMatchObject(UNAVAILABLE);
    first.destroy();
  });

  it("another certificate can take its place while a connection goes on", async () => {
    const port = await start(certificates());
    const before = await connectEncrypted(port);
    before.write(requestText("GET /fine HTTP/1.1", []));
    expect(await answerOn(before)).toMatchObject(FINE);

    const renewed = certificates();
    renewCertificate(server, read(renewed));
    const after = await connectEncrypted(port);
    expect(after.getPeerX509Certificate()?.toString()).toBe(renewed.HTTP_CERTIFICATE);
    expect(before.getPeerX509Certificate()?.toString()).not.toBe(renewed.HTTP_CERTIFICATE);
    for (const socket of [before, after]) {
      socket.write(requestText("GET /fine HTTP/1.1", []));
      expect(await answerOn(socket)).toMatchObject(FINE);
      socket.destroy();
    }
  });
});

describe("behind a proxy that ends TLS", () => {
  const FROM_HERE = { TRUSTED_PROXIES: "127.0.0.0/8" };

  it.each(["https", "https, https", "HTTPS"])("a request is answered that came to it over %s", async (scheme) => {
    const port = await start(FROM_HERE);
    expect(await exchange(port, requestText("GET /fine HTTP/1.1", [`X-Forwarded-Proto: ${scheme}`]))).toMatchObject(
      FINE,
    );
  });

  it.each([
    ["says nothing", []],
    ["says http", ["X-Forwarded-Proto: http"]],
    ["says that one proxy on the way got it over http", ["X-Forwarded-Proto: https, http"]],
    ["says an empty word", ["X-Forwarded-Proto: "]],
  ])("a request that %s is given back before its body is read, and logged", async (_what, headers) => {
    const port = await start(FROM_HERE);
    const raw = requestText("POST /echo HTTP/1.1", [...headers, "Content-Type: application/json", "Content-Length: 2"]);
    expect(await exchange(port, `${raw}{}`)).toMatchObject(UNAVAILABLE);
    expect(lines.join("")).toContain('"http.plain_text_refused"');
  });

  it("nobody else is believed", async () => {
    const port = await start({ TRUSTED_PROXIES: "10.0.0.0/8" });
    const raw = requestText("GET /fine HTTP/1.1", ["X-Forwarded-Proto: https"]);
    expect(await exchange(port, raw)).toMatchObject(UNAVAILABLE);
  });

  it("an orchestrator's probe is answered as it comes, unless it shows a key", async () => {
    const port = await start({ TRUSTED_PROXIES: "10.0.0.0/8" });
    expect((await exchange(port, requestText("GET /readyz HTTP/1.1", []))).status).toBe(200);
    expect((await exchange(port, requestText("GET /readyz HTTP/1.1", ["X-API-Key: x"]))).status).toBe(503);
  });
});
