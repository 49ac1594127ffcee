import { modelNameSchema } from "@flowstate/contracts";
import { documentsSettings } from "@flowstate/messaging";
import {
  outboundUrl,
  refuseInsecureUrls,
  secret,
  serviceSettings,
  telemetrySettings,
  wholeNumber,
} from "@flowstate/runtime";
import { z } from "zod";

const MIB = 1024 * 1024;
const API_KEY_MIN_LENGTH = 8;

const shape = {
  ...serviceSettings,
  ...telemetrySettings,
  ...documentsSettings,
  GEMINI_API_KEY: secret(API_KEY_MIN_LENGTH)
    .optional()
    .describe("Google API key. Without it only documents that carry e-invoice data are read, the others are refused."),
  GEMINI_BASE_URL: outboundUrl
    .default(new URL("https://generativelanguage.googleapis.com"))
    .describe("Where Gemini is: the only place documents go to, and the only origin this service may call."),
  GEMINI_MODEL: modelNameSchema.default("gemini-2.5-flash").describe("The model that reads documents."),
  MAX_UPLOAD_BYTES: wholeNumber({ min: 1024, max: 50 * MIB, fallback: 20 * MIB }).describe(
    "Largest PDF accepted, bytes. At least what ingest accepts.",
  ),
  EXTRACTOR_MEMORY_BYTES: wholeNumber({ min: MIB, max: 64 * 1024 * MIB, fallback: 256 * MIB }).describe(
    "Bytes of PDFs this process may hold at once; above it, ingest asks another instance or waits. While a document " +
      "is read, the process needs up to two and a half times its size.",
  ),
};

const schema = z.object(shape).superRefine((config, context) => {
  const { FLOWSTATE_LOCAL, GEMINI_BASE_URL, OTEL_EXPORTER_OTLP_ENDPOINT } = config;
  refuseInsecureUrls(FLOWSTATE_LOCAL, { GEMINI_BASE_URL, OTEL_EXPORTER_OTLP_ENDPOINT }, context);
  if (config.EXTRACTOR_MEMORY_BYTES < config.MAX_UPLOAD_BYTES) {
    context.addIssue({
      code: "custom",
      path: ["EXTRACTOR_MEMORY_BYTES"],
      message: "must be at least MAX_UPLOAD_BYTES: the largest document would never fit",
    });
  }
});

export const extractorConfig = { schema, variables: Object.keys(shape) };
export type ExtractorConfig = z.output<typeof schema>;
