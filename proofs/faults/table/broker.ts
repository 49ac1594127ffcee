import type { Row } from "./cell.ts";

const AWAY = ["ingest", "extractor", "erp-pusher"] as const;
/** Above the two pings, some 15 s, by which a connection notices that nobody answers. */
const NOTICED_AFTER_MS = 18_000;

/** All connections to the broker, of every service. */
export const NATS: Row = {
  refuse: {
    answer: [503],
    deferred: [],
    logs: ["broker.disconnected", "broker.reconnected"],
    notReady: AWAY,
    within: "when connected again",
    because:
      "nothing is begun without an audit trail; there is no event of it, because the broker is where events go. Reconnection is tried every half second, for ever",
  },
  hang: {
    answer: [503],
    deferred: [],
    mayDefer: ["broker_unavailable"],
    logs: ["mail.not_accepted", "broker.disconnected", "broker.reconnected"],
    notReady: AWAY,
    lastsMs: NOTICED_AFTER_MS,
    within: "when the silence is noticed",
    because:
      "an event that is not acknowledged within 4 s is a 503. Services say that they are not ready once two pings went unanswered, after some 15 s; until then each mail waits for its 4 s",
  },
  slow: {
    as: "every piece of data takes 60 ms more in each direction",
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    within: "with the next mails",
    because:
      "a mail waits for some six answers of JetStream and for its transfers to two services and back, one after the other, and takes seconds; it has its deadline for that",
  },
  reset: {
    answer: [503],
    deferred: [],
    mayDefer: ["broker_unavailable"],
    logs: ["broker.disconnected", "broker.reconnected"],
    notReady: AWAY,
    within: "when connected again",
    because: "as when it refuses",
  },
  garbage: {
    answer: [503],
    deferred: [],
    mayDefer: ["broker_unavailable"],
    logs: ["broker.disconnected", "broker.reconnected"],
    notReady: [],
    mayNotBeReady: AWAY,
    lastsMs: NOTICED_AFTER_MS,
    within: "when the silence is noticed",
    because:
      "the client stops reading what it cannot parse, and notices by its unanswered pings that it must connect anew. Nothing of the bytes is written anywhere",
  },
  flapping: {
    answer: [200, 503],
    deferred: [],
    mayDefer: ["broker_unavailable", "extractor_unavailable", "pusher_unavailable"],
    logs: ["broker.disconnected", "broker.reconnected"],
    notReady: [],
    mayNotBeReady: AWAY,
    within: "when a lease is over",
    because:
      "what was begun and could not be finished is repeated under the same webhook-id, or found finished. A lease that could not be let go is in the way for up to 30 s",
  },
};

/** The broker is there and carries documents; whoever asks JetStream for something meets the fault. */
export const JETSTREAM: Row = {
  refuse: {
    as: "the broker answers that nobody has JetStream there",
    answer: [503],
    deferred: [],
    logs: ["mail.not_accepted"],
    notReady: [],
    within: "with the next mails",
    because:
      "the connections are well, so the services are ready: nobody else could do more, and audit is asked through the same broker",
  },
  hang: {
    answer: [503],
    deferred: [],
    logs: ["mail.not_accepted"],
    notReady: [],
    within: "with the next mails",
    because: "an event that is not acknowledged within 4 s is a 503",
  },
  slow: {
    as: "every request to JetStream takes 700 ms more",
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    within: "with the next mails",
    because: "a mail waits for some six answers, one after the other, within its deadline",
  },
  reset: { none: "JetStream has no connection of its own; NATS, reset, is that cell" },
  garbage: {
    as: "answers are no JSON",
    answer: [503],
    deferred: [],
    logs: [],
    notReady: [],
    within: "with the next mails",
    because: "what cannot be read is no acknowledgement",
  },
  flapping: {
    answer: [200, 503],
    deferred: [],
    mayDefer: ["broker_unavailable"],
    logs: [],
    notReady: [],
    within: "when a lease is over",
    because: "as when the broker flaps",
  },
};

/** As far as nats-server goes; the cell's own disk is a small one. */
export const NATS_DISK: Row = {
  refuse: {
    as: "full but for 32 KiB: some mails are taken until writes get ENOSPC",
    answer: [503],
    deferred: [],
    mayDefer: ["broker_unavailable"],
    logs: ["mail.not_accepted"],
    notReady: [],
    mayNotBeReady: AWAY,
    within: "when a lease is over",
    because:
      "what was acknowledged stays acknowledged, and from then on no event can be stored, so no mail is taken on. Where an end was the last that was stored, its receipt is that of the next attempt. After its first ENOSPC nats-server 2.9.10 answers nobody who asks for JetStream, not even once there is room or when it has read its configuration again: who has made room starts it again, and well again counts from then. No service has to be started again",
  },
  hang: {
    as: "whoever writes waits for good; what was read before can be read",
    answer: [503],
    deferred: [],
    mayDefer: ["broker_unavailable"],
    logs: ["mail.not_accepted"],
    notReady: [],
    mayNotBeReady: AWAY,
    within: "when a lease is over",
    because:
      "JetStream answers nobody until the disk does, and the connections seem well: an event that is not acknowledged within 4 s is a 503. It goes on by itself",
  },
  slow: { none: "a disk that is slow delays acknowledgements: JetStream alone, slow" },
  reset: { none: "a disk has no connection" },
  garbage: { none: "nats-server checks what it reads back by a sum of its own; nothing of it reaches a service" },
  flapping: { none: "from the first ENOSPC JetStream is silent until nats-server is started again: it cannot flap" },
};
