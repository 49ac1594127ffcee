import { join } from "node:path";
import { createCertificateAuthority } from "@flowstate/local/doubles/certificate.ts";
import { type BrokenSetup, withVariables } from "./broken-setup.ts";

const DAY_MS = 24 * 3_600_000;
const MIB = 1024 * 1024;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
const listener = (validity: { notBefore?: Date; notAfter?: Date }) =>
  withVariables(["audit"], ({ audit }) => {
    const { certificate, key } = createCertificateAuthority().issue(validity);
    Object.assign(audit, { HTTP_CERTIFICATE: certificate, HTTP_KEY: key });
  });

/** What can be seen without asking anybody. */
export const BROKEN_SETTINGS: readonly BrokenSetup[] = [
  {
    is: "a required variable is missing",
    finds: "settings.unusable",
    arrange: withVariables(["ingest"], ({ ingest }) => {
      delete ingest["DOCUMENT_ID_SECRET"];
    }),
  },
  {
    is: "a key is not that of its certificate",
    finds: "settings.unusable",
    arrange: withVariables(["extractor"], ({ extractor }) => {
      extractor["NATS_DOCUMENTS_KEY"] = createCertificateAuthority().issueClient().key;
    }),
  },
  {
    is: "the list of tenants has a typing error",
    finds: "settings.unusable",
    arrange: withVariables(["extractor"], ({ extractor }) => {
      extractor["FLOWSTATE_TENANTS"] = '[{"id": "globex", "extration": {}}]';
    }),
  },
  {
    is: "a database would be spoken to in plain text",
    finds: "settings.unusable",
    arrange: withVariables(["audit"], ({ audit }) => {
      audit["DATABASE_URL"] = (audit["DATABASE_URL"] ?? "").replace("verify-full", "require");
    }),
  },
  {
    is: "audit is configured for one machine",
    finds: "settings.plain_text_permitted",
    says: "audit: FLOWSTATE_LOCAL=true",
    arrange: withVariables(["audit"], ({ audit }) => {
      audit["FLOWSTATE_LOCAL"] = "true";
    }),
  },
  {
    is: "a service would run unhardened",
    finds: "settings.not_strict",
    arrange: withVariables(["extractor"], ({ extractor }) => {
      delete extractor["GHOST_STRICT"];
    }),
  },
  {
    is: "the extractor has the database's password",
    finds: "settings.secret_not_needed",
    arrange: withVariables(["extractor"], ({ extractor, audit }) => {
      extractor["DATABASE_URL"] = audit["DATABASE_URL"] ?? "";
    }),
  },
  {
    is: "ingest takes larger documents than extractor",
    finds: "agreement.document_too_large",
    arrange: withVariables(["ingest", "extractor"], ({ extractor }) => {
      extractor["MAX_UPLOAD_BYTES"] = String(MIB);
    }),
  },
  {
    is: "erp-pusher has another tenant than ingest",
    finds: "agreement.tenant_without_erp",
    arrange: withVariables(["ingest", "erp-pusher"], (environments) => {
      environments["erp-pusher"]["TENANT_ID"] = "globex";
    }),
  },
  {
    is: "audit does not know the tenant",
    finds: "agreement.tenant_without_plan",
    arrange: withVariables(["ingest", "audit"], ({ audit }) => {
      audit["TENANT_ID"] = "globex";
    }),
  },
  {
    is: "the key of ingest is not that of audit",
    finds: "agreement.key_differs",
    arrange: withVariables(["ingest", "audit"], ({ audit, ingest }) => {
      audit["API_SECRET"] = (ingest["API_SECRET"] ?? "").toUpperCase();
    }),
  },
  {
    is: "the stream would outlive what audit removes",
    finds: "agreement.retention_differs",
    arrange: withVariables(["audit", "broker"], ({ audit }) => {
      audit["RETENTION_STARTER_DAYS"] = "10";
    }),
  },
  {
    is: "an API key of one letter",
    finds: "secrets.weak",
    arrange: withVariables(["ingest", "audit"], ({ ingest, audit }) => {
      for (const environment of [ingest, audit]) environment["API_SECRET"] = "a".repeat(32);
    }),
  },
  {
    is: "a secret that begins with changeme",
    finds: "secrets.weak",
    arrange: withVariables(["ingest"], ({ ingest }) => {
      ingest["DOCUMENT_ID_SECRET"] = "changeme-0123456789-0123456789-abc";
    }),
  },
  {
    is: "a signing key out of the documentation",
    finds: "secrets.example",
    arrange: withVariables(["audit"], ({ audit }) => {
      audit["AUDIT_SIGNING_KEY"] = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";
    }),
  },
  {
    is: "the API key makes the documents' ids",
    finds: "secrets.reused",
    arrange: withVariables(["ingest"], ({ ingest }) => {
      ingest["DOCUMENT_ID_SECRET"] = ingest["API_SECRET"] ?? "";
    }),
  },
  {
    is: "two tenants' ERPs have one signing secret",
    finds: "secrets.reused",
    arrange: withVariables(["erp-pusher"], (environments, { erp, erpAuthority }) => {
      const tenant = (id: string) => ({
        id,
        erp: { url: erp.webhookUrl, secrets: [erp.secret], ca_certificate: erpAuthority },
      });
      const pusher = environments["erp-pusher"];
      for (const name of ["TENANT_ID", "ERP_WEBHOOK_URL", "ERP_WEBHOOK_SECRET", "ERP_CA_CERTIFICATE"])
        delete pusher[name];
      pusher["FLOWSTATE_TENANTS"] = JSON.stringify([tenant("acme"), tenant("globex")]);
    }),
  },
  {
    is: "a listener's certificate has ended",
    finds: "certificates.ended",
    arrange: listener({ notAfter: inDays(-1) }),
  },
  {
    is: "it is not valid yet",
    finds: "certificates.not_begun",
    arrange: listener({ notBefore: inDays(1), notAfter: inDays(400) }),
  },
  { is: "it ends next week", finds: "certificates.ends_soon", arrange: listener({ notAfter: inDays(7) }) },
  {
    is: "the extractor has the certificate of erp-pusher",
    finds: "certificates.of_somebody_else",
    arrange: withVariables(["extractor"], ({ extractor, "erp-pusher": pusher }) => {
      for (const name of ["NATS_DOCUMENTS_CERTIFICATE", "NATS_DOCUMENTS_KEY"]) extractor[name] = pusher[name] ?? "";
    }),
  },
  {
    is: "audit would listen with the certificate of a client",
    finds: "certificates.for_another_end",
    arrange: withVariables(["audit"], ({ audit }, { certificates }) => {
      const file = (name: string) => `file:${join(certificates, "identities/operations", name)}`;
      Object.assign(audit, { HTTP_CERTIFICATE: file("tls.crt"), HTTP_KEY: file("tls.key") });
    }),
  },
  {
    is: "the machine swaps, and services refuse to run so",
    finds: "hardening.required",
    arrange: withVariables(["extractor"], () => undefined, { hardening: () => [{ measure: "no_swap", holds: false }] }),
  },
  {
    is: "the machine swaps, and services run all the same",
    finds: "hardening.missing",
    arrange: async ({ environments }) => ({
      environments: { broker: environments().broker },
      surroundings: { hardening: () => [{ measure: "no_core_dump", holds: false }] },
      [Symbol.asyncDispose]: async () => undefined,
    }),
  },
  {
    is: "a container smaller than what ingest may hold",
    finds: "memory.over_limit",
    arrange: withVariables(["ingest"], () => undefined, { memoryLimit: () => 512 * MIB }),
  },
  {
    is: "a container in which an extractor's documents fit, and not what it needs to read them",
    finds: "memory.over_limit",
    says: "with this EXTRACTOR_MEMORY_BYTES a process needs 896 MiB",
    arrange: withVariables(["extractor"], () => undefined, { memoryLimit: () => 768 * MIB }),
  },
  {
    is: "the webhook asks for nothing",
    finds: "mail.anybody_may_post",
    arrange: withVariables(["ingest"], ({ ingest }) => {
      ingest["SENDGRID_INBOUND_OPEN"] = "true";
    }),
  },
];
