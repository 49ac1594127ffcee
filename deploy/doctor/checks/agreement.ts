import { configuredTenants, retentionOf, streamAgeDays } from "@flowstate/runtime";
import { erpTenants } from "../../../services/erp-pusher/erp-tenants.ts";
import type { Check } from "../check.ts";
import type { Settings } from "../deployment.ts";
import { found, foundOrGood, type Result, unchecked } from "../result.ts";

/** Whether parts that were configured by themselves fit together. */
export const agreementCheck: Check = {
  name: "agreement",
  run({ deployment: { settings } }) {
    const parts = Object.keys(settings);
    if (parts.length < 2) return [unchecked("whether the services fit together: give the doctor several of them")];
    const results = [...limits(settings), ...tenants(settings), ...retention(settings)];
    return foundOrGood(results, `${parts.join(", ")}: they fit together`);
  },
};

function limits({ ingest, extractor }: Settings): readonly Result[] {
  if (ingest === undefined || extractor === undefined) return [];
  if (ingest.MAX_UPLOAD_BYTES <= extractor.MAX_UPLOAD_BYTES) return [];
  return [found("agreement.document_too_large", "ingest takes larger documents than extractor does")];
}

function tenants({ ingest, "erp-pusher": erpPusher, audit }: Settings): readonly Result[] {
  if (ingest === undefined) return [];
  const results: Result[] = [];
  const delivered = erpPusher === undefined ? undefined : erpTenants(erpPusher);
  const audited = audit === undefined ? undefined : new Set(configuredTenants(audit).map(({ id }) => id));
  for (const { id } of configuredTenants(ingest)) {
    if (delivered?.has(id) === false) {
      results.push(
        found("agreement.tenant_without_erp", `tenant ${id}: ingest takes its mail, erp-pusher has no ERP for it`),
      );
    }
    if (audited?.has(id) === false) {
      results.push(found("agreement.tenant_without_plan", `tenant ${id}: audit does not know it`));
    }
  }
  const keys = [ingest.API_SECRET, audit?.API_SECRET];
  if (audit !== undefined && audit.TENANT_ID === ingest.TENANT_ID && keys[0] !== keys[1]) {
    results.push(
      found("agreement.key_differs", `tenant ${ingest.TENANT_ID}: API_SECRET of ingest and of audit differ`),
    );
  }
  return results;
}

function retention({ audit, broker }: Settings): readonly Result[] {
  if (audit === undefined || broker === undefined) return [];
  const [kept, streamed] = [audit, broker].map((config) => streamAgeDays(retentionOf(config)));
  if (kept === streamed) return [];
  return [
    found("agreement.retention_differs", `the stream would keep events for ${streamed} days, audit asks for ${kept}`),
  ];
}
