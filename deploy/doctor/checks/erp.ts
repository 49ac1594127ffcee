import { Client } from "undici";
import { explainPing } from "../../../services/erp-pusher/commands/explain-ping.ts";
import { pingErp } from "../../../services/erp-pusher/commands/ping-erp.ts";
import { type ErpTenant, erpTenants } from "../../../services/erp-pusher/erp-tenants.ts";
import type { Check } from "../check.ts";
import { clockFinding } from "../compare-clocks.ts";
import { found, foundOrGood, type Result, unchecked } from "../result.ts";

/** ERPs that are asked at once. */
const AT_ONCE = 8;

/** Whether each tenant's ERP takes what erp-pusher sends: a signed ping, the way a document goes, as `npm run erp -- ping`. */
export const erpCheck: Check = {
  name: "erp",
  async run({ deployment: { settings }, surroundings: { now, patienceMs } }) {
    const config = settings["erp-pusher"];
    if (config === undefined) return [unchecked("the ERPs: give the doctor the part erp-pusher, with usable settings")];
    const waiting = [...erpTenants(config)];
    const results: Result[] = [];
    const takeOver = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        results.push(...(await askErp(next[0], next[1], patienceMs, now)));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, takeOver));
    return results;
  },
};

async function askErp(id: string, tenant: ErpTenant, patienceMs: number, now: () => Date): Promise<readonly Result[]> {
  const { delivers, sentences } = explainPing(tenant.endpoint.url, await pingErp(tenant, now()));
  const date = await dateOf(tenant, patienceMs);
  const clock = clockFinding(`tenant ${id}'s ERP`, date, now());
  if (delivers) return foundOrGood(clock, `tenant ${id}: its ERP takes deliveries`);
  return [found("erp.not_delivering", `tenant ${id}: ${sentences.join(" ")}`), ...clock];
}

/** What an ERP's clock shows, asked without a body; undefined when it does not tell. */
async function dateOf({ endpoint }: ErpTenant, patienceMs: number): Promise<unknown> {
  const signal = AbortSignal.timeout(patienceMs);
  const client = new Client(endpoint.url.origin, { connect: endpoint.connector(signal), headersTimeout: patienceMs });
  try {
    const { headers, body } = await client.request({ method: "HEAD", path: endpoint.url.pathname, signal });
    await body.dump();
    return headers["date"];
  } catch {
    return undefined;
  } finally {
    await client.destroy();
  }
}
