import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentIdSchema, eventIdSchema, mailIdSchema, tenantIdSchema } from "./ids.ts";
import { eventSubject } from "./subjects.ts";

/* Real: the identifier schemas. Nothing is doubled. */

describe("a tenant id", () => {
  it.each(["a", "0", "acme", "acme-2", "a".repeat(63)])("may be %s", (id) => {
    expect(tenantIdSchema.safeParse(id).success).toBe(true);
  });

  it.each(["", "-a", "a-", "A", "a.b", "a_b", "*", ">", "a b", "ä", "a\n", "a".repeat(64), "../x", 4711, null])(
    "may not be %j",
    (id) => {
      expect(tenantIdSchema.safeParse(id).success).toBe(false);
    },
  );

  it("is always exactly one token of a subject, whatever it is", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/), (text) => {
        const tokens = eventSubject("mail.received", tenantIdSchema.parse(text)).split(".");
        expect(tokens).toHaveLength(eventSubject("mail.received", undefined).split(".").length);
        expect(tokens.at(-1)).toBe(text);
      }),
    );
  });
});

describe.each([
  ["mail", mailIdSchema],
  ["document", documentIdSchema],
  ["event", eventIdSchema],
])("a %s id", (_kind, schema) => {
  it("may be any UUID", () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        expect(schema.safeParse(uuid).success).toBe(true);
      }),
    );
  });

  it.each(["", "RE-2026-0815", "Rechnung 4711.pdf", "0".repeat(32), "zzzzzzzz-zzzz-4zzz-8zzz-zzzzzzzzzzzz", 1, null])(
    "may not be %j",
    (id) => {
      expect(schema.safeParse(id).success).toBe(false);
    },
  );
});
