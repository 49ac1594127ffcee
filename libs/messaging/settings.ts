import {
  flag,
  hasVerifiableName,
  isLoopback,
  keyFitsCertificate,
  NOT_ITS_KEY,
  pemCertificate,
  pemPrivateKey,
  secret,
} from "@flowstate/runtime";
import { z } from "zod";
import type { BrokerLogin } from "./broker-login.ts";

const PASSWORD_MIN_LENGTH = 16;
/** What is said of a variable that only a broker on this machine can do without. */
const UNLESS_LOCAL = { requiredUnless: "FLOWSTATE_LOCAL" } as const;

const brokerSettings = {
  NATS_URL: z
    .string("is required")
    .min(1)
    .describe(
      "Broker addresses, separated by commas: tls://host:4222. nats:// to this machine itself, with FLOWSTATE_LOCAL.",
    ),
  NATS_CA_CERTIFICATE: pemCertificate
    .optional()
    .meta(UNLESS_LOCAL)
    .describe(
      "Certificates of the authorities that the broker's may come from, PEM or file:/path. Read again on SIGHUP.",
    ),
};

const certificateOf = (account: string) =>
  pemCertificate
    .optional()
    .meta(UNLESS_LOCAL)
    .describe(`Certificate that says who this is in the ${account} account, PEM or file:/path. Read again on SIGHUP.`);
const keyOf = (account: string) =>
  pemPrivateKey
    .optional()
    .meta({ secret: true, ...UNLESS_LOCAL })
    .describe(
      `Private key of NATS_${account}_CERTIFICATE, PEM without a passphrase, or file:/path. Read again on SIGHUP.`,
    );
const passwordOf = (account: string) =>
  secret(PASSWORD_MIN_LENGTH)
    .optional()
    .meta({ secret: true })
    .describe(`Password in the ${account} account of a broker on this machine, which asks for no certificate.`);

/** Settings of every service. */
const serviceSettings = {
  ...brokerSettings,
  GHOST_STRICT: flag(false).describe("Refuse to start unless the process is hardened (docs/ghost-protocol.md)."),
};

/** Settings of every service that content passes through. */
export const documentsSettings = {
  ...serviceSettings,
  NATS_DOCUMENTS_CERTIFICATE: certificateOf("DOCUMENTS"),
  NATS_DOCUMENTS_KEY: keyOf("DOCUMENTS"),
  NATS_DOCUMENTS_PASSWORD: passwordOf("DOCUMENTS"),
};

/** Settings of what administers JetStream: commands of an operator, never a service. */
export const adminSettings = {
  ...brokerSettings,
  NATS_ADMIN_CERTIFICATE: certificateOf("ADMIN"),
  NATS_ADMIN_KEY: keyOf("ADMIN"),
  NATS_ADMIN_PASSWORD: passwordOf("ADMIN"),
};

/** Settings of every service that publishes or consumes events. */
export const eventsSettings = {
  ...serviceSettings,
  NATS_EVENTS_CERTIFICATE: certificateOf("EVENTS"),
  NATS_EVENTS_KEY: keyOf("EVENTS"),
  NATS_EVENTS_PASSWORD: passwordOf("EVENTS"),
};

/** The settings by the part of their names that says what they are for: NATS_<account>_KEY. */
type BrokerAccount = "DOCUMENTS" | "EVENTS" | "ADMIN";

/** What all configurations that `refusePlainBroker` looks at have in common. */
interface BrokerConfig {
  readonly FLOWSTATE_LOCAL: boolean;
  readonly NATS_URL: string;
  readonly NATS_CA_CERTIFICATE?: string | undefined;
}

type AccountConfig<A extends BrokerAccount> = BrokerConfig & {
  readonly [Name in `NATS_${A}_${"CERTIFICATE" | "KEY" | "PASSWORD"}`]?: string | undefined;
};

/**
 * Adds a problem for a broker that would be spoken to in plain text, and for whatever is missing to show it who this is:
 * `tls://` asks for certificates, `nats://`, which is for this machine alone, for a password. For `superRefine` with
 * `ALSO_WITH_PROBLEMS`.
 */
export function refusePlainBroker<A extends BrokerAccount>(
  config: AccountConfig<A>,
  accounts: readonly A[],
  context: z.core.$RefinementCtx,
): void {
  const refuse = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
  const { FLOWSTATE_LOCAL: local, NATS_URL: url } = config;
  const servers = typeof url === "string" ? url.split(",").map((server) => URL.parse(server)) : [];
  const isPlain = local && servers.every((server) => server?.protocol === "nats:");
  if (!servers.every((server) => server !== null && (isPlain ? isLoopback(server) : server.protocol === "tls:"))) {
    refuse("NATS_URL", "must be tls:// addresses (nats:// to this machine needs FLOWSTATE_LOCAL=true)");
  } else if (!servers.every((server) => server !== null && hasVerifiableName(server))) {
    refuse("NATS_URL", "must name hosts: a certificate is held against a name, not against an address");
  }
  const values = new Map<string, unknown>(Object.entries(config));
  const needed = (name: string) => {
    if (values.get(name) === undefined) refuse(name, "is required");
  };
  if (!isPlain) needed("NATS_CA_CERTIFICATE");
  for (const account of accounts) {
    if (isPlain) {
      needed(`NATS_${account}_PASSWORD`);
      continue;
    }
    needed(`NATS_${account}_CERTIFICATE`);
    needed(`NATS_${account}_KEY`);
    const [certificate, key] = [values.get(`NATS_${account}_CERTIFICATE`), values.get(`NATS_${account}_KEY`)];
    if (typeof certificate !== "string" || typeof key !== "string") continue;
    if (!keyFitsCertificate({ certificate, key })) refuse(`NATS_${account}_KEY`, NOT_ITS_KEY);
  }
}

/** How a configuration that `refusePlainBroker` has accepted logs in. */
export function brokerLogin<A extends BrokerAccount>(config: AccountConfig<A>, account: A): BrokerLogin {
  const { NATS_URL: url, NATS_CA_CERTIFICATE: trusted } = config;
  const values = new Map<string, unknown>(Object.entries(config));
  const textOf = (name: string) => z.string().parse(values.get(`NATS_${account}_${name}`));
  if (url.startsWith("nats:")) return { url, password: textOf("PASSWORD") };
  return { url, tls: { trusted: z.string().parse(trusted), certificate: textOf("CERTIFICATE"), key: textOf("KEY") } };
}
