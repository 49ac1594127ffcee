import { erpPayloadSchema, eventSchema, extractionSchema } from "../../libs/contracts/index.ts";

/** A JSON document in the spelling in which it is checked in. */
export function rendered(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** JSON Schema (2020-12) of an event as it stands on the stream. */
export function eventJsonSchema(): string {
  return rendered(
    identified("event", "A metadata event of Flowstate, in a CloudEvents 1.0 envelope", eventSchema.toJSONSchema()),
  );
}

/** JSON Schema (2020-12) of the body that an ERP receives. */
export function erpPayloadJsonSchema(): string {
  return rendered(identified("erp-payload", "What an ERP receives for each document", erpPayloadSchema.toJSONSchema()));
}

/** JSON Schema (2020-12) of what is read from a document. */
export function extractionJsonSchema(): string {
  return rendered(identified("extraction", "What Flowstate reads from a document", extractionSchema.toJSONSchema()));
}

function identified(name: string, title: string, schema: object): object {
  const { $schema, ...rest }: { $schema?: unknown } = schema;
  return { $schema, $id: `urn:flowstate:schema:${name}`, title, ...rest };
}
