import { replyProbeSubject, TRANSFER_SERVICES, transferProbeSubject } from "@flowstate/contracts";
import type { Logger } from "@flowstate/runtime";
import { connect, ErrorCode, type NatsConnection, NatsError } from "nats";
import { type BrokerLogin, type BrokerTls, loginOptions } from "./broker-login.ts";
import type { Identity } from "./identities.ts";

/** How fast a lost broker is noticed when TCP does not say so, and how often a new connection is tried. Milliseconds. */
const PING_INTERVAL_MS = 5_000;
const MAX_PINGS_OUT = 2;
const RECONNECT_WAIT_MS = 500;
const CONNECT_TIMEOUT_MS = 5_000;
const PROBE_TIMEOUT_MS = 2_000;
/** How often it is looked again whether anybody listens where documents pass. */
const WATCH_INTERVAL_MS = 30_000;
/** A broker that is slow for a moment looks like somebody who does not answer; one that is slow so often does not. */
const LOOKS_UNTIL_CERTAIN = 3;

export type ConnectOptions = BrokerLogin & {
  readonly identity: Identity;
  readonly logger: Logger;
};

export type DocumentsOptions = ConnectOptions & {
  readonly watchIntervalMs?: number;
};

/** A connection into one of the two accounts. Disposing drains it. */
class AccountConnection implements AsyncDisposable {
  readonly nats: NatsConnection;
  readonly identity: Identity;
  readonly #tls: BrokerTls | undefined;
  #connected = true;

  constructor({ nats, tls }: LoggedIn, { identity, logger }: ConnectOptions) {
    this.nats = nats;
    this.identity = identity;
    this.#tls = tls;
    void this.#follow(logger);
  }

  /** Whether the broker is there right now. While it is not, callers fail at once instead of queueing content. */
  get connected(): boolean {
    return this.#connected && !this.nats.isClosed();
  }

  /** From now on the broker is shown this certificate; what is connected goes on as it is. */
  renewCertificate({ tls }: BrokerLogin): void {
    if (this.#tls !== undefined && tls !== undefined) Object.assign(this.#tls, tls);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.nats.isClosed()) return;
    // Draining needs the broker; without it there is nothing to drain.
    if (this.connected) await this.nats.drain().catch(() => this.nats.close());
    else await this.nats.close();
  }

  async #follow(logger: Logger): Promise<void> {
    for await (const status of this.nats.status()) {
      if (status.type === "disconnect") {
        this.#connected = false;
        logger.warn("broker.disconnected", { peer: this.identity });
      } else if (status.type === "reconnect") {
        this.#connected = true;
        logger.info("broker.reconnected", { peer: this.identity });
      }
    }
  }
}

/**
 * The account without JetStream, through which content passes sealed. It is closed for good when somebody begins to listen
 * where documents pass: from then on every mail is given back to its sender, and no instance starts anew.
 */
export class DocumentsConnection extends AccountConnection {
  readonly account = "DOCUMENTS";
  readonly #watch: NodeJS.Timeout;

  constructor(loggedIn: LoggedIn, options: DocumentsOptions) {
    super(loggedIn, options);
    const { nats } = loggedIn;
    const { identity, logger, watchIntervalMs = WATCH_INTERVAL_MS } = options;
    let looks = 0;
    this.#watch = setInterval(async () => {
      const overheard = this.connected && (await isOverheard(nats).catch(() => false));
      looks = overheard ? looks + 1 : 0;
      if (looks < LOOKS_UNTIL_CERTAIN) return;
      clearInterval(this.#watch);
      logger.error("documents.overheard", { peer: identity });
      await nats.close();
    }, watchIntervalMs).unref();
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch);
    await super[Symbol.asyncDispose]();
  }
}

/** The account with JetStream, through which metadata passes. */
export class EventsConnection extends AccountConnection {
  readonly account = "EVENTS";
}

/**
 * Connects to the documents account and refuses if JetStream can be reached from it: what JetStream can reach, it can
 * persist. Asks for its API, and looks whether a stream listens where transfers or their answers pass, now and from time to
 * time. Waits for a broker that is not up yet.
 */
export async function connectDocuments(options: DocumentsOptions): Promise<DocumentsConnection> {
  const loggedIn = await connectAs(options);
  if (await isOverheard(loggedIn.nats)) {
    await loggedIn.nats.close();
    throw new Error("JetStream, or somebody else, listens where documents pass: refusing to pass content there");
  }
  return new DocumentsConnection(loggedIn, options);
}

/** Whether JetStream's API, or anybody at all, takes what is sent where documents pass. */
export async function isOverheard(nats: NatsConnection): Promise<boolean> {
  const probes = [JETSTREAM_API, ...TRANSFER_SERVICES.map(transferProbeSubject), replyProbeSubject()];
  const answered = await Promise.all(probes.map((subject) => somebodyListens(nats, subject)));
  return answered.includes(true);
}

const JETSTREAM_API = "$JS.API.INFO";

/** Connects to the events account. Waits for a broker that is not up yet. */
export async function connectEvents(options: ConnectOptions): Promise<EventsConnection> {
  return new EventsConnection(await connectAs(options), options);
}

interface LoggedIn {
  readonly nats: NatsConnection;
  /** A copy of our own, from which every further connection is made. */
  readonly tls: BrokerTls | undefined;
}

async function connectAs({ identity, ...login }: ConnectOptions): Promise<LoggedIn> {
  const tls = login.tls === undefined ? undefined : { ...login.tls };
  const nats = await connect({
    ...loginOptions(identity, tls === undefined ? login : { url: login.url, tls }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT_MS,
    waitOnFirstConnect: true,
    // A broker that is being reconfigured may refuse a password for a moment; that must not end a service for good.
    ignoreAuthErrorAbort: true,
    timeout: CONNECT_TIMEOUT_MS,
    // Two stacks are kept for each request otherwise, a fiftieth of ingest's work; our errors say where they come from.
    noAsyncTraces: true,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: MAX_PINGS_OUT,
  });
  return { nats, tls };
}

/**
 * Whether anybody takes messages on this subject. Only the server's own word that nobody does, or that this identity may
 * not even publish there, counts as no: silence may be a stream that does not answer.
 */
async function somebodyListens(nats: NatsConnection, subject: string): Promise<boolean> {
  try {
    await nats.request(subject, new Uint8Array(), { timeout: PROBE_TIMEOUT_MS });
    return true;
  } catch (error) {
    if (!(error instanceof NatsError)) throw error;
    return error.code !== ErrorCode.NoResponders && error.code !== ErrorCode.PermissionsViolation;
  }
}
