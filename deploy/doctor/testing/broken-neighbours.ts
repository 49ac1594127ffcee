import type { ScriptedAnswer as ModelAnswer } from "@flowstate/local/doubles/gemini.ts";
import { freePort } from "@flowstate/local/servers/free-port.ts";
import { type BrokenSetup, withVariables } from "./broken-setup.ts";
import { secret } from "./healthy-deployment.ts";

const MINUTE_MS = 60_000;

/** What the model answers to the one request that the doctor makes. */
const withModel = (answer: ModelAnswer) => withVariables(["extractor"], (_, { gemini }) => gemini.script(answer));

/** What others have to be asked about: model, ERPs, collector, clocks. */
export const BROKEN_NEIGHBOURS: readonly BrokenSetup[] = [
  {
    is: "the model's key is wrong",
    finds: "model.key_refused",
    arrange: withVariables(["extractor"], ({ extractor }) => {
      extractor["GEMINI_API_KEY"] = secret();
    }),
  },
  { is: "there is no such model", finds: "model.unknown", arrange: withModel({ status: 404 }) },
  {
    is: "the model does not take store:false",
    finds: "model.store_refused",
    arrange: withModel({ status: 400, message: ': Unknown name "store": Cannot find field.' }),
  },
  { is: "the model refuses the request", finds: "model.refused", arrange: withModel({ status: 400 }) },
  { is: "the model's quota is used up", finds: "model.busy", arrange: withModel({ status: 429 }) },
  {
    is: "nothing listens where the model should be",
    finds: "model.unreachable",
    arrange: withVariables(["extractor"], async ({ extractor }) => {
      extractor["GEMINI_BASE_URL"] = `http://127.0.0.1:${await freePort()}`;
    }),
  },
  {
    is: "the ERP does not accept the signature",
    finds: "erp.not_delivering",
    arrange: withVariables(["erp-pusher"], (environments) => {
      const random = Buffer.from(secret()).subarray(0, 32).toString("base64");
      environments["erp-pusher"]["ERP_WEBHOOK_SECRET"] = `whsec_${random}`;
    }),
  },
  {
    is: "the ERP shows a certificate that is not trusted",
    finds: "erp.not_delivering",
    arrange: withVariables(["erp-pusher"], (environments) => {
      delete environments["erp-pusher"]["ERP_CA_CERTIFICATE"];
    }),
  },
  {
    is: "the ERP is busy",
    finds: "erp.not_delivering",
    arrange: withVariables(["erp-pusher"], (_, { erp }) => erp.script({ status: 503 })),
  },
  {
    is: "the collector does not answer",
    finds: "telemetry.unreachable",
    arrange: withVariables(["extractor"], async (environments) => {
      environments.extractor["OTEL_EXPORTER_OTLP_ENDPOINT"] = `http://127.0.0.1:${await freePort()}`;
    }),
  },
  {
    is: "the collector shows a certificate of an authority that no variable names",
    finds: "telemetry.unreachable",
    says: "is not of the authority that was given",
    arrange: withVariables(["extractor"], ({ extractor }) => {
      delete extractor["OTEL_EXPORTER_OTLP_CERTIFICATE"];
    }),
  },
  {
    is: "the collector's authority is not where the variable says",
    finds: "telemetry.unreachable",
    says: "cannot be read here",
    arrange: withVariables(["extractor"], ({ extractor }) => {
      extractor["OTEL_EXPORTER_OTLP_CERTIFICATE"] = "/run/certs/elsewhere/ca.crt";
    }),
  },
  {
    is: "this machine's clock is two minutes slow",
    finds: "clock.off",
    arrange: withVariables(["extractor", "erp-pusher", "audit"], () => undefined, {
      now: () => new Date(Date.now() - 2 * MINUTE_MS),
    }),
  },
];
