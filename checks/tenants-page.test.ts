import { readFileSync } from "node:fs";
import { extractionPolicySchema } from "@flowstate/contracts";
import { readConfig, tenantErpSchema, tenantSchema } from "@flowstate/runtime";
import { describe, expect, it } from "vitest";
import {
  PRODUCTION_DOCUMENTS,
  PRODUCTION_EVENTS,
  PRODUCTION_HTTP,
} from "../deploy/local/testing/production-settings.ts";
import { auditConfig } from "../services/audit/config.ts";
import { erpPusherConfig } from "../services/erp-pusher/config.ts";
import { extractorConfig } from "../services/extractor/config.ts";
import { ingestConfig } from "../services/ingest/config.ts";

// Real: the page about tenants and the services' configuration. Doubled: the environment, an object.

const PAGE = readFileSync(new URL("../docs/operations/tenants.md", import.meta.url), "utf8");
const [, EXAMPLE = ""] = /```json\n([\s\S]*?)```/.exec(PAGE) ?? [];

/** What a service needs that is not about tenants. */
const REST = {
  ...PRODUCTION_DOCUMENTS,
  ...PRODUCTION_EVENTS,
  ...PRODUCTION_HTTP,
  DATABASE_URL: "postgres://flowstate@db/flowstate?sslmode=verify-full",
  DATABASE_API_URL: "postgres://flowstate_audit_api@db/flowstate?sslmode=verify-full",
  DOCUMENT_ID_SECRET: "0123456789abcdef0123456789abcdef",
  /** The seed of RFC 8032's first test vector, in PKCS #8. */
  AUDIT_SIGNING_KEY: "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
};

describe("the page about tenants", () => {
  it.each(
    Object.entries({
      ingest: ingestConfig,
      extractor: extractorConfig,
      "erp-pusher": erpPusherConfig,
      audit: auditConfig,
    }),
  )("has an example that %s starts with", (_service, { schema, variables }) => {
    const config = readConfig(schema, variables, { ...REST, FLOWSTATE_TENANTS: EXAMPLE });
    expect(config.FLOWSTATE_TENANTS?.map(({ id }) => id)).toEqual(["acme", "globex"]);
  });

  it("explains every field, and none that does not exist", () => {
    const explained = [...PAGE.matchAll(/^\| `([a-z_.]+)` \| .* \| .* \|$/gm)].map(([, field]) => field);
    const { erp: _erp, senders: _senders, extraction: _extraction, ...fields } = tenantSchema.shape;
    expect(explained.toSorted()).toEqual(
      [
        ...Object.keys(fields),
        "senders.allow",
        "senders.require",
        ...Object.keys(extractionPolicySchema.shape).map((field) => `extraction.${field}`),
        ...Object.keys(tenantErpSchema.shape).map((field) => `erp.${field}`),
      ].toSorted(),
    );
  });
});
