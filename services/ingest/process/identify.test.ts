import { createHash } from "node:crypto";
import { tenantIdSchema } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { describe, expect, it } from "vitest";
import type { ReceivedDocument } from "../mail.ts";
import { Identifier } from "./identify.ts";

const digest = (text: string) => createHash("sha256").update(text).digest();
const document = (text: string): ReceivedDocument => ({
  content: GhostBytes.growing(),
  refusal: undefined,
  sizeBytes: text.length,
  digest: digest(text),
});
const [acme, other] = [tenantIdSchema.parse("acme"), tenantIdSchema.parse("other")];
const mail = (id: string, ...documents: ReceivedDocument[]) => ({ messageKey: digest(id), documents });

describe("document ids", () => {
  const ids = new Identifier("s".repeat(32));
  const id = ids.documentId(acme, digest("m"), document("d"));

  it("are the same for the same tenant, message and bytes, on every instance", () => {
    expect(new Identifier("s".repeat(32)).documentId(acme, digest("m"), document("d"))).toBe(id);
  });

  it.each([
    ["tenant", ids.documentId(other, digest("m"), document("d"))],
    ["message", ids.documentId(acme, digest("n"), document("d"))],
    ["bytes", ids.documentId(acme, digest("m"), document("e"))],
    ["server secret", new Identifier("t".repeat(32)).documentId(acme, digest("m"), document("d"))],
  ])("differ with the %s", (_what, different) => {
    expect(different).not.toBe(id);
  });
});

describe("mail ids", () => {
  const ids = new Identifier("s".repeat(32));

  it("do not depend on the order of the documents", () => {
    const [a, b] = [document("a"), document("b")];
    expect(ids.mailId(acme, mail("m", a, b))).toBe(ids.mailId(acme, mail("m", b, a)));
  });

  it("differ for another mail under a reused Message-ID", () => {
    expect(ids.mailId(acme, mail("m", document("a")))).not.toBe(ids.mailId(acme, mail("m", document("b"))));
  });
});
