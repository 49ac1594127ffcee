import { addAbortSignal } from "node:stream";
import { createSecureContext } from "node:tls";
import { buildConnector } from "undici";
import { connectGuarded, type Network, SYSTEM_NETWORK } from "./egress/connect-guarded.ts";
import { type AddressPolicy, guardAddresses, hostOf } from "./egress/guard-addresses.ts";

/** How long finding the address and connecting to it may take, and then TLS, milliseconds each. */
const CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "https:": 443, "http:": 80 };

/** The one place extractions go to, and the way to get there. */
export interface ErpEndpoint {
  readonly url: URL;
  /**
   * Opens the connection of one delivery: where it may lead and whom it trusts is decided here, for every delivery alike.
   * Fails with `AddressRefusedError` before anything is sent to an address that is not to be reached. Aborting `signal`
   * closes it, established or not.
   */
  connector(signal: AbortSignal): buildConnector.connector;
}

export interface ErpEndpointOptions extends Partial<AddressPolicy> {
  /** https; plain http only as the configuration permits. */
  readonly url: URL;
  /** One certificate or several, PEM: these authorities are trusted and no other. */
  readonly caCertificate?: string | undefined;
  /** What Flowstate shows to an ERP that asks who is calling (mTLS), both PEM; the certificate with its intermediates. */
  readonly clientCertificate?: { readonly certificate: string; readonly key: string } | undefined;
}

/**
 * The way to one tenant's ERP. Public addresses may be reached, and beyond them what `allowedNetworks` and `allowLoopback`
 * permit: by default nothing. Certificates are always verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says. Throws when a
 * certificate or key cannot be used.
 */
export function erpEndpoint(options: ErpEndpointOptions, network: Network = SYSTEM_NETWORK): ErpEndpoint {
  const { url, caCertificate, clientCertificate, allowedNetworks = [], allowLoopback = false } = options;
  const guard = guardAddresses({ allowedNetworks, allowLoopback });
  const port = url.port === "" ? DEFAULT_PORTS[url.protocol] : Number(url.port);
  if (port === undefined) throw new Error("an ERP endpoint is neither https nor http");
  const secureContext = createSecureContext({
    ...(caCertificate !== undefined && { ca: caCertificate }),
    ...(clientCertificate !== undefined && { cert: clientCertificate.certificate, key: clientCertificate.key }),
  });

  return {
    url,
    connector: (signal) => {
      const secure = buildConnector({
        // HTTP/2 would interleave deliveries on one connection; one connection carries one delivery here.
        allowH2: false,
        // No session is kept to be resumed: the keys of a delivery end with it.
        maxCachedSessions: 0,
        timeout: CONNECT_TIMEOUT_MS,
        rejectUnauthorized: true,
        secureContext,
        signal,
      });
      const destination = { host: hostOf(url), port, timeLimitMs: CONNECT_TIMEOUT_MS, signal };
      return (target, callback) => {
        connectGuarded(destination, guard, network).then(
          (socket) => {
            // Aborting destroys the TLS socket, which owns the other one from here: destroying that beneath it would end
            // the process.
            if (url.protocol === "https:") secure({ ...target, httpSocket: socket }, callback);
            else callback(null, addAbortSignal(signal, socket.setNoDelay(true)));
          },
          (error: unknown) => callback(error instanceof Error ? error : new Error("cannot connect"), null),
        );
      };
    },
  };
}
