import { renderClusterNode } from "../../libs/messaging/index.ts";
import { auditOpenApi } from "../../services/audit/routes/openapi.ts";
import { ingestOpenApi } from "../../services/ingest/routes/openapi.ts";
import { manifests } from "../kubernetes/manifests.ts";
import { asyncApi } from "./asyncapi.ts";
import { configurationPage, envExample } from "./configuration-page.ts";
import { doctorPage } from "./doctor-page.ts";
import { documentTypesPage } from "./document-types-page.ts";
import { exampleDelivery } from "./erp-example.ts";
import { erpWebhooks } from "./erp-webhooks.ts";
import { errorsIndex } from "./errors-index.ts";
import { extractionPage } from "./extraction-page.ts";
import { faultsPage } from "./faults-page.ts";
import { erpPayloadJsonSchema, eventJsonSchema, extractionJsonSchema, rendered } from "./json-schemas.ts";
import { metricsPage } from "./metrics-page.ts";
import { railwayVariables } from "./railway-variables.ts";
import { validationPage } from "./validation-page.ts";

/** Everything that is checked in and made from the sources: path from the repository's root, and what makes it. */
export const GENERATED_FILES: Readonly<Record<string, () => string>> = {
  ".env.example": envExample,
  "deploy/kubernetes/flowstate.yaml": manifests,
  "deploy/nats/nats-server.conf": renderClusterNode,
  "deploy/railway/ingest.env": () => railwayVariables("ingest"),
  "deploy/railway/extractor.env": () => railwayVariables("extractor"),
  "deploy/railway/erp-pusher.env": () => railwayVariables("erp-pusher"),
  "deploy/railway/audit.env": () => railwayVariables("audit"),
  "deploy/railway/provision.env": () => railwayVariables("provision"),
  "docs/configuration.md": configurationPage,
  "docs/errors/README.md": errorsIndex,
  "docs/operations/doctor.md": doctorPage,
  "docs/operations/faults.md": faultsPage,
  "docs/operations/metrics.md": metricsPage,
  "docs/erp/document-types.md": documentTypesPage,
  "docs/erp/extraction.md": extractionPage,
  "docs/erp/validation.md": validationPage,
  "docs/erp/example-delivery.json": exampleDelivery,
  "docs/erp/openapi-webhooks.json": erpWebhooks,
  "docs/schemas/event.json": eventJsonSchema,
  "docs/schemas/erp-payload.json": erpPayloadJsonSchema,
  "docs/schemas/extraction.json": extractionJsonSchema,
  "docs/asyncapi.json": asyncApi,
  "docs/openapi/ingest.json": () => rendered(ingestOpenApi()),
  "docs/openapi/audit.json": () => rendered(auditOpenApi()),
};
