import type { Cell, Row } from "./cell.ts";

const NO_CLOCK = {
  refuse: { none: "a clock cannot refuse: whoever asks gets a time" },
  hang: { none: "a clock cannot hang; everything that is waited for is measured by one that only runs forward" },
  slow: { none: "a clock that is slow is one that is behind, later" },
  reset: { none: "a clock has no connection" },
} as const satisfies Partial<Record<string, Cell>>;

const wrongClock = (as: string) =>
  ({
    as,
    answer: [503],
    deferred: ["erp_unavailable"],
    logs: ["clock.off"],
    notReady: ["audit"],
    within: "when an ERP's circuit is tried",
    because:
      "an ERP refuses a signature of another day, and its no is not believed while the clocks differ (ADR 0045). Audit records and removes nothing until its clock and the database's agree; leases and deadlines do not ask what time it is",
  }) as const;

const flappingClock = (as: string) =>
  ({
    as,
    answer: [200, 503],
    deferred: [],
    mayDefer: ["erp_unavailable"],
    logs: [],
    notReady: [],
    mayNotBeReady: ["audit"],
    within: "when an ERP's circuit is tried",
    because: "a further attempt at the ERP usually has the right time",
  }) as const;

/** Of every service's process; those of broker and database are right. */
export const CLOCK_AHEAD: Row = {
  ...NO_CLOCK,
  garbage: wrongClock("set a day ahead while a mail comes, and back"),
  flapping: flappingClock("set a day ahead and back, by turns"),
};

export const CLOCK_BEHIND: Row = {
  ...NO_CLOCK,
  garbage: wrongClock("set a day back while a mail comes, and right again"),
  flapping: flappingClock("set a day back and right again, by turns"),
};

/** Above the time after which a resolver gives up that gets no answer. */
const GIVEN_UP_AFTER_MS = 12_000;

const unresolved = (as: string, because: string, lastsMs?: number) =>
  ({
    as,
    ...(lastsMs !== undefined && { lastsMs }),
    answer: [503],
    deferred: ["erp_unavailable"],
    logs: [],
    notReady: [],
    within: "when an ERP's circuit is tried",
    because,
  }) as const;

/** Every name that a service asks for; what is connected stays connected, unless a cell says otherwise. */
export const DNS: Row = {
  refuse: unresolved(
    "no such name (ENOTFOUND)",
    "only what connects anew asks, and that is every delivery to an ERP. A name that is not found is no final no: resolvers say so by mistake",
  ),
  hang: unresolved(
    "no name server answers, and the resolver gives up after 10 s",
    "finding the address is part of the 5 s that connecting may take; everybody who asks meanwhile waits for the same answer",
    GIVEN_UP_AFTER_MS,
  ),
  slow: {
    as: "answers take 1.5 s",
    answer: [200],
    deferred: [],
    logs: [],
    notReady: [],
    within: "with the next mails",
    because: "it is within the 5 s that connecting may take",
  },
  reset: {
    as: "the resolver cannot be reached (EAI_AGAIN), and every connection to broker, database, model and ERP is reset",
    answer: [503],
    deferred: [],
    mayDefer: ["broker_unavailable"],
    logs: ["broker.disconnected", "broker.reconnected"],
    notReady: ["ingest", "extractor", "erp-pusher", "audit"],
    within: "when connected again",
    because: "everything has to be looked up and nothing can be: as when the broker refuses",
  },
  garbage: unresolved(
    "the address of a machine where nobody listens",
    "as when the ERP refuses; nothing is remembered of a name",
  ),
  flapping: {
    as: "no such name, by turns",
    answer: [200, 503],
    deferred: [],
    mayDefer: ["erp_unavailable"],
    logs: [],
    notReady: [],
    within: "when an ERP's circuit is tried",
    because: "a further attempt usually finds the name",
  },
};
