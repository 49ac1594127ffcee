import { type Code, type ExtractionPolicy, pushRequestSchema, type TenantId } from "../../libs/contracts/index.ts";
import type { GhostBytes } from "../../libs/ghost/index.ts";
import { readConfig } from "../../libs/runtime/index.ts";
import { configuredTenant } from "../../services/erp-pusher/commands/configured-tenant.ts";
import type { ErpTenant } from "../../services/erp-pusher/erp-tenants.ts";
import { buildPayload, PayloadTooLargeError } from "../../services/erp-pusher/payload/build-payload.ts";
import { webhookHeaders } from "../../services/erp-pusher/webhook-headers.ts";
import { extractorConfigWithoutBroker } from "../../services/extractor/config.ts";
import { policiesOf } from "../../services/extractor/policies.ts";
import { CODE_MEANINGS } from "../local/mail/code-meanings.ts";
import { EXAMPLE_DOCUMENT_ID, extractLocally } from "./extract-locally.ts";
import { indentJson } from "./indent-json.ts";
import { showHeaders } from "./show-headers.ts";

/** Why there is no request to show, in a sentence. */
export class NothingToShowError extends Error {}

/** A tenant as erp-pusher and the extractor would have it. */
export interface MappedTenant {
  readonly id: TenantId;
  readonly tenant: ErpTenant;
  readonly policy: ExtractionPolicy;
}

/** What the environment says of the tenant called `name`. Throws as `configuredTenant`, also for what the extractor refuses. */
export function mappedTenant(name: string, environment: NodeJS.ProcessEnv): MappedTenant {
  const { id, tenant } = configuredTenant(name, environment);
  const { schema, variables } = extractorConfigWithoutBroker;
  const policy = policiesOf(readConfig(schema, variables, environment))(id);
  return { id, tenant, policy };
}

/**
 * The request that the tenant's ERP would get for a PDF that arrives at `receivedAt`, as text: request line, headers, an
 * empty line, the body with white space added. Nothing is sent anywhere. The document is wiped. Throws
 * `NothingToShowError` when no request would be made, or when only the model could read the document.
 */
export async function dryRun(
  { id, tenant, policy }: MappedTenant,
  document: GhostBytes,
  receivedAt: Date,
): Promise<string> {
  const read = await extractLocally(document, { id, policy });
  if (read.result === "refused") throw new NothingToShowError(`nothing would be sent: ${reasonOf(read.code)}`);
  using extraction = read.extraction;
  using body = await bodyFor(tenant, id, extraction, receivedAt);
  const { pathname, search, host } = tenant.endpoint.url;
  const headers = {
    host,
    "content-length": String(body.length),
    ...webhookHeaders(tenant, { id: EXAMPLE_DOCUMENT_ID, sentAt: receivedAt, body: body.view() }),
  };
  // A query may hold a key.
  const target = search === "" ? pathname : `${pathname}?(not shown)`;
  const head = [`POST ${target} HTTP/1.1`, ...showHeaders(headers)].join("\n");
  return `${head}\n\n${indentJson(body.view().toString("utf8"))}\n`;
}

async function bodyFor(tenant: ErpTenant, id: TenantId, extraction: GhostBytes, now: Date): Promise<GhostBytes> {
  const request = pushRequestSchema.parse({
    document_id: EXAMPLE_DOCUMENT_ID,
    tenant_id: id,
    received_at: now.toISOString(),
    source: "sendgrid",
  });
  try {
    return await buildPayload(request, extraction, now, { mapping: tenant.mapping });
  } catch (error) {
    if (!(error instanceof PayloadTooLargeError)) throw error;
    throw new NothingToShowError(`nothing would be sent: ${error.message}`);
  }
}

function reasonOf(code: Code): string {
  if (code !== "document_without_e_invoice") return `${CODE_MEANINGS[code]} (${code})`;
  return `the document carries no e-invoice data, and a dry run asks no model because that would send it away (${code})`;
}
