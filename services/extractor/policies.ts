import { DEFAULT_EXTRACTION_POLICY } from "@flowstate/contracts";
import type { ExtractorConfig } from "./config.ts";
import type { Extractor } from "./extract-document.ts";

/** What each tenant decided about its extractions, what is decided for all of them, or the default. */
export function policiesOf({
  EXTRACTION_POLICY,
  FLOWSTATE_TENANTS,
}: Pick<ExtractorConfig, "EXTRACTION_POLICY" | "FLOWSTATE_TENANTS">): Extractor["policyOf"] {
  const policies = new Map((FLOWSTATE_TENANTS ?? []).map(({ id, extraction }) => [id, extraction]));
  return (tenantId) => policies.get(tenantId) ?? EXTRACTION_POLICY ?? DEFAULT_EXTRACTION_POLICY;
}
