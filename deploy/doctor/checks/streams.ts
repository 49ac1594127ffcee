import { isDeepStrictEqual } from "node:util";
import { AUDIT_CONSUMER, EVENTS_PREFIX, EVENTS_STREAM } from "@flowstate/contracts";
import {
  auditConsumerConfig,
  BUCKET_AGES_MS,
  DocumentsOverheardError,
  eventsStreamConfig,
  forbidOverlap,
  type ProvisionConfig,
} from "@flowstate/messaging";
import { retentionOf, streamAgeDays } from "@flowstate/runtime";
import { headers, type JetStreamManager, type NatsConnection, NatsError, nanos, type StreamInfo } from "nats";
import { z } from "zod";
import type { Check, Examination } from "../check.ts";
import { found, foundOrGood, type Result, unchecked } from "../result.ts";

/** The stream of events, its consumer and the ledger's buckets: that they are there and, with the administrator's rights, as they must be. */
export const streamsCheck: Check = {
  name: "streams",
  async run(examination) {
    const { broker, deployment } = examination;
    const [admin] = await broker.connected(["admin"]);
    const config = deployment.settings.broker;
    if (admin !== undefined && config !== undefined) return await lookAsAdmin(admin.nats, config);
    return [
      ...(await lookAsService(examination)),
      unchecked("how the streams are set: give the doctor the part broker (NATS_ADMIN_…)"),
    ];
  },
};

async function lookAsAdmin(nats: NatsConnection, config: ProvisionConfig): Promise<readonly Result[]> {
  const manager = await nats.jetstreamManager();
  const wanted = eventsStreamConfig(streamAgeDays(retentionOf(config)), config.NATS_REPLICAS);
  const events = await orUndefined(manager.streams.info(EVENTS_STREAM));
  const consumer = events && (await orUndefined(manager.consumers.info(EVENTS_STREAM, AUDIT_CONSUMER)));
  const results = [
    ...(await overlaps(manager)),
    ...aboutStream("the stream of events", events, wanted, config),
    ...(events === undefined
      ? []
      : aboutSettings("audit's consumer", consumer?.config, auditConsumerConfig(config.NATS_REPLICAS), config)),
  ];
  for (const [bucket, ageMs] of Object.entries(BUCKET_AGES_MS)) {
    const info = await orUndefined(manager.streams.info(`KV_${bucket}`));
    const bucketConfig = { max_age: nanos(ageMs), num_replicas: config.NATS_REPLICAS };
    results.push(...aboutStream(`the bucket ${bucket}`, info, bucketConfig, config));
  }
  return foundOrGood(results, "the stream of events, its consumer and the ledger's buckets are as they must be");
}

async function overlaps(manager: JetStreamManager): Promise<readonly Result[]> {
  try {
    await forbidOverlap(manager);
    return [];
  } catch (error) {
    if (!(error instanceof DocumentsOverheardError)) throw error;
    return [found("streams.overhear_documents", "a stream or a consumer covers the subjects on which documents pass")];
  }
}

function aboutStream(
  what: string,
  info: StreamInfo | undefined,
  wanted: SettingsOfStream,
  config: ProvisionConfig,
): readonly Result[] {
  const behind = (info?.cluster?.replicas ?? []).filter(({ current, offline }) => !current || offline === true);
  return [
    ...aboutSettings(what, info?.config, wanted, config),
    ...behind.map(({ name }) => found("streams.copy_behind", `${what}: its copy on ${name} is behind or away`)),
  ];
}

type SettingsOfStream = Readonly<Record<string, unknown>> & { readonly num_replicas: number };

function aboutSettings(
  what: string,
  actual: object | undefined,
  wanted: SettingsOfStream,
  { NATS_REPLICAS }: ProvisionConfig,
): readonly Result[] {
  if (actual === undefined) return [found("streams.missing", `${what} is not there`)];
  const has = new Map<string, unknown>(Object.entries(actual));
  const differing = Object.entries(wanted).filter(
    ([name, value]) => name !== "num_replicas" && !isDeepStrictEqual(has.get(name), value),
  );
  const copies = z.number().catch(1).parse(has.get("num_replicas"));
  return [
    ...differing.map(([name]) => found("streams.settings_differ", `${what}: ${name} is not as this version sets it`)),
    // A consumer with 0 has as many as its stream.
    ...(copies !== 0 && copies < NATS_REPLICAS
      ? [found("streams.too_few_copies", `${what} has ${copies} of ${NATS_REPLICAS} copies`)]
      : []),
  ];
}

/** Without the administrator's rights: each place answers a message that it may not store, and a consumer says how it is. */
async function lookAsService({ broker, surroundings: { patienceMs } }: Examination): Promise<readonly Result[]> {
  const connected = await broker.connected(["ingest-events", "audit"]);
  if (connected.length === 0) return [unchecked("whether the streams are there: nobody got into the account EVENTS")];
  const perIdentity = await Promise.all(
    connected.map(async ({ identity, nats }) => {
      const places = identity === "audit" ? [CONSUMER] : STORES;
      const there = await Promise.all(
        places.map(({ subject, isAnswer }) => answers(nats, subject, isAnswer, patienceMs)),
      );
      const missing = places.filter((_, index) => !there[index]);
      return foundOrGood(
        missing.map(({ what }) => found("streams.missing", `${what} is not there`)),
        `${places.map(({ what }) => what).join(", ")}: there`,
      );
    }),
  );
  return perIdentity.flat();
}

/** Something of JetStream's, and what it answers to a message that changes nothing. */
interface Place {
  readonly what: string;
  readonly subject: string;
  isAnswer(json: unknown): boolean;
}

/** "Expected stream does not match" (JSStreamNotMatchErr): there is a stream that would have stored it. */
const NOT_THAT_STREAM = 10060;
const refusalSchema = z.object({ error: z.object({ err_code: z.literal(NOT_THAT_STREAM) }) });
const consumerSchema = z.object({ config: z.object({ durable_name: z.literal(AUDIT_CONSUMER) }) });

const STORES: readonly Place[] = [
  { what: "the stream of events", subject: `${EVENTS_PREFIX}.flowstate_nobody` },
  ...Object.keys(BUCKET_AGES_MS).map((bucket) => ({
    what: `the bucket ${bucket}`,
    subject: `$KV.${bucket}.flowstate_nobody`,
  })),
].map((place) => ({ ...place, isAnswer: (json) => refusalSchema.safeParse(json).success }));

const CONSUMER: Place = {
  what: "audit's consumer",
  subject: `$JS.API.CONSUMER.INFO.${EVENTS_STREAM}.${AUDIT_CONSUMER}`,
  isAnswer: (json) => consumerSchema.safeParse(json).success,
};

async function answers(
  nats: NatsConnection,
  subject: string,
  isAnswer: Place["isAnswer"],
  timeout: number,
): Promise<boolean> {
  const harmless = headers();
  harmless.set("Nats-Expected-Stream", "FLOWSTATE_NOTHING");
  try {
    const answer = await nats.request(subject, Buffer.alloc(0), { headers: harmless, timeout });
    return isAnswer(answer.json());
  } catch (error) {
    if (error instanceof NatsError) return false;
    throw error;
  }
}

async function orUndefined<T>(info: Promise<T>): Promise<T | undefined> {
  try {
    return await info;
  } catch (error) {
    if (error instanceof NatsError) return undefined;
    throw error;
  }
}
