// Real: three nats-servers that run deploy/nats/nats-server.conf as it is, TLS, certificates of `npm run certs`. Doubled: nothing.
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { AUDIT_CONSUMER, EVENTS_STREAM, inboxPrefix, LEASES_BUCKET, LEDGER_BUCKET } from "@flowstate/contracts";
import { BROKER_NODE_NAME, connectDocuments, IDENTITY_NAMES, provisionEvents } from "@flowstate/messaging";
import { createLogger } from "@flowstate/runtime";
import { type ConnectionOptions, connect, ErrorCode, type TlsOptions } from "nats";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { describePermissions } from "../../../libs/messaging/identities.testsuite.ts";
import { holders } from "../../certificates/holders.ts";
import { issueCertificates, readHolder } from "../../certificates/issue-certificates.ts";
import { type NatsCluster, startNatsCluster } from "./nats-cluster.ts";
import { removeNow, temporaryFolder } from "./reaper.ts";

const logger = createLogger("test", "error", { write: () => {} });

let folder: string;
let cluster: NatsCluster;
beforeAll(async () => {
  folder = temporaryFolder(join(tmpdir(), "flowstate-certs-"));
  await issueCertificates({ folder, holders: holders(), renewal: "due", now: new Date() });
  cluster = await startNatsCluster(folder);
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await removeNow(folder);
});

async function tlsOf(holder: string): Promise<TlsOptions> {
  const { trusted, certificate, key } = await readHolder(join(folder, holder));
  return { ca: trusted, cert: certificate, key };
}

const login = (options: ConnectionOptions) =>
  connect({ servers: cluster.url.split(","), reconnect: false, ...options });

describePermissions(async (identity) => login({ tls: await tlsOf(`identities/${identity}`) }));

/** The end of a handshake: told by the server, or noticed by its end of the connection. */
const REFUSED = /alert|ECONNRESET/;

describe("a client of the cluster", () => {
  it("is refused without a certificate", async () => {
    const { ca = "" } = await tlsOf("identities/audit");
    await expect(login({ tls: { ca } })).rejects.toThrow(REFUSED);
  });

  it("is refused with a certificate of another authority", async () => {
    const elsewhere = temporaryFolder(join(tmpdir(), "flowstate-certs-"));
    await issueCertificates({ folder: elsewhere, holders: holders(), renewal: "due", now: new Date() });
    const { certificate, key } = await readHolder(join(elsewhere, "identities/audit"));
    await removeNow(elsewhere);
    const { ca = "" } = await tlsOf("identities/audit");
    await expect(login({ tls: { ca, cert: certificate, key } })).rejects.toThrow(REFUSED);
  });

  it("is refused with the certificate of a server", async () => {
    await expect(login({ tls: await tlsOf("servers/audit") })).rejects.toThrow(REFUSED);
  });

  it("is refused with the certificate of a node, whatever name it gives", async () => {
    const tls = await tlsOf("broker/nats-1");
    const refused = login({ tls, user: "CN=admin" });
    await expect(refused).rejects.toMatchObject({ code: ErrorCode.AuthorizationViolation });
  });

  it("is who its certificate says, whatever name it gives", async () => {
    const nats = await login({ tls: await tlsOf("identities/extractor"), user: "CN=admin" });
    await expect(nats.request("$JS.API.INFO")).rejects.toMatchObject({ code: ErrorCode.PermissionsViolation });
    await nats.close();
  });
});

/** What a node answers to somebody who says that he is a node, too: `PONG`, or an error. */
async function answerToNode(holder: string): Promise<string> {
  const [host, port] = cluster.nodes[0]?.clusterAddress.split(":") ?? [];
  const socket = connectTls({ ...(await tlsOf(holder)), host, port: Number(port) });
  await once(socket, "secureConnect");
  socket.write(`CONNECT {"user":"CN=${BROKER_NODE_NAME}","name":"x","cluster":"flowstate"}\r\nPING\r\n`);
  let answer = "";
  for await (const data of socket) {
    answer += String(data);
    if (/PONG|-ERR/.test(answer)) break;
  }
  return answer.replace(/^INFO .*\r\n/, "").trim();
}

describe("the port for other nodes", () => {
  it("takes a node", async () => {
    expect(await answerToNode("broker/nats-2")).toBe("PONG");
  });

  it.each(IDENTITY_NAMES)("refuses the identity %s, which could speak for every account there", async (identity) => {
    expect(await answerToNode(`identities/${identity}`)).toBe("-ERR 'Authorization Violation'");
  });
});

