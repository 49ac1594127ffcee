import { readValues } from "@flowstate/runtime";
import { z } from "zod";
import { type Environments, PART_CONFIGS, type PartName } from "./deployment.ts";
import { SECRET_VARIABLES } from "./secret-variables.ts";

/** One secret, and where it stands. */
export interface ConfiguredSecret {
  readonly part: PartName;
  /** The variable, or the place within it: `ERP_WEBHOOK_SECRET`, `FLOWSTATE_TENANTS acme erp.secrets[0]`. */
  readonly place: string;
  readonly value: string;
  /** Whether it was made by a tool that makes good ones, so that only where it is used says something. */
  readonly isKey: boolean;
}

/** Whoever learns a digest has not the key: it is no secret, and the same on every service. */
const DIGESTS: ReadonlySet<string> = new Set(["ADMIN_API_KEYS"]);
const URLS: ReadonlySet<string> = new Set(["DATABASE_URL", "DATABASE_API_URL"]);
/** An address that is secret as a whole, given by another service. */
const GIVEN: ReadonlySet<string> = new Set(["SLACK_WEBHOOK_URL"]);

/** Every secret of every part, a list of several taken apart. What cannot be read is left out: settings are about that. */
export function configuredSecrets(environments: Environments): readonly ConfiguredSecret[] {
  return [...environments].flatMap(([part, environment]) => {
    const { values } = readValues(PART_CONFIGS[part].variables, environment);
    return (SECRET_VARIABLES.get(part) ?? []).flatMap((name): readonly ConfiguredSecret[] => {
      const value = values[name];
      if (value === undefined || value === "" || DIGESTS.has(name) || GIVEN.has(name)) return [];
      if (name === "FLOWSTATE_TENANTS") return secretsOfTenants(part, value);
      if (URLS.has(name)) return passwordOf(part, name, value);
      if (name === "ERP_WEBHOOK_SECRET") {
        return value
          .split(/[\s,]+/)
          .flatMap((secret) => (secret === "" ? [] : [{ part, place: name, value: secret, isKey: false }]));
      }
      return [{ part, place: name, value, isKey: name.endsWith("_KEY") && name !== "GEMINI_API_KEY" }];
    });
  });
}

function passwordOf(part: PartName, name: string, url: string): readonly ConfiguredSecret[] {
  const password = URL.parse(url)?.password ?? "";
  return password === "" ? [] : [{ part, place: `the password in ${name}`, value: decoded(password), isKey: false }];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const text = z.string();
const texts = z.array(text).catch([]);
const looseErp = z
  .object({ secrets: texts, signing_keys: texts, bearer_token: text.optional().catch(undefined) })
  .catch({ secrets: [], signing_keys: [], bearer_token: undefined });
const looseTenants = z
  .array(z.object({ id: text.catch("?"), erp: looseErp }).catch({ id: "?", erp: looseErp.parse(null) }))
  .catch([]);

function secretsOfTenants(part: PartName, json: string): readonly ConfiguredSecret[] {
  return looseTenants.parse(parsedJson(json)).flatMap(({ id, erp }) => {
    const at = (place: string, value: string): ConfiguredSecret => ({
      part,
      place: `FLOWSTATE_TENANTS ${id} ${place}`,
      value,
      isKey: false,
    });
    return [
      ...erp.secrets.map((secret, index) => at(`erp.secrets[${index}]`, secret)),
      ...erp.signing_keys.map((key, index) => at(`erp.signing_keys[${index}]`, key)),
      ...(erp.bearer_token === undefined ? [] : [at("erp.bearer_token", erp.bearer_token)]),
    ];
  });
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
