import { type ErpPayload, erpPayloadSchema, extractionSchema } from "../../libs/contracts/index.ts";
import { parseWebhookSecrets, signWebhook } from "../../services/erp-pusher/sign.ts";
import { rendered } from "./json-schemas.ts";

/** Of the specification's own test vector: everybody knows it, so nobody uses it. */
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SENT_AT = new Date("2026-11-23T10:00:07.000Z");
const DOCUMENT_ID = "5f8c1d1e-6d0c-4b52-9a37-0a4c9d3b7e21";

/** What the example's document states; an umlaut shows whether the signature is verified over the bytes of the body. */
const STATED = { document_number: "RE-2026-0815/Ä", currency: "EUR" };
const GROSS = "1190.00";

/** The payload of a document that states next to nothing: so every field is to be seen, and what absence looks like. */
export function examplePayload(): ErpPayload {
  const nothing = Object(emptiest(extractionSchema.toJSONSchema()));
  return erpPayloadSchema.parse({
    type: "document.extracted",
    timestamp: SENT_AT.toISOString(),
    data: {
      document_id: DOCUMENT_ID,
      tenant_id: "acme",
      received_at: "2026-11-23T10:00:00.000Z",
      source: "sendgrid",
      extraction: { ...nothing, ...STATED, totals: { ...nothing.totals, gross: GROSS } },
    },
  });
}

/** `docs/erp/example-delivery.json`: a whole delivery, and the secret to verify it with. */
export function exampleDelivery(): string {
  const keys = parseWebhookSecrets(SECRET);
  if (keys === undefined) throw new Error("the example's secret is unusable");
  const body = JSON.stringify(examplePayload());
  return rendered({
    secret: SECRET,
    headers: {
      "content-type": "application/json",
      ...signWebhook(keys, { id: DOCUMENT_ID, sentAt: SENT_AT, body: Buffer.from(body) }),
    },
    body,
  });
}

/** What of a JSON Schema the emptiest value is made by. */
interface SchemaPart {
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly unknown[];
  readonly type?: unknown;
  readonly properties?: object;
}

/**
 * The value that says least: null where the schema allows it, else an empty list, false, zero, the first choice. A string
 * that must be there has no such value: the caller states it, or parsing fails.
 */
function emptiest(schema: unknown): unknown {
  const part: SchemaPart = Object(schema);
  if (part.const !== undefined) return part.const;
  if (part.enum !== undefined) return part.enum[0];
  if (part.anyOf !== undefined) {
    const nullable = part.anyOf.some((choice) => Object(choice).type === "null");
    return nullable ? null : emptiest(part.anyOf[0]);
  }
  switch (part.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(part.properties ?? {}).map(([name, property]) => [name, emptiest(property)]),
      );
    case "array":
      return [];
    case "boolean":
      return false;
    case "integer":
    case "number":
      return 0;
    default:
      return null;
  }
}
