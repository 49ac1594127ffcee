import { DEFAULT_EXTRACTION_POLICY } from "../../libs/contracts/index.ts";
import { createLogger, readConfig } from "../../libs/runtime/index.ts";
import { extractorConfigWithoutBroker } from "../../services/extractor/config.ts";
import { eInvoiceProvider } from "../../services/extractor/e-invoice/provider.ts";
import type { Extractor } from "../../services/extractor/extract-document.ts";
import { geminiProvider } from "../../services/extractor/gemini/provider.ts";
import { GeminiTransport } from "../../services/extractor/gemini/transport.ts";
import { DocumentReader } from "../../services/extractor/pdf/document-reader.ts";

const MODEL_VARIABLES = ["GEMINI_API_KEY", "GEMINI_BASE_URL", "GEMINI_MODEL", "GEMINI_CONCURRENCY"];

export interface OpenExtractor extends AsyncDisposable {
  readonly extractor: Extractor;
  /** Undefined without `GEMINI_API_KEY`. */
  readonly model: string | undefined;
}

/**
 * The extractor as the service runs it, without the broker: the same parser threads, providers, transport and checks, set
 * up by the same variables. What is invalid is answered, too. Throws `ConfigError`.
 */
export async function openExtractor(
  environment: Readonly<Record<string, string | undefined>>,
  options: { readonly withModel: boolean },
): Promise<OpenExtractor> {
  const chosen = Object.fromEntries(MODEL_VARIABLES.map((name) => [name, environment[name]]));
  const { schema, variables } = extractorConfigWithoutBroker;
  const config = readConfig(schema, variables, { ...chosen, FLOWSTATE_LOCAL: "true" });
  const logger = createLogger("extractor", "error");
  await using stack = new AsyncDisposableStack();
  const transport = stack.use(new GeminiTransport(config.GEMINI_BASE_URL));
  stack.use(transport.install());
  const apiKey = options.withModel ? config.GEMINI_API_KEY : undefined;
  const { GEMINI_BASE_URL: baseUrl, GEMINI_MODEL: model } = config;
  const extractor: Extractor = {
    reader: stack.use(await DocumentReader.start()),
    providers: {
      "e-invoice": eInvoiceProvider,
      ...(apiKey !== undefined && { gemini: geminiProvider({ apiKey, baseUrl, model, transport, logger }) }),
    },
    policyOf: () => ({ ...DEFAULT_EXTRACTION_POLICY, on_invalid: "push_flagged" }),
    today: () => new Date().toISOString().slice(0, "YYYY-MM-DD".length),
    logger,
  };
  const parts = stack.move();
  return {
    extractor,
    model: apiKey === undefined ? undefined : model,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}
