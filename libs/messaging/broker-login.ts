import { inboxPrefix } from "@flowstate/contracts";
import type { ConnectionOptions } from "nats";
import type { Identity } from "./identities.ts";

/** What TLS needs of an identity, all PEM. Read anew for every connection that is made, so that it can be replaced meanwhile. */
export interface BrokerTls {
  /** The authorities that the broker's certificate may come from, and no others. */
  readonly trusted: string;
  readonly certificate: string;
  readonly key: string;
}

/** How an identity shows who it is: by its certificate, or on one machine by its password. */
export type BrokerCredentials =
  | { readonly tls: BrokerTls; readonly password?: undefined }
  | { readonly password: string; readonly tls?: undefined };

export type BrokerLogin = BrokerCredentials & {
  /** One or several server addresses, separated by commas. */
  readonly url: string;
};

/** The part of a connection's options that says where to, and who comes. */
export function loginOptions(identity: Identity, { url, tls, password }: BrokerLogin): ConnectionOptions {
  return {
    servers: url.split(","),
    name: `flowstate-${identity}`,
    inboxPrefix: inboxPrefix(identity),
    ...(tls === undefined ? { user: identity, pass: password } : { tls: tlsOptions(tls) }),
  };
}

/** The client copies these properties whenever it dials. */
function tlsOptions(tls: BrokerTls): NonNullable<ConnectionOptions["tls"]> {
  return {
    get ca() {
      return tls.trusted;
    },
    get cert() {
      return tls.certificate;
    },
    get key() {
      return tls.key;
    },
  };
}