describe("JetStream on the cluster", () => {
  it("keeps three copies of the stream, of its consumer and of the buckets, and has no place for another stream", async () => {
    const tls = await readHolder(join(folder, "identities/admin"));
    await provisionEvents({ url: cluster.url, tls, replicas: cluster.nodes.length });
    const nats = await login({ tls: await tlsOf("identities/admin"), inboxPrefix: inboxPrefix("admin") });
    onTestFinished(() => nats.close());
    const manager = await nats.jetstreamManager();
    const streams = await manager.streams.list().next();
    expect(streams.map(({ config }) => [config.name, config.num_replicas]).sort()).toEqual(
      [
        [EVENTS_STREAM, 3],
        [`KV_${LEASES_BUCKET}`, 3],
        [`KV_${LEDGER_BUCKET}`, 3],
      ].sort(),
    );
    expect((await manager.consumers.info(EVENTS_STREAM, AUDIT_CONSUMER)).config.num_replicas).toBe(3);
    await expect(manager.streams.add({ name: "ANOTHER", subjects: ["a"] })).rejects.toThrow(
      /maximum number of streams/,
    );
  });

  it.each(["ingest-documents", "extractor", "erp-pusher"] as const)(
    "is out of reach for the documents of %s",
    async (identity) => {
      const tls = await readHolder(join(folder, `identities/${identity}`));
      await using connection = await connectDocuments({ url: cluster.url, identity, tls, logger });
      expect(connection.connected).toBe(true);
    },
  );
});

/** How long an election may take. */
const ACKNOWLEDGED_MS = 10_000;
const CAUGHT_UP = { timeout: 20_000, interval: 200 };

describe("a node, and the cluster", () => {
  const SUBJECT = "flowstate.events.mail.received.acme";

  async function provision(): Promise<void> {
    const tls = await readHolder(join(folder, "identities/admin"));
    await provisionEvents({ url: cluster.url, tls, replicas: cluster.nodes.length });
  }

  /** As ingest does, and with its rights. */
  async function publishEvent(text: string): Promise<void> {
    const options = { tls: await tlsOf("identities/ingest-events"), inboxPrefix: inboxPrefix("ingest-events") };
    const nats = await login({ ...options, reconnect: true, waitOnFirstConnect: true });
    // While it elects a leader nobody takes it: it is stored once for its id.
    const publish = async () => {
      await nats.jetstream().publish(SUBJECT, text, { timeout: ACKNOWLEDGED_MS, msgID: text });
      return "stored";
    };
    await expect.poll(() => publish().catch(() => "refused"), CAUGHT_UP).toBe("stored");
    await nats.close();
  }

  /** What the stream of events is, as an operator sees it. */
  async function seen() {
    const nats = await login({ tls: await tlsOf("identities/admin"), inboxPrefix: inboxPrefix("admin") });
    try {
      const { streams } = await nats.jetstreamManager();
      const { state, cluster: copies } = await streams.info(EVENTS_STREAM);
      const isCurrent = ({ current, offline = false }: { current: boolean; offline?: boolean }) => current && !offline;
      return { events: state.messages, copies: 1 + (copies?.replicas ?? []).filter(isCurrent).length };
    } catch {
      // While it elects a leader it does not answer.
      return undefined;
    } finally {
      await nats.close();
    }
  }

  it("has its copy again when it comes back without its disk", async () => {
    await provision();
    await publishEvent("one");
    const [, , node] = cluster.nodes;
    await node?.kill();
    await rm(node?.storeDir ?? "", { recursive: true });
    await publishEvent("two");
    await node?.restart();
    await expect.poll(seen, CAUGHT_UP).toEqual({ events: 2, copies: 3 });
  });

  it("has what it acknowledged when every node was killed", async () => {
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    await Promise.all(cluster.nodes.map((node) => node.restart()));
    await expect.poll(seen, CAUGHT_UP).toEqual({ events: 2, copies: 3 });
  });

  it("is made anew when every node was lost with its disk", async () => {
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    for (const { storeDir } of cluster.nodes) await rm(storeDir, { recursive: true });
    await Promise.all(cluster.nodes.map((node) => node.restart()));
    await expect(seen()).resolves.toBeUndefined();
    await provision();
    await publishEvent("three");
    await expect.poll(seen, CAUGHT_UP).toEqual({ events: 1, copies: 3 });
  });
});
