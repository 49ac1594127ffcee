/**
 * Receives Flowstate's webhooks: verifies each one, books each document once. Made to be copied; Node 24, no dependencies.
 *
 *     PORT=8080 WEBHOOK_SECRET=whsec_… node receiver.ts
 *
 * While a secret is changed, WEBHOOK_SECRET holds the old one and the new one, separated by a space. TLS ends in front of
 * this process. What is done here and why: ../../README.md.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";

/** A request that somebody recorded cannot be sent again later. */
const TOLERANCE_SECONDS = 5 * 60;
/** Flowstate sends less. What is larger comes from somebody else, and is not worth the memory. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;
/** For one request with its body, so that nobody holds connections by trickling. */
const REQUEST_LIMIT_MS = 30_000;

const keys = (process.env["WEBHOOK_SECRET"] ?? "").split(/\s+/).filter(Boolean).map(keyOf);
if (keys.length === 0) throw new Error("WEBHOOK_SECRET is missing");

const server = createServer((request, response) => {
  receive(request).then(
    (status) => response.writeHead(status).end(),
    // Whatever went wrong here may go right later: with a 5xx Flowstate tries again.
    () => response.writeHead(500).end(),
  );
});
server.requestTimeout = REQUEST_LIMIT_MS;
server.listen(Number(process.env["PORT"] ?? "8080"), "127.0.0.1");
await once(server, "listening");
const address = server.address();
process.stdout.write(`listening on ${typeof address === "object" ? address?.port : address}\n`);

/** Takes one delivery and says what to answer. */
async function receive(request: IncomingMessage): Promise<number> {
  if (request.method !== "POST") return 405;
  const length = request.headers["content-length"];
  if (length === undefined) return 411;
  if (Number(length) > MAX_BODY_BYTES) return 413;
  // The signature is over these very bytes: verify first, parse afterwards, never the other way round.
  const body = await buffer(request);
  const id = verifiedId(request.headers, body);
  if (id === undefined) return 401;
  const payload = jsonObject(body);
  if (payload === undefined) return 400;
  if (payload.type !== "flowstate.ping") bookOnce(id, payload);
  return 204;
}

/** The webhook-id, which is the document's id, of a delivery that comes from Flowstate and is fresh. */
function verifiedId(headers: IncomingHttpHeaders, body: Buffer): string | undefined {
  const id = String(headers["webhook-id"] ?? "");
  const timestamp = String(headers["webhook-timestamp"] ?? "");
  if (id === "" || !/^\d{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return undefined;
  // While Flowstate's secret is changed there are several; those of other versions (v1a) match nothing.
  const presented = String(headers["webhook-signature"] ?? "").split(" ");
  const genuine = keys.some((key) => {
    const mac = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
    return presented.some((signature) => equal(signature, `v1,${mac}`));
  });
  return genuine ? id : undefined;
}

/** Takes the same time wherever the two differ, so that a signature cannot be guessed byte by byte. */
function equal(presented: string, expected: string): boolean {
  const [a, b] = [Buffer.from(presented), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function jsonObject(body: Buffer): { readonly type?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const booked = new Set<string>();

/**
 * The same document can come several times, even at the same time, and days apart. In your system this is one transaction:
 *
 *     insert into flowstate_deliveries (webhook_id) values (…)    -- unique; it is there already: roll back, answer 2xx
 *     … the booking, from payload.data.extraction …
 *     commit                                                      -- only now answer 2xx
 *
 * Keep the ids as long as what was booked. Throw when it cannot be booked now: the answer is 500, and it comes again.
 */
function bookOnce(id: string, _payload: object): void {
  if (booked.has(id)) return;
  process.stdout.write(`booked ${id}\n`);
  booked.add(id);
}

/** The key of a `whsec_` secret: base64 of 24 to 64 bytes. */
function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const usable = secret === `whsec_${key.toString("base64")}` && key.length >= 24 && key.length <= 64;
  if (!usable) throw new Error("WEBHOOK_SECRET must be whsec_ and base64 of 24 to 64 bytes");
  return key;
}
