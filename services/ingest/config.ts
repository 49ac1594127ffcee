import { tenantIdSchema } from "@flowstate/contracts";
import { documentsSettings, eventsSettings } from "@flowstate/messaging";
import {
  flag,
  port,
  refuseInsecureUrls,
  secret,
  serviceSettings,
  telemetrySettings,
  wholeNumber,
} from "@flowstate/runtime";
import { z } from "zod";

const MIB = 1024 * 1024;
const API_KEY_MIN_LENGTH = 16;
const DOCUMENT_ID_SECRET_MIN_LENGTH = 32;

const shape = {
  ...serviceSettings,
  ...telemetrySettings,
  ...documentsSettings,
  ...eventsSettings,
  INGEST_HOST: z.string().min(1).default("0.0.0.0").describe("Address that ingest listens on."),
  INGEST_PORT: port(8080).describe("Port that ingest listens on; 0 lets the system choose."),
  API_SECRET: secret(API_KEY_MIN_LENGTH).describe("The tenant's API key, presented as X-API-Key."),
  SENDGRID_INBOUND_OPEN: flag(false).describe("Accept /webhooks/sendgrid without X-API-Key. Nothing else is opened."),
  TENANT_ID: z
    .string()
    .default("default")
    .pipe(tenantIdSchema)
    .describe("The tenant's id: lower-case letters, digits and hyphens."),
  TENANT_ADDRESS: z
    .string("is required")
    .transform((list) => list.split(",").map((address) => address.trim().toLowerCase()))
    .pipe(z.array(z.email("must be e-mail addresses, separated by commas")).min(1))
    .describe("The tenant's e-mail addresses, separated by commas: mail to them is theirs."),
  DOCUMENT_ID_SECRET: secret(DOCUMENT_ID_SECRET_MIN_LENGTH).describe(
    "Makes document ids unguessable. The same on every instance; changing it makes redelivered documents new ones.",
  ),
  MAX_UPLOAD_BYTES: wholeNumber({ min: 1024, max: 50 * MIB, fallback: 20 * MIB }).describe(
    "Largest PDF accepted, bytes. The extractor must accept as much.",
  ),
  MAX_MAIL_BYTES: wholeNumber({ min: MIB, max: 512 * MIB, fallback: 64 * MIB }).describe(
    "Largest mail accepted, bytes, with everything in it.",
  ),
  INGEST_MEMORY_BYTES: wholeNumber({ min: MIB, max: 64 * 1024 * MIB, fallback: 512 * MIB }).describe(
    "Bytes of mail this process may hold at once; more is answered 503.",
  ),
  MAIL_DEADLINE_MS: wholeNumber({ min: 1_000, max: 600_000, fallback: 90_000 }).describe(
    "Time from the last byte of a mail to its answer, milliseconds.",
  ),
};

const schema = z.object(shape).superRefine((config, context) => {
  refuseInsecureUrls(
    config.FLOWSTATE_LOCAL,
    { OTEL_EXPORTER_OTLP_ENDPOINT: config.OTEL_EXPORTER_OTLP_ENDPOINT },
    context,
  );
  if (config.INGEST_MEMORY_BYTES < config.MAX_MAIL_BYTES) {
    const message = "must be at least MAX_MAIL_BYTES, or a mail of that size could never be received";
    context.addIssue({ code: "custom", path: ["INGEST_MEMORY_BYTES"], message });
  }
});

export const ingestConfig = { schema, variables: Object.keys(shape) };
export type IngestConfig = z.output<typeof schema>;
