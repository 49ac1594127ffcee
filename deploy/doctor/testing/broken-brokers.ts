import { join } from "node:path";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { freePort } from "@flowstate/local/servers/free-port.ts";
import { startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { loginOptions, provisionEvents } from "@flowstate/messaging";
import { connect, type NatsConnection } from "nats";
import { CertificateAuthority } from "../../certificates/authority.ts";
import { readHolder } from "../../certificates/issue-certificates.ts";
import { type BrokenSetup, withVariables } from "./broken-setup.ts";
import type { HealthyDeployment } from "./healthy-deployment.ts";
import { startTlsBroker } from "./tls-broker.ts";

const DAY_MS = 24 * 3_600_000;

/** A broker of its own with another configuration, provisioned, then treated by `treat` as the administrator. */
function withBroker(
  change: (configuration: string) => string,
  treat: (nats: NatsConnection) => Promise<void> = async () => undefined,
): BrokenSetup["arrange"] {
  return async ({ certificates, environments }) => {
    const broker = await startTlsBroker(certificates, change);
    const admin = { url: broker.url, tls: await readHolder(join(certificates, "identities/admin")) };
    await provisionEvents({ ...admin, replicas: 1 });
    const nats = await connect(loginOptions("admin", admin));
    await treat(nats);
    await nats.close();
    return {
      environments: at(broker.url, environments()),
      [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
    };
  };
}

type Environments = ReturnType<HealthyDeployment["environments"]>;

function at(url: string, environments: Environments): Environments {
  for (const environment of Object.values(environments)) environment["NATS_URL"] = url;
  return environments;
}

function replaced(configuration: string, text: string, by: string): string {
  if (!configuration.includes(text)) throw new Error(`the configuration has no ${text}`);
  return configuration.replaceAll(text, by);
}

export const BROKEN_BROKERS: readonly BrokenSetup[] = [
  {
    is: "its name has no address",
    finds: "broker.name_unknown",
    arrange: withVariables(["extractor"], (environments) => {
      at("tls://nats.invalid:4222", environments);
    }),
  },
  {
    is: "nothing listens there",
    finds: "broker.unreachable",
    arrange: withVariables(["ingest", "extractor"], async (environments) => {
      at(`tls://localhost:${await freePort()}`, environments);
    }),
  },
  {
    is: "one node of two is away",
    finds: "broker.node_away",
    arrange: withVariables(["ingest"], async (environments, { broker }) => {
      at(`${broker.url},tls://localhost:${await freePort()}`, environments);
    }),
  },
  {
    is: "it speaks plain text",
    finds: "broker.plain_text",
    arrange: async ({ environments }) => {
      const plain = await startNatsServer();
      return {
        environments: at(plain.url.replace("nats://127.0.0.1", "tls://localhost"), environments()),
        [Symbol.asyncDispose]: () => plain[Symbol.asyncDispose](),
      };
    },
  },
  {
    is: "a service trusts another authority",
    finds: "broker.certificate_refused",
    arrange: withVariables(["ingest", "extractor"], ({ extractor }) => {
      extractor["NATS_CA_CERTIFICATE"] = createCertificateAuthority().certificate;
    }),
  },
  {
    is: "a service's certificate is of another authority",
    finds: "broker.login_refused",
    arrange: withVariables(["ingest", "extractor"], ({ extractor }) => {
      const now = Date.now();
      const validity = { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + 90 * DAY_MS) };
      const { certificate, key } = CertificateAuthority.create("another", validity).issue({
        name: "extractor",
        ends: ["client"],
        ...validity,
      });
      Object.assign(extractor, { NATS_DOCUMENTS_CERTIFICATE: certificate, NATS_DOCUMENTS_KEY: key });
    }),
  },
  {
    is: "it takes small messages only",
    finds: "broker.messages_too_small",
    arrange: withBroker((configuration) => configuration.replace(/max_payload: \d+/, "max_payload: 65536")),
  },
  {
    is: "ingest may not send documents",
    finds: "permissions.missing",
    arrange: withBroker((configuration) => replaced(configuration, '"flowstate.documents.>"', '"flowstate.papers.>"')),
  },
  {
    is: "erp-pusher may listen to what the extractor is sent",
    finds: "permissions.too_much",
    arrange: withBroker((configuration) =>
      replaced(configuration, '"flowstate.documents.erp-pusher.>"', '"flowstate.documents.>"'),
    ),
  },
  {
    is: "audit may administer JetStream",
    finds: "permissions.too_much",
    arrange: withBroker((configuration) => replaced(configuration, '"$JS.ACK.FLOWSTATE_EVENTS.audit.>"', '"$JS.>"')),
  },
  {
    is: "somebody answers where documents pass",
    finds: "documents.overheard",
    arrange: async ({ broker, certificates, environments }) => {
      const tls = await readHolder(join(certificates, "identities/extractor"));
      const nats = await connect(loginOptions("extractor", { url: broker.url, tls }));
      nats.subscribe("flowstate.documents.extractor.>", { callback: (_, message) => void message.respond() });
      await nats.flush();
      return { environments: environments(), [Symbol.asyncDispose]: () => nats.close() };
    },
  },
  {
    is: "the streams were never made",
    finds: "streams.missing",
    arrange: async ({ certificates, environments }) => {
      const broker = await startTlsBroker(certificates);
      return {
        environments: at(broker.url, environments()),
        [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
      };
    },
  },
  {
    is: "a bucket is not there, seen with the rights of ingest",
    finds: "streams.missing",
    arrange: async (healthy) => {
      const deleteBucket = async (nats: NatsConnection) => {
        await (await nats.jetstreamManager()).streams.delete("KV_flowstate_leases");
      };
      const { environments, ...setup } = await withBroker((configuration) => configuration, deleteBucket)(healthy);
      const { ingest, extractor } = environments;
      if (ingest === undefined || extractor === undefined) throw new Error("both are there");
      return { ...setup, environments: { ingest, extractor }, [Symbol.asyncDispose]: setup[Symbol.asyncDispose] };
    },
  },
  {
    is: "a stream was set by hand",
    finds: "streams.settings_differ",
    arrange: withBroker(
      (configuration) => configuration,
      async (nats) => {
        const { streams } = await nats.jetstreamManager();
        const { config } = await streams.info("FLOWSTATE_EVENTS");
        await streams.update("FLOWSTATE_EVENTS", { ...config, max_msg_size: 1_000_000 });
      },
    ),
  },
  {
    is: "a stream keeps documents",
    finds: "streams.overhear_documents",
    arrange: withBroker(
      (configuration) => configuration.replace("max_streams: 3", "max_streams: 9"),
      async (nats) => {
        await (await nats.jetstreamManager()).streams.add({
          name: "PAPERS",
          subjects: ["flowstate.documents.extractor.>"],
        });
      },
    ),
  },
  {
    is: "there is one copy of what three nodes should have",
    finds: "streams.too_few_copies",
    arrange: withVariables(["broker"], ({ broker }) => {
      broker["NATS_REPLICAS"] = "3";
    }),
  },
];
