/** Shown as they are; the rest may be secrets: a token, a gateway's key. */
const SHOWN: ReadonlySet<string> = new Set([
  "content-length",
  "content-type",
  "host",
  "idempotency-key",
  "user-agent",
  "webhook-id",
  "webhook-timestamp",
]);

/**
 * A request's headers as lines for a person. The signature keeps its versions only: with it, whoever sees the request could
 * send it to the ERP for five minutes.
 */
export function showHeaders(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${shown(name, value)}`);
}

function shown(name: string, value: string): string {
  if (name === "webhook-signature") return value.replaceAll(/(^| )(v1a?),\S+/g, "$1$2,(signature)");
  return SHOWN.has(name) ? value : "(not shown)";
}
