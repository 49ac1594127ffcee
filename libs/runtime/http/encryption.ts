import type { IncomingMessage } from "node:http";
import type { BlockList } from "node:net";
import { type SecureContextOptions, Server as TlsServer } from "node:tls";
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import { familyOf, type IpNetwork, ipNetwork, ipNetworks, networkList } from "../network.ts";
import { keyFitsCertificate, NOT_ITS_KEY, pemCertificate, pemPrivateKey } from "../pem.ts";

/** How callers reach a service encrypted: by TLS of its own, or through proxies that end TLS in front of it. */

const MAX_PROXY_NETWORKS = 32;

/** Settings of every service that listens. */
export const httpSettings = {
  HTTP_CERTIFICATE: pemCertificate
    .optional()
    .meta({ requiredUnless: "TRUSTED_PROXIES" })
    .describe(
      "Certificate that this service shows to its callers, with its chain, PEM or file:/path. Read again on SIGHUP.",
    ),
  HTTP_KEY: pemPrivateKey
    .optional()
    .meta({ secret: true, requiredUnless: "TRUSTED_PROXIES" })
    .describe("Private key of HTTP_CERTIFICATE, PEM without a passphrase, or file:/path. Read again on SIGHUP."),
  TRUSTED_PROXIES: ipNetworks(ipNetwork, MAX_PROXY_NETWORKS)
    .optional()
    .describe(
      "Networks of the proxies that end TLS in front of this service, such as 10.0.0.0/8, separated by spaces or commas: in " +
        "place of HTTP_CERTIFICATE. A request is taken only from them, and only with X-Forwarded-Proto: https.",
    ),
};

interface HttpConfig {
  readonly FLOWSTATE_LOCAL: boolean;
  readonly HTTP_CERTIFICATE?: string | undefined;
  readonly HTTP_KEY?: string | undefined;
  readonly TRUSTED_PROXIES?: readonly IpNetwork[] | undefined;
}

/** Adds a problem for whatever would let a request arrive in plain text, for `superRefine` with `ALSO_WITH_PROBLEMS`. */
export function refusePlainHttp(config: HttpConfig, context: z.core.$RefinementCtx): void {
  const { FLOWSTATE_LOCAL: local, HTTP_CERTIFICATE: certificate, HTTP_KEY: key, TRUSTED_PROXIES: proxies } = config;
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  if (proxies !== undefined) {
    if (certificate !== undefined)
      refuse("TRUSTED_PROXIES", "must not be set beside HTTP_CERTIFICATE: one of them ends TLS");
    return;
  }
  if (certificate === undefined && (key !== undefined || !local)) {
    const reason = "(plain http needs FLOWSTATE_LOCAL=true)";
    refuse("HTTP_CERTIFICATE", `is required, or TRUSTED_PROXIES where a proxy ends TLS ${reason}`);
  }
  if (key === undefined && certificate !== undefined) refuse("HTTP_KEY", "is required beside HTTP_CERTIFICATE");
  if (certificate !== undefined && key !== undefined && !keyFitsCertificate({ certificate, key })) {
    refuse("HTTP_KEY", NOT_ITS_KEY);
  }
}

/** What a listener is given of a configuration that `refusePlainHttp` has accepted. */
export interface Encryption {
  readonly tls?: SecureContextOptions;
  readonly proxies?: BlockList;
}

export function encryptionOf({ HTTP_CERTIFICATE, HTTP_KEY, TRUSTED_PROXIES }: HttpConfig): Encryption {
  if (TRUSTED_PROXIES !== undefined) return { proxies: networkList(TRUSTED_PROXIES) };
  return HTTP_CERTIFICATE === undefined || HTTP_KEY === undefined
    ? {}
    : { tls: { cert: HTTP_CERTIFICATE, key: HTTP_KEY } };
}

/** From now on new connections are shown this certificate; those that are open go on. Without TLS nothing happens. */
export function renewCertificate({ server }: FastifyInstance, config: HttpConfig): void {
  const { tls } = encryptionOf(config);
  if (tls !== undefined && server instanceof TlsServer) server.setSecureContext(tls);
}

/** What an orchestrator asks a process directly, past any proxy. Neither tells anything to somebody without a key. */
const PROBES: ReadonlySet<string> = new Set(["/livez", "/readyz"]);

/** Whether a request came to one of `proxies` over TLS; a probe without a key may come as it likes. */
export function cameEncrypted({ socket, headers, url }: IncomingMessage, proxies: BlockList): boolean {
  if (PROBES.has(url ?? "") && headers["x-api-key"] === undefined) return true;
  const { remoteAddress = "" } = socket;
  const family = familyOf(remoteAddress);
  if (family === undefined || !proxies.check(remoteAddress, family)) return false;
  // Of several proxies in a row each may have added its own.
  const told = headers["x-forwarded-proto"];
  return typeof told === "string" && told.split(",").every((scheme) => scheme.trim().toLowerCase() === "https");
}
