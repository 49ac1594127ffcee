import { AUDIT_CONSUMER, EVENTS_PREFIX, EVENTS_STREAM, LEASES_BUCKET, LEDGER_BUCKET } from "@flowstate/contracts";
import {
  AckPolicy,
  connect,
  DiscardPolicy,
  type JetStreamManager,
  type NatsConnection,
  nanos,
  StorageType,
} from "nats";
import { type BrokerLogin, loginOptions } from "../broker-login.ts";
import { forbidOverlap } from "./forbid-overlap.ts";

const DAY_MS = 24 * 3_600_000;
/** SendGrid gives a mail up after 72 hours; the ledger remembers longer. */
const LEDGER_AGE_MS = 7 * DAY_MS;
const EVENTS_AGE_DAYS = 29;
/** An instance that stops renewing has lost its claim after this long. The broker's clock decides, not ours. */
export const LEASE_MS = 30_000;
/** A batch whose transaction takes longer than this is handed out again; storing is idempotent. */
const ACK_WAIT_MS = 60_000;
/** What all instances may hold at a time: two of audit's batches each, and what arrives meanwhile. */
const MAX_UNACKNOWLEDGED = 20_000;
/** Far above any event; a message beyond it is not one of ours. */
const MAX_EVENT_BYTES = 16 * 1024;
const MAX_LEDGER_VALUE_BYTES = 1024;

/** With the credentials of the identity `admin`, the only one that may administer JetStream. */
export type ProvisionOptions = BrokerLogin & {
  /**
   * Days for which the stream keeps events, and audit may be away without one being lost: `streamAgeDays` of the plans'
   * retention. 29 when absent, which goes with their defaults.
   */
  readonly eventsAgeDays?: number;
  /** Copies of each stream: 1 on a single broker, 3 on a cluster. */
  readonly replicas?: number;
};

/**
 * Makes the stream, its consumer and the ledger's buckets, or brings them up to date. Idempotent. Throws
 * `DocumentsOverheardError` when anything in the account could take documents in: nothing is to be started then.
 */
export async function provisionEvents({
  eventsAgeDays = EVENTS_AGE_DAYS,
  replicas = 1,
  ...login
}: ProvisionOptions): Promise<void> {
  const nats = await connect(loginOptions("admin", login));
  try {
    const manager = await nats.jetstreamManager();
    await forbidOverlap(manager);
    await provisionStream(manager, eventsAgeDays, replicas);
    for (const [bucket, ageMs] of Object.entries(BUCKET_AGES_MS)) await provisionBucket(nats, bucket, ageMs, replicas);
  } finally {
    await nats.close();
  }
}

/**
 * Has audit read everything again that the stream still keeps, for a database that was restored from a backup: what it has
 * stored already stays as it is. Makes the consumer anew, so no audit may run meanwhile. Throws as `provisionEvents`.
 */
export async function replayEvents(options: ProvisionOptions): Promise<void> {
  const nats = await connect(loginOptions("admin", options));
  try {
    await (await nats.jetstreamManager()).consumers.delete(EVENTS_STREAM, AUDIT_CONSUMER);
  } finally {
    await nats.close();
  }
  await provisionEvents(options);
}

/** What the stream of events is to be, in JetStream's words. */
export function eventsStreamConfig(ageDays: number, replicas: number) {
  return {
    name: EVENTS_STREAM,
    subjects: [`${EVENTS_PREFIX}.>`],
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_age: nanos(ageDays * DAY_MS),
    max_msg_size: MAX_EVENT_BYTES,
    num_replicas: replicas,
  };
}

/** What the consumer is to be through which audit reads it. */
export function auditConsumerConfig(replicas: number) {
  return {
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT_MS),
    max_deliver: -1,
    max_ack_pending: MAX_UNACKNOWLEDGED,
    num_replicas: replicas,
  };
}

/** The ledger's buckets, and how long each remembers, milliseconds. */
export const BUCKET_AGES_MS: Readonly<Record<string, number>> = {
  [LEDGER_BUCKET]: LEDGER_AGE_MS,
  [LEASES_BUCKET]: LEASE_MS,
};

async function provisionStream(manager: JetStreamManager, ageDays: number, replicas: number): Promise<void> {
  const config = eventsStreamConfig(ageDays, replicas);
  const exists = await manager.streams.info(EVENTS_STREAM).then(
    () => true,
    () => false,
  );
  if (exists) await manager.streams.update(EVENTS_STREAM, config);
  else await manager.streams.add(config);
  const consumer = auditConsumerConfig(replicas);
  // An update leaves the consumer where it stands in the stream.
  const isConsumed = await manager.consumers.info(EVENTS_STREAM, AUDIT_CONSUMER).then(
    () => true,
    () => false,
  );
  if (isConsumed) await manager.consumers.update(EVENTS_STREAM, AUDIT_CONSUMER, consumer);
  else await manager.consumers.add(EVENTS_STREAM, { durable_name: AUDIT_CONSUMER, ...consumer });
}

async function provisionBucket(nats: NatsConnection, bucket: string, ttl: number, replicas: number): Promise<void> {
  const kv = await nats
    .jetstream()
    .views.kv(bucket, { ttl, history: 1, replicas, maxValueSize: MAX_LEDGER_VALUE_BYTES });
  const { config } = (await kv.status()).streamInfo;
  // Opening a bucket that exists leaves its settings as they are.
  const manager = await nats.jetstreamManager();
  await manager.streams.update(config.name, { ...config, max_age: nanos(ttl), num_replicas: replicas });
}
