import { ENDPOINTS } from "../../../services/audit/routes/endpoints.ts";
import { ADMIN_KEY, KEY, OTHER_KEY, SUBMIT_KEY } from "../../../services/audit/testing/audit-api.ts";
import { DOCUMENT_ID } from "../../../services/audit/testing/sample-events.ts";
import type { Random } from "../../crash/plan/random.ts";
import { CANARY } from "../checks/canary.ts";
import type { Target } from "../target.ts";
import { GIVE_UP_MS, openAuditDoor } from "./audit-door.ts";
import { exchange } from "./exchange.ts";

const KEYS = [ADMIN_KEY, ADMIN_KEY, KEY, KEY, OTHER_KEY, SUBMIT_KEY, "wrong"];
const IDS = [
  DOCUMENT_ID,
  DOCUMENT_ID.toUpperCase(),
  "x",
  "..",
  "%00",
  "%2e%2e%2f",
  "a".repeat(200),
  CANARY,
  "__proto__",
];

/** What parameters may be, and what they may not. */
const VALUES: readonly ((random: Random) => string)[] = [
  () => DOCUMENT_ID,
  () => "acme",
  () => "globex",
  () => "delivered",
  () => "document.received",
  () => "billing@supplier.example",
  () => "2026-11-23T09:00:00.000Z",
  () => "2026-11-23T10:00:00+01:00",
  () => "2026-02-30T00:00:00Z",
  () => "0001-01-01T00:00:00Z",
  () => "9999-12-31T23:59:59.999999999Z",
  () => "true",
  () => "csv",
  () => "hour",
  (random) => String(random.whole(-5, 1_001)),
  (random) => String(random.whole(0, 2 ** 31 - 1) * 2 ** 31),
  (random) => Buffer.from(JSON.stringify([random.whole(0, 9), "x"])).toString("base64url"),
  (random) => Buffer.from(Array.from({ length: random.whole(1, 40) }, () => random.whole(0, 255))).toString("latin1"),
  () => "' OR 1=1 --",
  () => "%",
  () => "_",
  () => "\0",
  () => "\ud800",
  () => "\u202e",
  () => "💥",
  () => CANARY,
  () => "{}",
  (random) => "9".repeat(random.whole(1, 400)),
  (random) => "x".repeat(random.whole(1, 4_000)),
];
const BODIES = [
  "",
  "{}",
  "[]",
  "null",
  "{",
  `{"dry_run":true}`,
  `{"x":"${CANARY}"}`,
  `{"__proto__":{"x":1}}`,
  `${"[".repeat(5_000)}`,
];

/** Questions to audit: every endpoint, its parameters valid or not, doubled, unknown, in any encoding. */
export const API_PARAMETERS: Target = {
  name: "api-parameters",
  runs: "audit's API on a port, real PostgreSQL",
  share: 60,
  atOnce: 8,
  async open({ database }) {
    const door = await openAuditDoor(database);
    return {
      make: (random) => Buffer.from(requestOf(random), "latin1"),
      async give(bytes) {
        const given = await exchange({ port: door.port, bytes, close: "half", limitMs: GIVE_UP_MS });
        if (given.closed && given.answers?.length !== 1)
          return { kind: "body", what: `${given.answers?.length ?? "no readable"} answer(s) to one question` };
        return door.check(given);
      },
      settle: () => door.settle(),
      [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
    };
  },
};

export function requestOf(random: Random, keys: readonly string[] = KEYS): string {
  const endpoint = random.one(ENDPOINTS);
  const known = Object.keys(endpoint.query.shape);
  const names = [...known, ...known, "limit", "cursor", "__proto__", CANARY];
  const pairs = Array.from(
    { length: random.whole(0, 4) },
    () => `${encoded(random.one(names), random)}=${encoded(random.one(VALUES)(random), random)}`,
  );
  const path = endpoint.path.replace(":id", () => encoded(random.one(IDS), random));
  const body = endpoint.method === "POST" || random.percent(5) ? random.one(BODIES) : "";
  return [
    `${random.percent(95) ? endpoint.method : random.one(["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])} ${path}${pairs.length > 0 ? "?" : ""}${pairs.join("&")} HTTP/1.1`,
    "Host: audit",
    `X-API-Key: ${random.one(keys)}`,
    ...(random.percent(10)
      ? [`Last-Event-ID: ${random.one([...IDS.slice(0, 3), "1", "99999999999999999999", CANARY])}`]
      : []),
    ...(body === "" ? [] : ["Content-Type: application/json", `Content-Length: ${body.length}`]),
    "Connection: close",
    "",
    body,
  ].join("\r\n");
}

/** Percent-encoded in most cases, as UTF-8; now and then bytes that are none, or as they are. */
function encoded(text: string, random: Random): string {
  if (random.percent(6)) return text.replaceAll(" ", "+").replaceAll("\r", "").replaceAll("\n", "");
  const bytes = Buffer.from(text, random.percent(90) ? "utf8" : "latin1");
  return [...bytes]
    .map((byte) =>
      /\w/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, "0")}`,
    )
    .join("");
}
