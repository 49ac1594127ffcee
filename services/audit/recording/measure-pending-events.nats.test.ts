// Real: nats-server with the production permissions, the recording of events, the OpenTelemetry SDK. Doubled: ingest, whose
// events are published here under its identity, the collector, and the database, which is away.
import { randomUUID } from "node:crypto";
import { mailIdSchema, tenantIdSchema } from "@flowstate/contracts";
import { startOtlpCollector } from "@flowstate/local/doubles/otlp.ts";
import { startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connectEvents, countPendingEvents, EventPublisher, provisionEvents } from "@flowstate/messaging";
import { startTelemetry } from "@flowstate/runtime";
import { expect, it } from "vitest";
import { recordingInto, silentLogger, testPool, UNREACHABLE_DATABASE } from "../testing/audit-database.ts";
import { TENANT } from "../testing/sample-events.ts";
import { recordEvents } from "./consume-events.ts";
import { measurePendingEvents } from "./measure-pending-events.ts";

const EVENTS = 3;

it("events that cannot be recorded because the database is stopped are measured, handed out or not", async () => {
  await using nats = await startNatsServer();
  await provisionEvents({ url: nats.url, password: nats.passwords.admin });
  const connectAs = (identity: "audit" | "ingest-events") =>
    connectEvents({ url: nats.url, identity, password: nats.passwords[identity], logger: silentLogger });
  await using ingest = await connectAs("ingest-events");
  await using audit = await connectAs("audit");
  await using collector = await startOtlpCollector();
  const telemetry = await startTelemetry("audit", new URL(collector.url));
  const pool = testPool(UNREACHABLE_DATABASE);
  const stopping = new AbortController();
  const recording = recordEvents(audit, recordingInto(pool), stopping.signal);

  const publisher = new EventPublisher(ingest, "/flowstate/ingest");
  const tenant_id = tenantIdSchema.parse(TENANT);
  for (let n = 0; n < EVENTS; n += 1) {
    const mail_id = mailIdSchema.parse(randomUUID());
    await publisher.publish({ type: "mail.ignored", data: { tenant_id, mail_id, code: "no_document" } });
  }
  using _measuring = measurePendingEvents(audit);
  // Asked on the same connection, and so answered after what is measured was.
  expect(await countPendingEvents(audit)).toBe(EVENTS);
  // Exports once more before it ends.
  await telemetry[Symbol.asyncDispose]();
  const measured = collector.measurements.filter(({ name }) => name === "flowstate.events.pending");
  expect(measured.map(({ value }) => value)).toEqual([EVENTS]);
  stopping.abort();
  await recording;
  await pool.end();
});
