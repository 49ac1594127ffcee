import { describe, expect, it } from "vitest";
import { refusalOfSender, type SenderPolicy } from "./check-sender.ts";

/* Real: the check. Nothing is doubled. */

const PASSED = { spf: "pass", dkimPassed: ["supplier.example"] };
const check = (policy: Partial<SenderPolicy>, from: string | undefined, verdicts: Partial<typeof PASSED> = {}) =>
  refusalOfSender({ allow: undefined, require: [], ...policy }, { from, to: [] }, { ...PASSED, ...verdicts });

describe("a tenant that takes documents from everybody", () => {
  it.each(["ap@supplier.example", "", undefined])("takes those of the sender %j", (from) => {
    expect(check({}, from, { spf: "fail", dkimPassed: [] })).toBeUndefined();
  });
});

describe("a tenant with a list of senders", () => {
  const allow = ["ap@supplier.example", "@partner.example"];

  it.each(["ap@supplier.example", "AP@Supplier.Example", "anybody@partner.example"])("takes those of %s", (from) => {
    expect(check({ allow }, from)).toBeUndefined();
  });

  it.each([
    "other@supplier.example",
    "a@sub.partner.example",
    "a@notpartner.example",
    "partner.example",
    "@",
    "",
    undefined,
    "ap@supplier.example@evil.example",
  ])("does not take those of %j", (from) => {
    expect(check({ allow }, from)).toBe("sender_not_allowed");
  });

  it("takes nobody's when the list is empty", () => {
    expect(check({ allow: [] }, "ap@supplier.example")).toBe("sender_not_allowed");
  });
});

describe("a tenant that demands a pass", () => {
  it.each<[string, SenderPolicy["require"], Partial<typeof PASSED>, boolean]>([
    ["SPF", ["spf"], {}, true],
    ["SPF, and it failed", ["spf"], { spf: "softfail" }, false],
    ["SPF, and its check failed", ["spf"], { spf: "temperror" }, false],
    ["SPF whatever DKIM says", ["spf"], { dkimPassed: [] }, true],
    ["DKIM", ["dkim"], {}, true],
    ["DKIM of the domain around", ["dkim"], { dkimPassed: ["example", "mail.supplier.example"] }, true],
    ["DKIM, and only somebody else signed", ["dkim"], { dkimPassed: ["mailer.example", "upplier.example"] }, false],
    ["DKIM, and only a top-level domain signed", ["dkim"], { dkimPassed: ["example"] }, false],
    ["both", ["spf", "dkim"], {}, true],
    ["both, and one failed", ["spf", "dkim"], { spf: "fail" }, false],
  ])("of %s", (_name, require, verdicts, passes) => {
    expect(check({ require }, "ap@supplier.example", verdicts)).toBe(passes ? undefined : "sender_not_authenticated");
  });

  it("does not take what has no sender", () => {
    expect(check({ require: ["dkim"] }, "")).toBe("sender_not_authenticated");
  });
});
