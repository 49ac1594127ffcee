import { pushRequestSchema } from "@flowstate/contracts";
import { MemoryBudget } from "@flowstate/ghost";
import { brokerLogin, connectDocuments, serveTransfers, startHardened } from "@flowstate/messaging";
import { type Logger, observeMemory, type RunningService, serveProbes } from "@flowstate/runtime";
import { type ErpPusherConfig, MAX_EXTRACTION_BYTES } from "./config.ts";
import { erpTenants } from "./erp-tenants.ts";
import { extractionPusher } from "./push-extraction.ts";

/** Puts erp-pusher together: broker and ERPs. Disposing takes no new extractions and finishes those under way. */
export async function startErpPusher(
  config: ErpPusherConfig,
  logger: Logger,
): Promise<RunningService<ErpPusherConfig>> {
  const { scrubFault } = await startHardened(logger, config.GHOST_STRICT);
  const budget = new MemoryBudget(config.PUSHER_MEMORY_BYTES);
  const pushExtraction = extractionPusher({ tenants: erpTenants(config), budget, logger });
  await using starting = new AsyncDisposableStack();
  const probes = starting.use(await serveProbes({ host: config.PUSHER_HOST, port: config.PUSHER_PORT, logger }));
  starting.use(observeMemory(budget));
  const documents = starting.use(
    await connectDocuments({ ...brokerLogin(config, "DOCUMENTS"), identity: "erp-pusher", logger }),
  );
  starting.use(
    await serveTransfers(documents, {
      service: "erp-pusher",
      description: "Delivers an extraction to the tenant's ERP and answers how it ended.",
      requestSchema: pushRequestSchema,
      maxContentBytes: MAX_EXTRACTION_BYTES,
      budget,
      logger,
      handle: async (call) => ({ outcome: await pushExtraction(call) }),
    }),
  );
  starting.use(probes.readyWhile(() => documents.connected && scrubFault() === undefined));
  const parts = starting.move();
  return {
    url: probes.url,
    renewCertificates: (renewed) => documents.renewCertificate(brokerLogin(renewed, "DOCUMENTS")),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
