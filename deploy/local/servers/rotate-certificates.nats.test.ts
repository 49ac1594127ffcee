// Real: three nats-servers of deploy/nats/nats-server.conf, a stream of three copies, certificates of `npm run certs`, the
// services' own connection. Doubled: nothing.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EVENTS_STREAM, inboxPrefix } from "@flowstate/contracts";
import { connectEvents, provisionEvents } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import { connect, type JetStreamClient, NatsError } from "nats";
import { expect, it, onTestFinished } from "vitest";
import { holders } from "../../certificates/holders.ts";
import {
  type HolderFiles,
  issueCertificates,
  type Renewal,
  readHolder,
} from "../../certificates/issue-certificates.ts";
import { type NatsCluster, startNatsCluster } from "./nats-cluster.ts";
import { removeNow, temporaryFolder } from "./reaper.ts";

/** What was under way on a connection that was lost is never answered. */
const ACKNOWLEDGED_WITHIN_MS = 2_000;

const logged: string[] = [];
const logger = createLogger("test", "warn", { write: (line) => void logged.push(line) });

/** Publishes an event until the broker has acknowledged it, as a sender does whose mail was answered 503. */
async function publishUntilStored(jetstream: JetStreamClient, id: string): Promise<void> {
  for (;;) {
    try {
      await jetstream.publish("flowstate.events.sample.acme", id, { msgID: id, timeout: ACKNOWLEDGED_WITHIN_MS });
      return;
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
    }
  }
}

/** Publishes events one after the other until it is stopped, and answers how many there were. */
function keepPublishing(jetstream: JetStreamClient): () => Promise<number> {
  let stopped = false;
  const published = (async () => {
    let count = 0;
    for (; !stopped; count++) await publishUntilStored(jetstream, `${count}`);
    return count;
  })();
  return () => {
    stopped = true;
    return published;
  };
}

/** Whether a client is let in that has these files and nothing else. */
async function isTaken(cluster: NatsCluster, { trusted, certificate, key }: HolderFiles): Promise<boolean> {
  const tls = { ca: trusted, cert: certificate, key };
  const attempts = cluster.nodes.map(async ({ url }) =>
    (await connect({ servers: url, tls, reconnect: false })).close(),
  );
  const ends = await Promise.allSettled(attempts);
  expect(new Set(ends.map(({ status }) => status)).size, "all nodes agree").toBe(1);
  return ends[0]?.status === "fulfilled";
}

it("certificates and their authority are changed on a running cluster, and of its events none is lost or doubled", async () => {
  const folder = temporaryFolder(join(tmpdir(), "flowstate-certs-"));
  onTestFinished(() => removeNow(folder));
  const issue = (renewal: Renewal) => issueCertificates({ folder, holders: holders(), renewal, now: new Date() });
  const filesOf = (identity: string) => readHolder(join(folder, "identities", identity));
  await issue("due");
  await using cluster = await startNatsCluster(folder);
  const { url } = cluster;
  const reloadAll = async () => {
    for (const node of cluster.nodes) await node.reload();
  };
  await provisionEvents({ url, tls: await filesOf("admin"), replicas: cluster.nodes.length });
  const old = await filesOf("ingest-events");
  await using connection = await connectEvents({ url, identity: "ingest-events", tls: old, logger });
  const jetstream = connection.nats.jetstream({ checkAPI: false });
  const stopPublishing = keepPublishing(jetstream);

  // First everybody learns to trust the new authority.
  await issue("authority");
  await reloadAll();
  connection.renewCertificate({ url, tls: await filesOf("ingest-events") });
  expect(await isTaken(cluster, await filesOf("audit"))).toBe(true);

  // Then everybody gets a certificate of it, in any order: the nodes have theirs, this client has not.
  const oldWithBoth = await filesOf("ingest-events");
  await issue("holders");
  await reloadAll();
  const renewed = await filesOf("ingest-events");
  expect(renewed.certificate).not.toBe(old.certificate);
  expect(await isTaken(cluster, oldWithBoth)).toBe(true);
  expect(await isTaken(cluster, renewed)).toBe(true);
  connection.renewCertificate({ url, tls: renewed });

  // Last the old authority goes.
  await issue("retire");
  await reloadAll();
  connection.renewCertificate({ url, tls: await filesOf("ingest-events") });
  expect(await isTaken(cluster, oldWithBoth)).toBe(false);
  expect(await isTaken(cluster, await filesOf("ingest-events"))).toBe(true);

  const published = await stopPublishing();
  expect(published).toBeGreaterThan(10);
  expect(logged, "no connection was lost").toEqual([]);
  // A connection that is lost from now on is made again with what it was given last.
  await connection.nats.reconnect();
  await publishUntilStored(jetstream, "last");
  expect(await storedEvents(url, await filesOf("admin"))).toBe(published + 1);
});

async function storedEvents(url: string, { trusted, certificate, key }: HolderFiles): Promise<number> {
  const tls = { ca: trusted, cert: certificate, key };
  const nats = await connect({ servers: url.split(","), tls, inboxPrefix: inboxPrefix("admin") });
  try {
    return (await (await nats.jetstreamManager()).streams.info(EVENTS_STREAM)).state.messages;
  } finally {
    await nats.close();
  }
}
