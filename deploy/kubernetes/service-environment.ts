import type { IEnvVar } from "kubernetes-models/v1";
import { SERVICE_CONFIGS, type Variable, variablesOf } from "../generate/environment.ts";
import { NATS_URL } from "./broker-workloads.ts";

/** What each service is told: its whole schema. */

/** Of a broker on one's own machine, and of a proxy in place of the service's own TLS. */
const WITHOUT_USE = /^(?:NATS_(?:DOCUMENTS|EVENTS)_PASSWORD|TRUSTED_PROXIES)$/;

const FIXED: Readonly<Record<string, string>> = {
  FLOWSTATE_LOCAL: "false",
  GHOST_STRICT: "true",
  NATS_URL,
  NATS_DOCUMENTS_CERTIFICATE: "file:/run/certs/documents/tls.crt",
  NATS_DOCUMENTS_KEY: "file:/run/certs/documents/tls.key",
  NATS_EVENTS_CERTIFICATE: "file:/run/certs/events/tls.crt",
  NATS_EVENTS_KEY: "file:/run/certs/events/tls.key",
  HTTP_CERTIFICATE: "file:/run/certs/http/tls.crt",
  HTTP_KEY: "file:/run/certs/http/tls.key",
};

/** The variables of a service, and which files of `npm run secrets` it reads. Throws for a service that there is not. */
export function environmentOf(service: string, account: "documents" | "events") {
  const config = SERVICE_CONFIGS[service];
  if (config === undefined) throw new Error(`there is no service ${service}`);
  const variables = variablesOf(service, config).filter(({ name }) => !WITHOUT_USE.test(name));
  const trusted = `/run/certs/${account}/ca.crt`;
  const fixed = { ...FIXED, NATS_CA_CERTIFICATE: `file:${trusted}`, OTEL_EXPORTER_OTLP_CERTIFICATE: trusted };
  return {
    variables: variables.map((variable) => variableOf(variable, fixed)),
    secrets: variables.filter(({ name, secret }) => secret && !(name in fixed)).map(({ name }) => name.toLowerCase()),
  };
}

function variableOf({ name, secret }: Variable, fixed: Readonly<Record<string, string>>): IEnvVar {
  const value = fixed[name];
  if (value !== undefined) return { name, value };
  if (secret) return { name, value: `file:/run/secrets/${name.toLowerCase()}` };
  return { name, valueFrom: { configMapKeyRef: { name: "flowstate", key: name, optional: true } } };
}
