import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataschemaOf, EVENT_DATA, EVENT_TYPES, type EventType, eventSchema } from "./events.ts";

/* Real: the event schemas. Doubled: the events, one complete sample of each type. */

const MAIL_ID = "018f6f2e-0000-7000-8000-000000000001";
const DOCUMENT_ID = "018f6f2e-0000-7000-8000-000000000002";

const mail = { tenant_id: "acme", mail_id: MAIL_ID };
const document = { ...mail, document_id: DOCUMENT_ID };
const arrival = { sender_email: "buyer@supplier.example", source: "sendgrid", size_bytes: 20_480 };
const end = {
  ...document,
  stage: "extract",
  duration_ms: 120,
  page_count: 2,
  validation_status: "invalid",
  validation_issue_count: 3,
  erp_http_status: 422,
  attempts: 1,
};

/** Each type's data with every field that it may have. */
const DATA: Readonly<Record<EventType, Record<string, unknown>>> = {
  "mail.received": { ...mail, ...arrival },
  "mail.ignored": { ...mail, code: "no_document" },
  "mail.unroutable": { mail_id: MAIL_ID, ...arrival, code: "unknown_recipient" },
  "mail.refused": { mail_id: MAIL_ID, source: "sendgrid", size_bytes: 31_000, code: "mail_malformed" },
  "document.received": { ...document, ...arrival, duration_ms: 40 },
  "document.claimed": { ...document, duration_ms: 6 },
  "document.extracted": {
    ...document,
    duration_ms: 800,
    page_count: 2,
    provider: "gemini",
    model: "gemini-2.5-flash",
    input_tokens: 1_800,
    output_tokens: 700,
    attempts: 1,
    validation_status: "valid",
    validation_issue_count: 0,
  },
  "document.delivered": { ...document, duration_ms: 90, erp_http_status: 200, attempts: 1 },
  "document.refused": { ...end, code: "document_encrypted" },
  "document.invalid": {
    ...end,
    code: "extraction_failed_validation",
    provider: "gemini",
    model: "gemini-2.5-flash",
    input_tokens: 900,
    output_tokens: 300,
  },
  "document.undeliverable": { ...end, code: "erp_rejected" },
  "document.deferred": { ...end, code: "erp_unavailable" },
  "document.duplicate": { ...document },
  "document.wiped": { ...document, wiped_bytes: { ingest: 20_480, extractor: 20_480, "erp-pusher": 900 } },
};

function sample(type: EventType): Record<string, unknown> {
  return {
    specversion: "1.0",
    id: "018f6f2e-0000-7000-8000-000000000003",
    source: "/flowstate/ingest",
    type,
    time: "2026-11-23T20:31:17.000Z",
    subject: type.startsWith("mail.") ? MAIL_ID : DOCUMENT_ID,
    datacontenttype: "application/json",
    dataschema: dataschemaOf(type),
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    data: DATA[type],
  };
}

const accepts = (event: unknown) => eventSchema.safeParse(event).success;

/** What a document, a mail or a third party's error could put into a field: none of it may pass, anywhere. */
const NAUGHTY = [
  "Invoice RE-2026/0815",
  "Rechnung 4711.pdf",
  "ACME GmbH & Co. KG",
  "DE89 3704 0044 0532 0130 00",
  "Total due: 1,234.56 EUR",
  "12.345,67 €",
  "<script>alert(1)</script>",
  "'; DROP TABLE events; --",
  "../../etc/passwd",
  "Unexpected token 'I', \"Invoice 47\"... is not valid JSON",
  "%PDF-1.7\n%âãÏÓ",
  "JVBERi0xLjcKJeLjz9MKMSAwIG9iago8PC9UeXBlL0NhdGFsb2c+PgplbmRvYmoK",
  "https://generativelanguage.googleapis.com/v1beta/models?key=AIzaSy0000",
  "Müller, Jörg",
  "請求書 2026-11",
  "‮fdp.ecioveni",
  "\u0000",
  "line one\nline two",
  "\ud800",
  "x".repeat(100_000),
  " ",
  "",
];

/** Every place in a value that holds a string or a number, as a path of keys. */
function leavesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([key, child]) => leavesOf(child, [...path, key]));
}

