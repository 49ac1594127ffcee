import type { Row } from "./cell.ts";

export const GEMINI: Row = {
  refuse: {
    answer: [503],
    deferred: ["model_unavailable"],
    logs: ["model.failed"],
    notReady: [],
    within: "with the next mails",
    because: "asked up to four times within the deadline, and then the sender keeps the mail",
  },
  hang: {
    answer: [503],
    deferred: [],
    mayDefer: ["model_unavailable", "deadline_exceeded"],
    logs: ["model.failed"],
    notReady: [],
    within: "with the next mails",
    because: "one request gets two thirds of the time that is left, so that one that hangs leaves time for another",
  },
  slow: {
    as: "every piece of data takes 300 ms more in each direction",
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    within: "with the next mails",
    because: "it is within the time that a request has",
  },
  reset: {
    as: "the request arrives, and the connection is reset in place of the answer",
    answer: [503],
    deferred: ["model_unavailable"],
    logs: ["model.failed"],
    notReady: [],
    within: "with the next mails",
    because: "as when it refuses",
  },
  garbage: {
    answer: [503],
    deferred: ["model_unavailable"],
    logs: ["model.failed"],
    notReady: [],
    within: "with the next mails",
    because: "what is no HTTP is no answer. One that is HTTP and not of the schema is model_answer_unusable",
  },
  flapping: {
    answer: [200, 503],
    deferred: [],
    mayDefer: ["model_unavailable"],
    logs: [],
    notReady: [],
    within: "with the next mails",
    because:
      "a second request usually finds it there. After five documents in a row that it failed it is left alone for 30 s",
  },
};

export const ERP: Row = {
  refuse: {
    answer: [503],
    deferred: ["erp_unavailable"],
    logs: [],
    notReady: [],
    within: "when an ERP's circuit is tried",
    because: "tried again within the deadline, up to six times; after eight faults in a row it is left alone for 15 s",
  },
  hang: {
    answer: [503],
    deferred: [],
    mayDefer: ["erp_unavailable", "deadline_exceeded"],
    logs: [],
    notReady: [],
    within: "when an ERP's circuit is tried",
    because: "the outcome is known before the deadline, whatever the ERP does",
  },
  slow: {
    as: "every piece of data takes 300 ms more in each direction",
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    within: "with the next mails",
    because: "it is within the time that an attempt has",
  },
  reset: {
    as: "the request arrives and is booked, and the connection is reset in place of the answer",
    answer: [503],
    deferred: ["erp_unavailable"],
    logs: [],
    notReady: [],
    within: "when an ERP's circuit is tried",
    because:
      "nobody but the ERP knows that it has the document: every attempt has the same webhook-id, and is booked once",
  },
  garbage: {
    answer: [503],
    deferred: ["erp_unavailable"],
    logs: [],
    notReady: [],
    within: "when an ERP's circuit is tried",
    because: "what is no HTTP is no answer; as when it resets",
  },
  flapping: {
    answer: [200, 503],
    deferred: [],
    mayDefer: ["erp_unavailable"],
    logs: [],
    notReady: [],
    within: "when an ERP's circuit is tried",
    because: "a further attempt usually finds it there",
  },
};

const untold = (because: string) =>
  ({
    answer: [200],
    deferred: [],
    logs: ["alerts.not_told"],
    notReady: [],
    within: "at audit's next look",
    because,
  }) as const;

/** An alert is there to be told. */
export const SLACK: Row = {
  refuse: untold(
    "mails have nothing to do with it; what could not be told is told at the next look, half a minute later",
  ),
  hang: untold("audit waits for 5 s, and as when it refuses"),
  slow: {
    as: "every piece of data takes 300 ms more in each direction",
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    within: "at audit's next look",
    because: "it is within the 5 s",
  },
  reset: untold("the message may have arrived, and is told again: twice is better than not"),
  garbage: untold("as when it resets"),
  flapping: {
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    within: "at audit's next look",
    because: "told at this look or at a later one",
  },
};

/** Above the five seconds between two exports of spans, and the ten after which an export is given up. */
const EXPORT_GIVEN_UP_AFTER_MS = 20_000;

const unexported = (because: string, as?: string) =>
  ({
    ...(as !== undefined && { as }),
    lastsMs: EXPORT_GIVEN_UP_AFTER_MS,
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    within: "at the next export",
    because,
  }) as const;

/** Every service exports to it. */
export const OTLP: Row = {
  refuse: unexported(
    "mails have nothing to do with it; an export is tried again for 10 s, and its spans are dropped then. Counters go on",
  ),
  hang: unexported("an export is given up after 10 s, spans wait meanwhile in a queue that has an end"),
  slow: unexported("exports run beside the work", "every piece of data takes 300 ms more in each direction"),
  reset: unexported("as when it refuses"),
  garbage: unexported("what is no HTTP is not tried again: its spans are dropped at once"),
  flapping: unexported("as when it refuses"),
};
