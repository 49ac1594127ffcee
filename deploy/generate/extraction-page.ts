import { decimalSchema, extractionPolicySchema, extractionSchema } from "../../libs/contracts/index.ts";

/** `docs/erp/extraction.md`: the extraction field by field, for those who write what receives it. */
export function extractionPage(): string {
  return `# The extraction

Generated from \`libs/contracts/extraction.ts\` and \`libs/contracts/extraction-facts.ts\` by
\`npm run generate\`; a test fails when it is stale. As JSON Schema: [extraction.json](../schemas/extraction.json),
and [erp-payload.json](../schemas/erp-payload.json) for the whole webhook, where it is \`data.extraction\`.

- **Every field is present.** \`null\` says that the document does not state it; an empty list says the same of a list.
  No gap is filled by computing or guessing.
- **Decimals are strings**, exactly as stated, trailing zeros included: \`"10.00"\`. Read them into a decimal type, never into
  floating point. A minus comes first; there is no plus, no exponent and no grouping.
- **Dates** are ISO 8601 calendar dates, currencies ISO 4217, countries ISO 3166-1.
- **Texts** are what the document says, in its language. They come from whoever sent the document: escape them.
- **Versions.** Within \`1.x\` fields are only added, so ignore those you do not know; the JSON Schema, which allows no
  others, is what Flowstate holds itself to. Anything else becomes \`2.0\`.
- Look at \`validation.status\` before you book, and at [validation.md](validation.md) for what its rules mean.
- [document-types.md](document-types.md) says which codes of e-invoices and e-orders make which \`document_type\`.

${sectionsOf(extractionSchema.toJSONSchema()).join("\n")}
## Fields of your own

A tenant may ask for fields beyond these; they come in \`extra\`, in documents that a model read. What a tenant decides about
its extractions:

| setting | type | meaning |
|---|---|---|
${fieldsOf(extractionPolicySchema.toJSONSchema({ io: "input" }), "")
  .map(row)
  .join("\n")}

## Documents that carry their own data

The data that a PDF has attached is read exactly, and no model is asked: then the audit event says provider \`e-invoice\`. The
attachment may have any name that ends in \`.xml\`; the names that standards prescribe are looked for first.

| syntax | as in |
|---|---|
| UN/CEFACT Cross Industry Invoice | Factur-X, ZUGFeRD 2.x (MINIMUM to EXTENDED), XRechnung |
| the older Cross Industry Document | ZUGFeRD 1.0 |
| UN/CEFACT Cross Industry Order, Despatch Advice | Order-X: order, order change, order response; despatch advice |
| OASIS UBL 2.1 Invoice, CreditNote, Order, OrderResponse | XRechnung, Peppol |

Data whose profile has no lines (MINIMUM, BASIC WL), or whose total is not printed on the page, is not trusted alone: a model
reads the document if there is one, and otherwise the extraction has a warning. Subtotal lines of the profile EXTENDED
(\`GROUP\`, \`INFORMATION\`) and notes between lines are left out of \`lines\`: they count in no sum.
`;
}

/** JSON Schema (2020-12) as zod writes it. */
type JsonSchema = NonNullable<ReturnType<typeof extractionSchema.toJSONSchema>["anyOf"]>[number];

interface Field {
  /** From the root: `lines[].unit_price`. */
  readonly path: string;
  readonly type: string;
  readonly meaning: string;
}

/** One section for the document's own fields, one for each part; parts of the same shape share theirs. */
function sectionsOf(root: JsonSchema): readonly string[] {
  const own: Field[] = [];
  const parts = new Map<string, { names: string[]; about: string[]; fields: readonly Field[] }>();
  for (const [name, schema] of propertiesOf(root)) {
    const { inner } = withoutNull(schema);
    const shape = itemsOf(inner) ?? inner;
    if (shape.properties === undefined) {
      own.push(...fieldsOf({ properties: { [name]: schema } }, ""));
      continue;
    }
    const key = JSON.stringify(shape.properties);
    const part = parts.get(key) ?? { names: [], about: [], fields: fieldsOf(shape, prefixOf(name, inner)) };
    parts.set(key, part);
    part.names.push(name);
    part.about.push(`\`${name}\`${kindOf(schema)}: ${schema.description ?? ""}`);
  }
  return [
    section("The document", "", own),
    ...[...parts.values()].map(({ names, about, fields }) =>
      section(names.map((name) => `\`${name}\``).join(", "), `${about.join("\n\n")}\n\n`, fields),
    ),
  ];
}

