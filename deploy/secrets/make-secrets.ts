import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stackSettings } from "../local/service-environment.ts";

const PASSWORD_BYTES = 32;
const CLOSED_FILE = 0o600;
const CLOSED_FOLDER = 0o700;

/** One file of the folder that docker-compose.yml mounts secrets from. */
interface Secret {
  readonly name: string;
  /** Empty for what only the operator can know. */
  readonly value: string;
}

/** Every secret of a deployment by compose, fresh. */
function newSecrets(): readonly Secret[] {
  const { apiKey, documentIdSecret, erpWebhookSecret, auditSigningKey } = stackSettings({});
  const values = {
    api_secret: apiKey,
    document_id_secret: documentIdSecret,
    erp_webhook_secret: erpWebhookSecret,
    audit_signing_key: auditSigningKey,
    database_url: databaseUrl("flowstate"),
    database_api_url: databaseUrl("flowstate_audit_api"),
    postgres_password: password(),
    grafana_password: password(),
    gemini_api_key: "",
    erp_bearer_token: "",
    erp_client_key: "",
    admin_api_keys: "",
    flowstate_tenants: "",
    slack_webhook_url: "",
  };
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** As audit's container reaches PostgreSQL's, whose roles take their passwords from here. */
function databaseUrl(role: string): string {
  const verified = "sslmode=verify-full&sslrootcert=/run/certs/events/ca.crt";
  return `postgres://${role}:${password()}@postgres:5432/flowstate?${verified}`;
}

/** Of letters, digits, hyphens and underscores: it stands in URLs as it is. */
function password(): string {
  return randomBytes(PASSWORD_BYTES).toString("base64url");
}

export interface MadeSecrets {
  readonly made: readonly string[];
  /** Made empty, for the operator to fill in what this deployment has a use for. */
  readonly empty: readonly string[];
}

/** Makes the files that are missing in `folder`, mode 0600, and changes none that is there. */
export async function makeSecrets(folder: string): Promise<MadeSecrets> {
  await mkdir(folder, { recursive: true, mode: CLOSED_FOLDER });
  const made: Secret[] = [];
  for (const secret of newSecrets()) {
    if (await writeNew(join(folder, secret.name), secret.value)) made.push(secret);
  }
  const namesOf = (secrets: readonly Secret[]) => secrets.map(({ name }) => name);
  return {
    made: namesOf(made.filter(({ value }) => value !== "")),
    empty: namesOf(made.filter(({ value }) => value === "")),
  };
}

/** Whether the file was not there and is now. */
async function writeNew(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { mode: CLOSED_FILE, flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
