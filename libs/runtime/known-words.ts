import { METHODS } from "node:http";
import {
  ALERT_RULE_NAMES,
  BROKER_IDENTITIES,
  DOCUMENT_ENDS,
  FINISH_REASONS,
  HARDENING_MEASURES,
  LOG_EVENTS,
  providerSchema,
  SAID_CODES,
  SPAN_NAMES,
  stageSchema,
} from "@flowstate/contracts";

/** The finite lists, to be asked. */
export const EVENTS: ReadonlySet<string> = new Set(LOG_EVENTS);
export const STAGES: ReadonlySet<string> = new Set(stageSchema.options);
export const SAID: ReadonlySet<string> = new Set(SAID_CODES);
export const RULES: ReadonlySet<string> = new Set(ALERT_RULE_NAMES);
export const ENDS: ReadonlySet<string> = new Set(DOCUMENT_ENDS);
export const MEASURES: ReadonlySet<string> = new Set(HARDENING_MEASURES);
/** A service that takes transfers is called as it is on the broker. */
export const PEERS: ReadonlySet<string> = new Set(BROKER_IDENTITIES);
export const PROVIDERS: ReadonlySet<string> = new Set(providerSchema.options);
export const REASONS: ReadonlySet<string> = new Set(FINISH_REASONS);
export const HTTP_METHODS: ReadonlySet<string> = new Set(METHODS);
export const SIGNALS: ReadonlySet<string> = new Set(["SIGTERM", "SIGINT"]);

const routes = new Set(["none"]);

/** The routes that servers of this process have: patterns of the code, never a path that somebody asked for. */
export const ROUTES: ReadonlySet<string> = routes;

/** Called for each route that a server is given. */
export function addRoute(pattern: string): void {
  routes.add(pattern);
}

const fixedSpanNames: ReadonlySet<string> = new Set(SPAN_NAMES);

/** Those of the list, and of a request its method and its route. */
export const SPANS: Pick<ReadonlySet<string>, "has"> = {
  has(name) {
    const [method = "", route = "", ...others] = name.split(" ");
    return fixedSpanNames.has(name) || (others.length === 0 && HTTP_METHODS.has(method) && ROUTES.has(route));
  },
};
