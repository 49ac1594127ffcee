import { type DocumentId, type FinalEvent, LEASES_BUCKET } from "@flowstate/contracts";
import { count, type Logger } from "@flowstate/runtime";
import { type KV, NatsError } from "nats";
import type { EventsConnection } from "../connection.ts";
import { LEASE_MS } from "../events/provision-events.ts";
import { type Settlement, Settlements, type Settling } from "./settlements.ts";
import { isWrongSequence } from "./wrong-sequence.ts";

const LEDGER_TIMEOUT_MS = 4_000;
/** Three chances to renew before the broker forgets the lease. */
const RENEW_INTERVAL_MS = LEASE_MS / 3;
/** How much earlier than the broker an instance that cannot renew considers its lease lost. */
const LEASE_MARGIN_MS = LEDGER_TIMEOUT_MS + 1_000;

export type Claim =
  /** This process works on the document until it settles or releases it. */
  | { readonly kind: "claimed"; readonly lease: Lease }
  /** Another attempt is working on it. */
  | { readonly kind: "held_elsewhere" }
  /** It was finished before. */
  | { readonly kind: "settled"; readonly settlement: Settlement };

/** The exclusive right to work on one document, renewed until it is disposed, which lets go of it, or left to lapse. */
export interface Lease extends AsyncDisposable {
  /** Names this attempt; the cause of its events. */
  readonly attempt: string;
  /** Aborted when the right was lost: the broker could not be reached in time. */
  readonly lost: AbortSignal;
  /**
   * Renews it no more and does not let go of it: for a document that is settled. Whoever claims that one finds the settlement
   * first and never asks for the lease, which the broker forgets by itself; a write that its disk would have to sync is spared.
   */
  lapse(): void;
}

/** The ledger cannot be read or written. Temporary. */
export class LedgerUnavailableError extends Error {
  constructor(cause: unknown) {
    super("the delivery ledger is not available", { cause });
    this.name = "LedgerUnavailableError";
  }
}

/**
 * Which documents are finished, and which are being worked on. Two buckets, because they age differently: a settlement is
 * remembered for days, a lease is forgotten by the broker itself when its owner stops renewing it, so that no two clocks
 * have to agree on when a lease is over.
 */
export class DeliveryLedger {
  readonly #connection: EventsConnection;
  readonly #settlements: Settlements;
  readonly #leases: KV;
  readonly #instance: string;
  readonly #logger: Logger;

  private constructor(
    connection: EventsConnection,
    settlements: Settlements,
    leases: KV,
    instance: string,
    logger: Logger,
  ) {
    this.#connection = connection;
    this.#settlements = settlements;
    this.#leases = leases;
    this.#instance = instance;
    this.#logger = logger;
  }

  /** `instance` names this process in leases. */
  static async open(connection: EventsConnection, instance: string, logger: Logger): Promise<DeliveryLedger> {
    const jetstream = connection.nats.jetstream({ checkAPI: false, timeout: LEDGER_TIMEOUT_MS });
    const [settlements, leases] = await Promise.all([
      Settlements.open(connection, LEDGER_TIMEOUT_MS),
      jetstream.views.kv(LEASES_BUCKET, { bindOnly: true, allow_direct: false }),
    ]);
    for (const conflict of CONFLICTS) countConflict(conflict, 0);
    return new DeliveryLedger(connection, settlements, leases, instance, logger);
  }

  /** Throws `LedgerUnavailableError`. */
  async claim(document: DocumentId): Promise<Claim> {
    return this.#guarded(async () => {
      const settlement = await this.#settlements.of(document);
      if (settlement !== undefined) return { kind: "settled", settlement };
      const revision = await this.#createLease(document);
      if (revision === undefined) {
        countConflict("held_elsewhere");
        return { kind: "held_elsewhere" };
      }
      // The holder before us may have settled between our two reads.
      const settledMeanwhile = await this.#settlements.of(document);
      if (settledMeanwhile === undefined) return { kind: "claimed", lease: this.#hold(document, revision) };
      countConflict("settled_meanwhile");
      await this.#leases.delete(document);
      return { kind: "settled", settlement: settledMeanwhile };
    });
  }

  /** Finishes a document for good with an end, unless it is finished: the first end stands. Throws `LedgerUnavailableError`. */
  settle(document: DocumentId, end: FinalEvent): Promise<Settling> {
    return this.#guarded(() => this.#settlements.settle(document, end));
  }

  /** The lease's revision, or undefined if somebody holds it. */
  async #createLease(document: DocumentId): Promise<number | undefined> {
    try {
      return await this.#leases.create(document, this.#instance);
    } catch (error) {
      if (isWrongSequence(error)) return undefined;
      throw error;
    }
  }

  #hold(document: DocumentId, created: number): Lease {
    const lost = new AbortController();
    let revision = created;
    let renewing = Promise.resolve();
    const lose = () => {
      countConflict("lease_lost");
      this.#logger.warn("lease.lost", { document_id: document });
      clearInterval(timer);
      lost.abort();
    };
    // The broker counts from when it stored the renewal, we from when we hear of it: the margin is longer than that takes.
    const expired = setTimeout(lose, LEASE_MS - LEASE_MARGIN_MS);
    const renew = async () => {
      try {
        revision = await this.#leases.update(document, this.#instance, revision);
      } catch (error) {
        if (!isWrongSequence(error)) return;
        // Either somebody took over, or our last renewal was stored and its acknowledgement lost.
        const current = await this.#leases.get(document).catch(() => undefined);
        if (current === undefined) return;
        if (current?.operation !== "PUT" || current.string() !== this.#instance) return lose();
        revision = current.revision;
      }
      expired.refresh();
    };
    const timer = setInterval(() => {
      renewing = renewing.then(renew);
    }, RENEW_INTERVAL_MS);
    let lapses = false;
    const stopRenewing = () => {
      clearInterval(timer);
      clearTimeout(expired);
    };
    return {
      attempt: `${this.#instance} ${created}`,
      lost: lost.signal,
      lapse: () => {
        lapses = true;
        stopRenewing();
      },
      [Symbol.asyncDispose]: async () => {
        stopRenewing();
        if (lapses) return;
        await renewing;
        if (lost.signal.aborted || !this.#connection.connected) return;
        // Failing to let go costs the next attempt a wait until the broker forgets the lease.
        await this.#leases
          .delete(document, { previousSeq: revision })
          .catch((error: unknown) => this.#logger.warn("lease.not_released", { document_id: document }, error));
      },
    };
  }

  async #guarded<T>(operation: () => Promise<T>): Promise<T> {
    if (!this.#connection.connected) throw new LedgerUnavailableError("disconnected");
    try {
      return await operation();
    } catch (error) {
      throw error instanceof NatsError ? new LedgerUnavailableError(error) : error;
    }
  }
}

const CONFLICTS = ["held_elsewhere", "settled_meanwhile", "lease_lost"] as const;

function countConflict(conflict: (typeof CONFLICTS)[number], by = 1): void {
  count("flowstate.ledger.conflicts", { "flowstate.conflict": conflict }, by);
}
