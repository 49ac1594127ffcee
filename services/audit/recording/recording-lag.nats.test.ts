// Real: nats-server with the production permissions, PostgreSQL, the recording of events. Doubled: ingest, whose events are
// published here under its identity.
import { randomUUID } from "node:crypto";
import { mailIdSchema, tenantIdSchema } from "@flowstate/contracts";
import { startNatsServer } from "@flowstate/local/servers/nats-server.ts";
import { connectEvents, EventPublisher, provisionEvents } from "@flowstate/messaging";
import { expect, it } from "vitest";
import { auditDatabase, recordingInto, silentLogger } from "../testing/audit-database.ts";
import { TENANT } from "../testing/sample-events.ts";
import { recordEvents } from "./consume-events.ts";
import { recordingLag } from "./recording-lag.ts";

it("the lag is what waits in the stream, and since when nothing was stored", async () => {
  await using nats = await startNatsServer();
  await using database = await auditDatabase();
  await provisionEvents({ url: nats.url, password: nats.passwords.admin });
  const connectAs = (identity: "audit" | "ingest-events") =>
    connectEvents({ url: nats.url, identity, password: nats.passwords[identity], logger: silentLogger });
  await using ingest = await connectAs("ingest-events");
  await using audit = await connectAs("audit");
  const publisher = new EventPublisher(ingest, "/flowstate/ingest");
  const tenant_id = tenantIdSchema.parse(TENANT);
  for (let n = 0; n < 3; n += 1) {
    const mail_id = mailIdSchema.parse(randomUUID());
    await publisher.publish({ type: "mail.ignored", data: { tenant_id, mail_id, code: "no_document" } });
  }
  ingest.nats.publish(`flowstate.events.mail.ignored.${TENANT}`, "not an event");
  await ingest.nats.flush();

  const lag = () => recordingLag(database.pool, audit);
  const before = { pending_events: 4, last_recorded_at: null, position: 0, rejected_messages: 0 };
  await expect.poll(lag).toEqual(before);
  // The broker may be away; what the database knows is still told.
  expect(await recordingLag(database.pool, undefined)).toEqual({ ...before, pending_events: null });

  const stopping = new AbortController();
  const instance = recordingInto(database.pool, "2026-11-23T12:00:00.000Z");
  const recording = recordEvents(audit, instance, stopping.signal);
  await expect.poll(lag, { timeout: 10_000 }).toEqual({
    pending_events: 0,
    last_recorded_at: "2026-11-23T12:00:00.000Z",
    position: 3,
    rejected_messages: 1,
  });
  stopping.abort();
  await recording;
});
