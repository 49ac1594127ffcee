import { buildConnector } from "undici";

/** How long TCP and TLS may take to be established, milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;

/** The one place extractions go to, and the way to get there. */
export interface ErpEndpoint {
  readonly url: URL;
  /**
   * Opens the connection of one delivery: where it may lead and whom it trusts is decided here, for every delivery alike.
   * Aborting `signal` closes it, established or not.
   */
  connector(signal: AbortSignal): buildConnector.connector;
}

/**
 * The endpoint at `url` (https; plain http only as the configuration permits). With `caCertificate` (PEM) that authority
 * is trusted and no other. Certificates are always verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says.
 */
export function erpEndpoint(url: URL, caCertificate?: string): ErpEndpoint {
  return {
    url,
    connector: (signal) =>
      buildConnector({
        // HTTP/2 would interleave deliveries on one connection; one connection carries one delivery here.
        allowH2: false,
        // No session is kept to be resumed: the keys of a delivery end with it.
        maxCachedSessions: 0,
        timeout: CONNECT_TIMEOUT_MS,
        rejectUnauthorized: true,
        signal,
        ...(caCertificate !== undefined && { ca: caCertificate }),
      }),
  };
}