function section(title: string, about: string, fields: readonly Field[]): string {
  return `## ${title}\n\n${about}| field | type | meaning |\n|---|---|---|\n${fields.map(row).join("\n")}\n`;
}

function row({ path, type, meaning }: Field): string {
  return `| \`${path}\` | ${type} | ${meaning.replaceAll("|", "\\|")} |`;
}

/** The fields of an object, each followed by the fields inside it. */
function fieldsOf(object: JsonSchema, prefix: string): readonly Field[] {
  return propertiesOf(object).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`;
    const { inner } = withoutNull(schema);
    const field = { path, type: typeOf(schema, path), meaning: schema.description ?? missing(path) };
    return [field, ...fieldsOf(itemsOf(inner) ?? inner, prefixOf(path, inner))];
  });
}

function prefixOf(path: string, schema: JsonSchema): string {
  return `${path}${schema.items === undefined ? "" : "[]"}.`;
}

function kindOf(schema: JsonSchema): string {
  const { inner, nullable } = withoutNull(schema);
  if (inner.items !== undefined) return ` (list of at most ${count(inner.maxItems)})`;
  return nullable ? " (or `null`)" : "";
}

function typeOf(schema: JsonSchema, path: string): string {
  const { inner, nullable } = withoutNull(schema);
  const fallback = schema.default === undefined ? "" : `; default \`${JSON.stringify(schema.default)}\``;
  return `${bareTypeOf(inner, path)}${nullable ? " or `null`" : ""}${fallback}`;
}

/** The patterns that have a name. One that has none fails here, so that the page never says less than the schema. */
const PATTERNS: Readonly<Record<string, string>> = {
  [decimalSchema.toJSONSchema().pattern ?? ""]: "decimal",
  "^[A-Z]{2}$": "2 capital letters",
  "^[A-Z]{3}$": "3 capital letters",
  "^[0-9A-Z]{2,3}$": "2 or 3 capital letters and digits",
  "^[a-z][a-z0-9_]{0,63}$": "name: lower-case letters, digits, underscores",
  "^(?:0(?:\\.\\d{1,4})?|1(?:\\.0{1,4})?)$": "decimal from 0 to 1",
  "^(?:\\/(?:[a-z][a-z_]*|0|[1-9]\\d*))*$": "JSON pointer",
};

function bareTypeOf(schema: JsonSchema, path: string): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (path === "validation.issues[].rule") return "one of [the rules](validation.md#rules)";
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(", ");
  const items = itemsOf(schema);
  if (items !== undefined) {
    const of = items.properties === undefined ? `: ${bareTypeOf(items, path)}` : "";
    return `list of at most ${count(schema.maxItems)}${of}`;
  }
  if (schema.properties !== undefined) return "object";
  if (schema.type === "boolean") return "`true` or `false`";
  if (schema.type === "integer") return "whole number";
  if (schema.format === "date") return "date";
  if (schema.pattern !== undefined) return PATTERNS[schema.pattern] ?? missing(`${path}, pattern ${schema.pattern}`);
  return `text, at most ${count(schema.maxLength)} characters`;
}

function propertiesOf(object: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  return Object.entries(object.properties ?? {}).flatMap(([name, property]) => {
    const schema = schemaIn(property);
    return schema === undefined ? [] : [[name, schema] as const];
  });
}

function itemsOf(list: JsonSchema): JsonSchema | undefined {
  return schemaIn(list.items);
}

/** JSON Schema allows `true` and lists in places where zod writes schemas only. */
function schemaIn(value: NonNullable<JsonSchema["items"]> | undefined): JsonSchema | undefined {
  return typeof value === "object" && !Array.isArray(value) ? value : undefined;
}

function withoutNull(schema: JsonSchema): { readonly inner: JsonSchema; readonly nullable: boolean } {
  const inner = schema.anyOf?.map(schemaIn).find((choice) => choice !== undefined && choice.type !== "null");
  return inner === undefined ? { inner: schema, nullable: false } : { inner, nullable: true };
}

function count(limit: number | undefined): string {
  return limit === undefined ? missing("a limit") : limit.toLocaleString("en-US");
}

function missing(what: string): never {
  throw new Error(`the page on the extraction cannot say everything: ${what}`);
}
