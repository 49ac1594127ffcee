import type { Row } from "./cell.ts";

/** Above the 35 s of a statement whose answer does not come, and what passes until it is begun. */
const GIVEN_UP_AFTER_MS = 42_000;

export const POSTGRES: Row = {
  refuse: {
    answer: [200],
    deferred: [],
    logs: ["events.batch_postponed"],
    notReady: ["audit"],
    within: "when connected again",
    isRecordedWithin: true,
    because: "mails have nothing to do with it; events wait in the stream, for 29 days, and are stored when it is back",
  },
  hang: {
    answer: [200],
    deferred: [],
    logs: ["events.batch_postponed"],
    notReady: ["audit"],
    lastsMs: GIVEN_UP_AFTER_MS,
    within: "when connected again",
    isRecordedWithin: true,
    because: "as when it refuses; a statement that hangs is given up after 35 s, and its batch is handed out again",
  },
  slow: {
    as: "every piece of data takes 300 ms more in each direction",
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    mayNotBeReady: ["audit"],
    within: "when connected again",
    isRecordedWithin: true,
    because: "events are on record seconds later",
  },
  reset: {
    as: "what audit says arrives, and the connection is reset in place of the answer",
    answer: [200],
    deferred: [],
    logs: ["events.batch_postponed"],
    notReady: ["audit"],
    within: "when connected again",
    isRecordedWithin: true,
    because:
      "a batch may have been committed and its answer lost: it is handed out again, and each event is stored once",
  },
  garbage: {
    answer: [200],
    deferred: [],
    logs: ["events.batch_postponed"],
    notReady: ["audit"],
    lastsMs: GIVEN_UP_AFTER_MS,
    within: "when connected again",
    isRecordedWithin: true,
    because: "what cannot be parsed ends the connection, or is waited for until the time of its statement is over",
  },
  flapping: {
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    mayNotBeReady: ["audit"],
    within: "when connected again",
    isRecordedWithin: true,
    because: "as when it refuses",
  },
};

/** The disk that data and the log of writes are on. */
export const POSTGRES_DISK: Row = {
  refuse: {
    as: "full to the last page: writes get ENOSPC",
    answer: [200],
    deferred: [],
    logs: ["events.batch_postponed"],
    notReady: [],
    mayNotBeReady: ["audit"],
    within: "when connected again",
    isRecordedWithin: true,
    because:
      "events wait in the stream. PostgreSQL refuses what it cannot write, or ends when it is its log of writes; whoever supervises it starts it again once there is room, and well again counts from then. No service has to be started again",
  },
  hang: {
    as: "whoever writes waits for good; what was read before can be read",
    answer: [200],
    deferred: [],
    logs: ["events.batch_postponed"],
    notReady: [],
    mayNotBeReady: ["audit"],
    lastsMs: GIVEN_UP_AFTER_MS,
    within: "when connected again",
    isRecordedWithin: true,
    because:
      "a batch whose commit hangs is given up after 35 s, and handed out again: each event is stored once, whether it was committed or not",
  },
  slow: { none: "a disk that is slow delays commits: PostgreSQL, slow" },
  reset: { none: "a disk has no connection" },
  garbage: { none: "what a disk brings back wrong is found by npm run audit -- verify, and never by a sender" },
  flapping: {
    as: "full and not, by turns",
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    mayNotBeReady: ["audit"],
    within: "when connected again",
    isRecordedWithin: true,
    because: "as when it is full",
  },
};
