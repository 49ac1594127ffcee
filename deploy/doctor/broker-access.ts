import { X509Certificate } from "node:crypto";
import { type BrokerLogin, brokerLogin, type Identity, loginOptions } from "@flowstate/messaging";
import { connect, type NatsConnection } from "nats";
import type { PartName, Settings } from "./deployment.ts";
import type { Surroundings } from "./surroundings.ts";

/** How one part shows the broker who it is. */
export interface IdentityLogin {
  readonly part: PartName;
  readonly identity: Identity;
  readonly login: BrokerLogin;
}

/** The logins of every part whose settings are usable, and which shows a certificate of its own that is valid. */
function loginsOf(settings: Settings, now: Date): readonly IdentityLogin[] {
  const { ingest, extractor, "erp-pusher": erpPusher, audit, broker } = settings;
  const logins: IdentityLogin[] = [];
  const add = (part: PartName, identity: Identity, login: BrokerLogin) => logins.push({ part, identity, login });
  if (ingest !== undefined) {
    add("ingest", "ingest-documents", brokerLogin(ingest, "DOCUMENTS"));
    add("ingest", "ingest-events", brokerLogin(ingest, "EVENTS"));
  }
  if (extractor !== undefined) add("extractor", "extractor", brokerLogin(extractor, "DOCUMENTS"));
  if (erpPusher !== undefined) add("erp-pusher", "erp-pusher", brokerLogin(erpPusher, "DOCUMENTS"));
  if (audit !== undefined) add("audit", "audit", brokerLogin(audit, "EVENTS"));
  if (broker !== undefined) add("broker", "admin", brokerLogin(broker, "ADMIN"));
  return logins.filter(({ identity, login }) => login.tls === undefined || isOf(identity, login.tls.certificate, now));
}

function isOf(identity: Identity, pem: string, now: Date): boolean {
  const { subject, validFromDate, validToDate } = new X509Certificate(pem);
  return subject === subjectOf(identity) && validFromDate <= now && now <= validToDate;
}

/** By this the broker knows an identity. */
export function subjectOf(identity: Identity): string {
  return `CN=${identity}`;
}

/** Connections to the broker, one for each identity, made when a check first asks for it. */
export class BrokerAccess implements AsyncDisposable {
  readonly logins: readonly IdentityLogin[];
  readonly #timeoutMs: number;
  readonly #connections = new Map<IdentityLogin, Promise<NatsConnection | undefined>>();

  constructor(settings: Settings, { now, patienceMs }: Surroundings) {
    this.logins = loginsOf(settings, now());
    this.#timeoutMs = patienceMs;
  }

  /** Those of the identities that the broker lets in, each with its connection. */
  async connected(
    identities: readonly Identity[],
  ): Promise<readonly (IdentityLogin & { readonly nats: NatsConnection })[]> {
    const wanted = this.logins.filter(({ identity }) => identities.includes(identity));
    const connections = await Promise.all(wanted.map(async (login) => ({ ...login, nats: await this.#shared(login) })));
    return connections.flatMap(({ nats, ...login }) => (nats === undefined ? [] : [{ ...login, nats }]));
  }

  /** A connection of the caller's own; undefined when the broker does not let the identity in, or is not there. */
  async open({ identity, login }: IdentityLogin): Promise<NatsConnection | undefined> {
    try {
      return await connect({ ...loginOptions(identity, login), timeout: this.#timeoutMs, reconnect: false });
    } catch {
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const connections = await Promise.all(this.#connections.values());
    await Promise.all(connections.map((nats) => nats?.close()));
  }

  #shared(login: IdentityLogin): Promise<NatsConnection | undefined> {
    const known = this.#connections.get(login);
    if (known !== undefined) return known;
    const opened = this.open(login);
    this.#connections.set(login, opened);
    return opened;
  }
}
