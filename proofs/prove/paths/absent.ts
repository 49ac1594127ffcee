import { startErp } from "../../../deploy/local/doubles/erp.ts";
import { LEASES_BUCKET } from "../../../libs/contracts/index.ts";
import { connectEvents, provisionEvents } from "../../../libs/messaging/index.ts";
import { createLogger } from "../../../libs/runtime/index.ts";
import type { Bench } from "../bench/bench.ts";
import { settled } from "./disturb.ts";
import { answered, type ExitPath } from "./exit-path.ts";
import { canaryMail, post } from "./send.ts";

const NAMED_ERP = "https://erp.example/webhooks/flowstate";

/** Parts that are not there, or not as they have to be, before a document comes to them. */
export const ABSENT: readonly ExitPath[] = [
  answered(
    "deferred: no extractor is there",
    503,
    "extractor_unavailable",
    async (bench, planter) => {
      await bench.stack.services.extractor.stop();
      return await post(canaryMail(bench, planter));
    },
    (bench) => bench.restart("extractor"),
  ),
  answered(
    "deferred: no erp-pusher is there",
    503,
    "pusher_unavailable",
    async (bench, planter) => {
      await bench.stack.services["erp-pusher"].stop();
      return await post(canaryMail(bench, planter));
    },
    (bench) => bench.restart("erp-pusher"),
  ),
  answered(
    "deferred: the ledger is gone",
    503,
    "broker_unavailable",
    async (bench, planter) => {
      await deleteLeases(bench);
      return await post(canaryMail(bench, planter));
    },
    async (bench, planter) => {
      const { url, passwords } = bench.stack.broker;
      await provisionEvents({ url, password: passwords.admin });
      await settled(bench, planter);
    },
  ),
  answered(
    "deferred: erp_certificate_invalid",
    503,
    "erp_certificate_invalid",
    async (bench, planter) => {
      // Of an authority that nobody has been told to trust.
      await using erp = await startErp({ secret: bench.stack.settings.erpWebhookSecret, tls: true });
      await bench.restart("erp-pusher", { ERP_WEBHOOK_URL: erp.webhookUrl });
      return await post(canaryMail(bench, planter));
    },
    (bench) => bench.restart("erp-pusher"),
  ),
  answered(
    "deferred: erp_address_refused",
    503,
    "erp_address_refused",
    async (bench, planter) => {
      await bench.restart("erp-pusher", {
        ERP_WEBHOOK_URL: NAMED_ERP,
        NODE_OPTIONS: preloading("with-a-private-address.ts"),
      });
      return await post(canaryMail(bench, planter));
    },
    (bench) => bench.restart("erp-pusher"),
  ),
  answered(
    "deferred: a bug in the extractor",
    503,
    "internal_fault",
    async (bench, planter) => {
      await bench.restart("extractor", { NODE_OPTIONS: preloading("with-a-bug.ts") });
      return await post(canaryMail(bench, planter));
    },
    (bench) => bench.restart("extractor"),
  ),
];

function preloading(module: string): string {
  return `--import=${new URL(module, import.meta.url).href}`;
}

async function deleteLeases(bench: Bench): Promise<void> {
  const { url, passwords } = bench.stack.broker;
  const logger = createLogger("prove", "error", { write: () => {} });
  await using admin = await connectEvents({ url, identity: "admin", password: passwords.admin, logger });
  await (await admin.nats.jetstreamManager()).streams.delete(`KV_${LEASES_BUCKET}`);
}
