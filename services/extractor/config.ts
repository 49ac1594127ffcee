import { extractionPolicySchema, modelNameSchema } from "@flowstate/contracts";
import { documentsSettings, refusePlainBroker } from "@flowstate/messaging";
import {
  ALSO_WITH_PROBLEMS,
  outboundUrl,
  port,
  probeHost,
  refuseInsecureUrls,
  secret,
  serviceSettings,
  telemetrySettings,
  tenantSchema,
  tenantsSetting,
  wholeNumber,
} from "@flowstate/runtime";
import { z } from "zod";
import { DEFAULT_CONCURRENCY } from "./gemini/model-gate.ts";

const MIB = 1024 * 1024;
const API_KEY_MIN_LENGTH = 8;

const ownShape = {
  ...serviceSettings,
  ...telemetrySettings,
  EXTRACTION_POLICY: z
    .string()
    .transform((json, context) => {
      const policy = extractionPolicySchema.safeParse(parsedJson(json));
      if (policy.success) return policy.data;
      const places = policy.error.issues.map(({ path }) => path.join(".")).filter((place) => place !== "");
      const message = `must be a JSON object as docs/operations/tenants.md describes it${places.length === 0 ? "" : `; see ${places.join(", ")}`}`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    })
    .optional()
    .describe(
      "What is done with doubtful extractions, and which extra fields are looked for: JSON or file:/path " +
        "(docs/operations/tenants.md). For every tenant that FLOWSTATE_TENANTS says nothing else of.",
    ),
  FLOWSTATE_TENANTS: tenantsSetting(tenantSchema),
  GEMINI_API_KEY: secret(API_KEY_MIN_LENGTH)
    .optional()
    .describe("Google API key. Without it only documents that carry e-invoice data are read, the others are refused."),
  GEMINI_BASE_URL: outboundUrl
    .default(new URL("https://generativelanguage.googleapis.com"))
    .describe("Where Gemini is: the only place documents go to, and the only origin this service may call."),
  GEMINI_MODEL: modelNameSchema.default("gemini-2.5-flash").describe("The model that reads documents."),
  GEMINI_CONCURRENCY: wholeNumber({ min: 1, max: 256, fallback: DEFAULT_CONCURRENCY }).describe(
    "Documents that this process asks the model about at once; the others wait. Below the quota of the key's project.",
  ),
  MAX_UPLOAD_BYTES: wholeNumber({ min: 1024, max: 50 * MIB, fallback: 20 * MIB }).describe(
    "Largest PDF accepted, bytes. At least what ingest accepts.",
  ),
  EXTRACTOR_MEMORY_BYTES: wholeNumber({ min: MIB, max: 64 * 1024 * MIB, fallback: 256 * MIB }).describe(
    "Bytes of PDFs this process may hold at once; above it, ingest asks another instance or waits. While a document " +
      "is read, the process needs up to two and a half times its size.",
  ),
};

const ownSchema = z.object(ownShape).superRefine((config, context) => {
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

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const servingShape = {
  EXTRACTOR_HOST: probeHost,
  EXTRACTOR_PORT: port(8082).describe("Port that extractor answers /livez and /readyz on; 0 lets the system choose."),
  ...documentsSettings,
};

const schema = ownSchema
  .safeExtend(servingShape)
  .superRefine((config, context) => refusePlainBroker(config, ["DOCUMENTS"], context), ALSO_WITH_PROBLEMS);

/** Of commands that read documents as this service does, and speak to no broker. */
export const extractorConfigWithoutBroker = { schema: ownSchema, variables: Object.keys(ownShape) };

export const extractorConfig = { schema, variables: Object.keys({ ...servingShape, ...ownShape }) };
export type ExtractorConfig = z.output<typeof schema>;
