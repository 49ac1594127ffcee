import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { type NatsServer, startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startErpPusher } from "./start.ts";
import { connectIngest, pushDocument, pusherConfig, QUIET } from "./testing/push-over-broker.ts";

// Real: nats-server, the sealed transfer, instances of erp-pusher that come and go, HTTP. Doubled: ingest, by the lines that
// call; the ERP, by a server that verifies with the customers' package against each secret by itself.

const [OLD, FRESH] = [secret(), secret()];
const WORKERS = 4;
/** How many deliveries are made in each state before the operator goes on. */
const DELIVERIES_EACH = 40;

let broker: NatsServer;
beforeAll(async () => {
  broker = await startNatsServer({});
});
afterAll(() => broker[Symbol.asyncDispose]());

function secret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** An ERP that knows one secret at a time, and remembers for each delivery which of the two would have verified it. */
async function startCustomer() {
  const seen: { readonly old: boolean; readonly fresh: boolean; readonly accepted: boolean }[] = [];
  let known = OLD;
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]));
    const verifies = (candidate: string) => {
      try {
        new Webhook(candidate).verify(body, headers);
        return true;
      } catch {
        return false;
      }
    };
    const accepted = verifies(known);
    seen.push({ old: verifies(OLD), fresh: verifies(FRESH), accepted });
    response.writeHead(accepted ? 204 : 401).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    seen,
    changeOver: () => {
      known = FRESH;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

it("no delivery fails while the secret is changed under traffic, whichever secret its ERP has just then", async () => {
  await using customer = await startCustomer();
  await using ingest = await connectIngest(broker);
  const start = (secrets: readonly string[]) =>
    startErpPusher(pusherConfig(broker, [{ id: "acme", erp: { url: customer.url, secrets } }]), QUIET);

  const outcomes: string[] = [];
  let stopped = false;
  let rotating = await start([OLD]);
  const traffic = Array.from({ length: WORKERS }, async () => {
    while (!stopped) {
      const { result, attempts } = await pushDocument(ingest, { tenantId: "acme" });
      outcomes.push(`${result} after ${attempts}`);
    }
  });
  const served = () => expect.poll(() => outcomes.length - begun, { timeout: 20_000 }).toBeGreaterThan(DELIVERIES_EACH);
  let begun = outcomes.length;
  const next = async (step: () => Promise<void> | void) => {
    await step();
    begun = outcomes.length;
    await served();
  };
  /** One instance after the other, as an operator restarts a service. */
  const restartWith = async (secrets: readonly string[]) => {
    const instance = await start(secrets);
    await rotating[Symbol.asyncDispose]();
    rotating = instance;
  };

  await served();
  await next(() => restartWith([FRESH, OLD]));
  const firstOfBoth = customer.seen.length;
  await next(() => {});
  await next(() => customer.changeOver());
  const signedWithBoth = customer.seen.slice(firstOfBoth);
  await next(() => restartWith([FRESH]));
  stopped = true;
  await Promise.all(traffic);
  await rotating[Symbol.asyncDispose]();

  expect(new Set(outcomes)).toEqual(new Set(["delivered after 1"]));
  expect(customer.seen.filter(({ accepted }) => !accepted)).toEqual([]);
  expect(signedWithBoth.length).toBeGreaterThan(2 * DELIVERIES_EACH);
  expect(signedWithBoth.filter(({ old, fresh }) => !(old && fresh))).toEqual([]);
  // The states before and after were states of one secret: the test could have failed.
  expect(customer.seen.slice(0, DELIVERIES_EACH).filter(({ fresh }) => fresh)).toEqual([]);
  expect(customer.seen.slice(-WORKERS).filter(({ old }) => old)).toEqual([]);
});
