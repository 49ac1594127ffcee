// Real: the command as a process, listeners with and without TLS. Doubled: the service behind them.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer as createPlain, type RequestListener } from "node:http";
import { createServer as createEncrypted } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { freePort } from "@flowstate/local/servers/free-port.ts";
import { expect, it } from "vitest";

const PROGRAM = join(import.meta.dirname, "probe.ts");
const { certificate, key } = createCertificateAuthority().issue();

const answering =
  (status: number): RequestListener =>
  ({ url }, response) =>
    response.writeHead(url === "/readyz" ? status : 404).end("{}");

function probe(port: number, environment: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, String(port)], { env: environment }, () =>
      resolve(child.exitCode ?? -1),
    );
  });
}

it.each([
  { status: 200, code: 0 },
  { status: 503, code: 1 },
])("ends with $code when the service answers $status, with TLS and without", async ({ status, code }) => {
  const plain = createPlain(answering(status)).listen(0, "127.0.0.1");
  const encrypted = createEncrypted({ cert: certificate, key }, answering(status)).listen(0, "127.0.0.1");
  await Promise.all([once(plain, "listening"), once(encrypted, "listening")]);
  const portOf = (server: { address(): AddressInfo | string | null }) => Object(server.address()).port;
  expect(await probe(portOf(plain))).toBe(code);
  expect(await probe(portOf(encrypted), { HTTP_CERTIFICATE: "file:/run/certs/http/tls.crt" })).toBe(code);
  expect(await probe(portOf(encrypted)), "it does not speak plain text to a listener with TLS").toBe(1);
  plain.close();
  encrypted.close();
});

it("ends with 1 when nobody listens", async () => {
  expect(await probe(await freePort())).toBe(1);
});
