// What a broker must permit and deny: every identity over every kind of subject. Run on each kind of broker that is rendered
// from the table.
import {
  AUDIT_CONSUMER,
  EVENTS_STREAM,
  inboxPrefix,
  LEASES_BUCKET,
  LEDGER_BUCKET,
  transferFramesSubject,
  transferOpenSubject,
  transferProbeSubject,
} from "@flowstate/contracts";
import type { NatsConnection } from "nats";
import { describe, expect, it } from "vitest";
import { IDENTITY_NAMES, type Identity } from "./identities.ts";
import { refusedSubjects } from "./permissions/refused-subjects.ts";

/** Subjects that matter, one of each kind. */
const SUBJECTS = {
  openExtractor: transferOpenSubject("extractor"),
  openPusher: transferOpenSubject("erp-pusher"),
  framesExtractor: transferFramesSubject("extractor", "0".repeat(32)),
  framesPusher: transferFramesSubject("erp-pusher", "0".repeat(32)),
  event: "flowstate.events.mail.received.acme",
  settlement: `$KV.${LEDGER_BUCKET}.x`,
  lease: `$KV.${LEASES_BUCKET}.x`,
  readSettlement: `$JS.API.STREAM.MSG.GET.KV_${LEDGER_BUCKET}`,
  readLease: `$JS.API.STREAM.MSG.GET.KV_${LEASES_BUCKET}`,
  readEvents: `$JS.API.STREAM.MSG.GET.${EVENTS_STREAM}`,
  nextEvents: `$JS.API.CONSUMER.MSG.NEXT.${EVENTS_STREAM}.${AUDIT_CONSUMER}`,
  consumerInfo: `$JS.API.CONSUMER.INFO.${EVENTS_STREAM}.${AUDIT_CONSUMER}`,
  acknowledge: `$JS.ACK.${EVENTS_STREAM}.${AUDIT_CONSUMER}.1.1.1.1.1`,
  createStream: "$JS.API.STREAM.CREATE.x",
  deleteStream: `$JS.API.STREAM.DELETE.${EVENTS_STREAM}`,
  createConsumer: `$JS.API.CONSUMER.CREATE.${EVENTS_STREAM}`,
  listStreams: "$JS.API.STREAM.LIST",
  listConsumers: `$JS.API.CONSUMER.LIST.${EVENTS_STREAM}`,
  accountInfo: "$JS.API.INFO",
  ping: "$SRV.PING",
  probeExtractor: transferProbeSubject("extractor"),
  probePusher: transferProbeSubject("erp-pusher"),
  extractorInbox: `${inboxPrefix("extractor")}.x`,
  pusherInbox: `${inboxPrefix("erp-pusher")}.x`,
  ingestInbox: `${inboxPrefix("ingest-documents")}.x`,
  ingestEventsInbox: `${inboxPrefix("ingest-events")}.x`,
  auditInbox: `${inboxPrefix("audit")}.x`,
  adminInbox: `${inboxPrefix("admin")}.x`,
  operationsInbox: `${inboxPrefix("operations")}.x`,
  defaultInbox: "_INBOX.x",
  everything: ">",
  system: "$SYS.REQ.SERVER.PING",
} as const;
type Subject = keyof typeof SUBJECTS;

/** What each identity may do; whatever is not here must be denied. */
const ALLOWED: Record<Identity, { publish: readonly Subject[]; subscribe: readonly Subject[] }> = {
  "ingest-documents": {
    publish: ["openExtractor", "openPusher", "framesExtractor", "framesPusher", "probeExtractor", "probePusher"],
    subscribe: ["ingestInbox"],
  },
  extractor: {
    publish: ["ingestInbox", "operationsInbox", "probeExtractor"],
    subscribe: ["openExtractor", "framesExtractor", "probeExtractor", "ping", "extractorInbox"],
  },
  "erp-pusher": {
    publish: ["ingestInbox", "operationsInbox", "probePusher"],
    subscribe: ["openPusher", "framesPusher", "probePusher", "ping", "pusherInbox"],
  },
  operations: { publish: ["ping"], subscribe: ["operationsInbox"] },
  "ingest-events": {
    publish: ["event", "settlement", "lease", "readSettlement", "readLease", "listStreams", "listConsumers"],
    subscribe: ["ingestEventsInbox"],
  },
  audit: {
    publish: ["nextEvents", "consumerInfo", "acknowledge", "listStreams", "listConsumers"],
    subscribe: ["auditInbox"],
  },
  admin: {
    publish: [
      "readSettlement",
      "readLease",
      "readEvents",
      "nextEvents",
      "consumerInfo",
      "createStream",
      "deleteStream",
      "createConsumer",
      "listStreams",
      "listConsumers",
      "accountInfo",
    ],
    subscribe: ["adminInbox"],
  },
};

/** `connectAs` makes a connection with what the identity has, and nothing else. */
export function describePermissions(connectAs: (identity: Identity) => Promise<NatsConnection>): void {
  describe.each(IDENTITY_NAMES)("the identity %s", (identity) => {
    it.each(["publish", "subscribe"] as const)("may %s exactly what its row of the table says", async (kind) => {
      const subjects = Object.values(SUBJECTS);
      const asked = { publish: [], subscribe: [], [kind]: subjects };
      const refused = await refusedSubjects(await connectAs(identity), asked);
      const allowed = (Object.keys(SUBJECTS) as Subject[]).filter(
        (name) => !refused[kind].includes(SUBJECTS[name]) && !(kind === "publish" && name === "everything"),
      );
      expect(allowed.sort()).toEqual([...ALLOWED[identity][kind]].sort());
    });
  });
}
