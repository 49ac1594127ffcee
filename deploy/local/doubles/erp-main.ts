import { startErp } from "./erp.ts";

/**
 * The demo ERP as a process of its own, for the local stack. `ERP_PORT` (default: any free port) and
 * `ERP_WEBHOOK_SECRET` (default: one it makes) configure it. Says where it is in one JSON line, stops on SIGTERM or SIGINT.
 */

/** sysexits.h EX_CONFIG. */
const EXIT_BAD_CONFIGURATION = 78;

const port = Number(process.env["ERP_PORT"] ?? "0");
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  process.stderr.write("ERP_PORT must be a TCP port\n");
  process.exit(EXIT_BAD_CONFIGURATION);
}
const secret = process.env["ERP_WEBHOOK_SECRET"];

const stopRequested = new Promise<void>((resolve) => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
});
await using erp = await startErp({ port, ...(secret !== undefined && secret !== "" && { secret }) });
process.stdout.write(`${JSON.stringify({ event: "service.ready", url: erp.url })}\n`);
await stopRequested;