/** A copy of `value` with the leaf at `path` replaced; a `replacement` of undefined removes it. */
function withLeaf(value: unknown, path: readonly string[], replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const copy: Record<string, unknown> = { ...Object(value) };
  const changed = withLeaf(copy[key], rest, replacement);
  if (changed === undefined) delete copy[key];
  else copy[key] = changed;
  return copy;
}

describe.each([...EVENT_TYPES])("the event %s", (type) => {
  const event = sample(type);
  const data = DATA[type];

  it("is accepted with every field it may have", () => {
    expect(eventSchema.safeParse(event).error).toBeUndefined();
    expect(Object.keys(data).sort()).toEqual(Object.keys(EVENT_DATA[type].shape).sort());
  });

  it("is refused with any other field, in its envelope or in its data", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.jsonValue(), (name, value) => {
        fc.pre(name !== "__proto__");
        if (!(name in event)) expect(accepts({ ...event, [name]: value })).toBe(false);
        if (!(name in data)) expect(accepts({ ...event, data: { ...data, [name]: value } })).toBe(false);
      }),
    );
  });

  it.each(["file_name", "filename", "subject", "recipient", "message", "error", "extraction", "vendor", "text"])(
    "has no data field %s",
    (name) => {
      expect(accepts({ ...event, data: { ...data, [name]: "x" } })).toBe(false);
    },
  );

  it("takes no naughty string in any field", () => {
    const letThrough = leavesOf(event).flatMap((path) =>
      NAUGHTY.filter((text) => accepts(withLeaf(event, path, text))).map((text) => `${path.join(".")}: ${text}`),
    );
    expect(letThrough).toEqual([]);
  });

  it("takes no text that has a space, a quote or a letter beyond ASCII in any field", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1 }).filter((made) => /[\s"'<>]|[^ -~]/.test(made));
    const paths = leavesOf(event);
    fc.assert(
      fc.property(fc.constantFrom(...paths), text, (path, naughty) => {
        expect(accepts(withLeaf(event, path, naughty)), path.join(".")).toBe(false);
      }),
    );
  });

  it("takes counts that are whole and not negative, and nothing else", () => {
    const counts = leavesOf(data).filter((path) => typeof leafAt(data, path) === "number");
    for (const path of counts) {
      for (const wrong of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", null]) {
        expect(accepts({ ...event, data: withLeaf(data, path, wrong) }), `${path.join(".")}: ${wrong}`).toBe(false);
      }
    }
  });

  it("is refused when an identifier, its time or its type is missing", () => {
    for (const name of ["id", "source", "type", "time", "subject", "dataschema", "data", "specversion"]) {
      expect(accepts(withLeaf(event, [name], undefined)), name).toBe(false);
    }
    expect(accepts({ ...event, data: withLeaf(data, ["mail_id"], undefined) })).toBe(false);
  });

  it("is refused with the data of another type", () => {
    const others = EVENT_TYPES.filter((other) => Object.keys(DATA[other]).join() !== Object.keys(data).join());
    const passing = others.filter((other) => accepts({ ...event, data: DATA[other] }));
    expect(passing).toEqual([]);
  });
});

function leafAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => Object(node)[key], value);
}

describe("events", () => {
  it("are exactly the types that have data schemas", () => {
    expect(eventSchema.options.map((option) => option.shape.type.value).sort()).toEqual([...EVENT_TYPES].sort());
  });

  it("of an unknown type are refused", () => {
    expect(accepts({ ...sample("mail.received"), type: "mail.forwarded" })).toBe(false);
  });

  it("name the schema of their own type only", () => {
    const event = { ...sample("mail.received"), dataschema: dataschemaOf("mail.ignored") };
    expect(accepts(event)).toBe(false);
  });

  it.each(["document.refused", "document.invalid", "document.undeliverable", "document.deferred"] as const)(
    "of the end %s take only the codes of that end",
    (type) => {
      const codes = ["document_encrypted", "extraction_failed_validation", "erp_rejected", "erp_unavailable"];
      const passing = codes.filter((code) => accepts({ ...sample(type), data: { ...DATA[type], code } }));
      expect(passing).toEqual([DATA[type]["code"]]);
    },
  );
});
