/**
 * Everything that the doctor can find, and what to do about it: the one table. `failure` is what keeps mails from being
 * delivered, or a promise from being kept; `warning` is what will, or what somebody should know.
 */
export const FINDINGS = {
  "settings.unusable": {
    level: "failure",
    remedy: "Set it as docs/configuration.md describes it: the service ends with code 78 at its start.",
  },
  "settings.plain_text_permitted": {
    level: "warning",
    remedy: "Take FLOWSTATE_LOCAL away: it is for the stack on one machine.",
  },
  "settings.not_strict": {
    level: "warning",
    remedy: "Set GHOST_STRICT=true, so that the service refuses to run unhardened.",
  },
  "settings.secret_not_needed": {
    level: "warning",
    remedy: "Give each service its own variables only: what it does not have nobody can take from it.",
  },
  "agreement.document_too_large": {
    level: "failure",
    remedy: "Give extractor at least the MAX_UPLOAD_BYTES of ingest.",
  },
  "agreement.tenant_without_erp": {
    level: "failure",
    remedy: "Give erp-pusher the tenant's ERP: its mails wait with their senders, and are lost after 72 hours.",
  },
  "agreement.tenant_without_plan": {
    level: "warning",
    remedy: "Give audit the tenant: its events are kept for the longest plan, and its keys read nothing.",
  },
  "agreement.key_differs": {
    level: "warning",
    remedy: "Give ingest and audit the same API_SECRET: a key works in one of them only.",
  },
  "agreement.retention_differs": {
    level: "failure",
    remedy:
      "Give npm run broker the RETENTION_…_DAYS of audit, and run npm run broker -- provision: what was removed could be recorded again.",
  },
  "secrets.weak": { level: "failure", remedy: "Make a random one: openssl rand -hex 32." },
  "secrets.example": { level: "failure", remedy: "Make one of your own: this one stands in the documentation." },
  "secrets.reused": {
    level: "failure",
    remedy: "Make each its own: who learns one of them has the other, and neither can be changed alone.",
  },
  "certificates.ended": {
    level: "failure",
    remedy: "Run npm run certs and bring the certificate out (docs/operations/certificates.md).",
  },
  "certificates.not_begun": {
    level: "failure",
    remedy: "Put the clock of this machine right, or of the one that issued it.",
  },
  "certificates.ends_soon": {
    level: "warning",
    remedy: "Run npm run certs and bring the certificate out (docs/operations/certificates.md).",
  },
  "certificates.of_somebody_else": {
    level: "failure",
    remedy: "Give it the certificate of its own identity (docs/operations/certificates.md has the table).",
  },
  "certificates.for_another_end": {
    level: "failure",
    remedy: "Give a listener a server's certificate with a host's name in it, and an identity a client's.",
  },
  "certificates.not_public": {
    level: "warning",
    remedy:
      "SendGrid takes only what a public authority vouches for: put such a certificate there, or a proxy that has one.",
  },
  "broker.name_unknown": { level: "failure", remedy: "Put NATS_URL right, or the network's name service." },
  "broker.unreachable": {
    level: "failure",
    remedy: "Start the broker, and let this network reach its port (docs/operations/drills.md).",
  },
  "broker.node_away": { level: "warning", remedy: "Bring the node back: another one must not be lost now." },
  "broker.plain_text": {
    level: "failure",
    remedy: "Start the broker from deploy/nats/nats-server.conf, which asks for TLS.",
  },
  "broker.certificate_refused": {
    level: "failure",
    remedy: "Give NATS_CA_CERTIFICATE the broker's authority, and the broker a certificate for the name in NATS_URL.",
  },
  "broker.login_refused": {
    level: "failure",
    remedy: "Show the certificate of this identity from the broker's own authority; on one machine, its password.",
  },
  "broker.messages_too_small": {
    level: "failure",
    remedy: "Set the broker's max_payload as deploy/nats/nats-server.conf has it: no document passes.",
  },
  "broker.version_old": {
    level: "warning",
    remedy: "Run nats-server 2.12 or newer in production: older ones have known holes (CVE-2025-30215).",
  },
  "permissions.missing": {
    level: "failure",
    remedy: "Start the broker from deploy/nats/nats-server.conf of this version: npm run generate makes it.",
  },
  "permissions.too_much": {
    level: "failure",
    remedy: "Start the broker from deploy/nats/nats-server.conf of this version: npm run generate makes it.",
  },
  "documents.overheard": {
    level: "failure",
    remedy:
      "Take JetStream away from the account DOCUMENTS, and whatever else listens there: services refuse to start.",
  },
  "streams.missing": { level: "failure", remedy: "Run npm run broker -- provision." },
  "streams.overhear_documents": {
    level: "failure",
    remedy: "Delete that stream or consumer: what it keeps could be a document.",
  },
  "streams.settings_differ": { level: "failure", remedy: "Run npm run broker -- provision." },
  "streams.too_few_copies": {
    level: "failure",
    remedy: "Run npm run broker -- provision with NATS_REPLICAS: the loss of one node would lose events.",
  },
  "streams.copy_behind": { level: "warning", remedy: "Look at that node: another one must not be lost now." },
  "database.name_unknown": { level: "failure", remedy: "Put the URL's host right, or the network's name service." },
  "database.unreachable": { level: "failure", remedy: "Start PostgreSQL, and let this network reach its port." },
  "database.plain_text": { level: "failure", remedy: "Switch TLS on in PostgreSQL (docs/operations/postgresql.md)." },
  "database.certificate_refused": {
    level: "failure",
    remedy: "Let sslrootcert name the authority of PostgreSQL's certificate, and that be for the host in the URL.",
  },
  "database.login_refused": {
    level: "failure",
    remedy: "Put role and password in the URL right (docs/operations/rotate.md).",
  },
  "database.missing": { level: "failure", remedy: "Make the database (docs/operations/postgresql.md)." },
  "database.version_old": { level: "failure", remedy: "Use PostgreSQL 15 or newer." },
  "database.owner_privileged": {
    level: "failure",
    remedy:
      "Let an ordinary role own the database: row-level security does not bind this one, and rows get into the log.",
  },
  "database.owner_blind": {
    level: "failure",
    remedy: "Use the role that made the tables (docs/operations/backup.md): to this one they would look empty.",
  },
  "database.api_role_unfit": {
    level: "failure",
    remedy: "Run deploy/postgres/api-role.sql and use the login that it makes: audit does not start with this one.",
  },
  "database.api_role_writes": { level: "failure", remedy: "Take the right away (REVOKE): the API only reads." },
  "database.two_databases": { level: "failure", remedy: "Let both URLs name one database of one server." },
  "database.migrations_outstanding": { level: "warning", remedy: "Start audit of this version: it applies them." },
  "database.migrations_contradict": {
    level: "failure",
    remedy: "Start the audit that this database belongs to: its history is not this version's.",
  },
  "database.logs_values": {
    level: "warning",
    remedy:
      "Set log_parameter_max_length = 0 for both roles (docs/operations/postgresql.md): addresses get into the log.",
  },
  "model.key_refused": { level: "failure", remedy: "Put GEMINI_API_KEY right (docs/operations/rotate.md)." },
  "model.unknown": { level: "failure", remedy: "Put GEMINI_MODEL or GEMINI_BASE_URL right: there is no such model." },
  "model.store_refused": {
    level: "failure",
    remedy: "Use a model and a project that take store:false: nothing may be kept of a document there.",
  },
  "model.refused": { level: "failure", remedy: "Look at the key's project: every document is deferred." },
  "model.unreachable": {
    level: "failure",
    remedy: "Let extractor reach GEMINI_BASE_URL: documents without e-invoice data are deferred.",
  },
  "model.busy": { level: "warning", remedy: "Look at the model's status and the project's quota." },
  "erp.not_delivering": { level: "failure", remedy: "npm run erp -- ping TENANT says it again when it is mended." },
  "clock.off": { level: "failure", remedy: "Let both machines keep time (NTP): signatures and days depend on it." },
  "hardening.required": {
    level: "failure",
    remedy:
      "Start it as deploy/docker/Dockerfile does, on a host that neither swaps nor pipes cores: it refuses to run.",
  },
  "hardening.missing": {
    level: "warning",
    remedy: "Start it as deploy/docker/Dockerfile does, on a host that neither swaps nor pipes cores.",
  },
  "memory.over_limit": {
    level: "failure",
    remedy: "Raise the container's limit, or lower the budget: the process would be killed with documents in it.",
  },
  "mail.anybody_may_post": {
    level: "warning",
    remedy: "Set SENDGRID_WEBHOOK_PUBLIC_KEY, or close the webhook with a key.",
  },
  "telemetry.unreachable": {
    level: "warning",
    remedy: "Let the service reach its collector: mails are carried all the same, and nobody sees how.",
  },
  "doctor.broke_off": {
    level: "failure",
    remedy: "Something went away meanwhile: run it again. When it stays, it is a bug of the doctor's.",
  },
} as const satisfies Readonly<Record<string, { readonly level: "failure" | "warning"; readonly remedy: string }>>;

export type FindingId = keyof typeof FINDINGS;
