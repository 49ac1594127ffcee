import { describe, expect, it } from "vitest";
import { CODES, codeSchema, type End } from "./codes.ts";

/* Real: the table of codes. Nothing is doubled. */

const codes = Object.keys(CODES);
const ends: readonly End[] = [
  "refused",
  "invalid",
  "undeliverable",
  "deferred",
  "ignored",
  "unroutable",
  "mail_refused",
];

describe("codes", () => {
  it.each(ends)("accepts for the end %s exactly the codes that the table gives it", (end) => {
    const schema = codeSchema(end);
    const accepted = codes.filter((code) => schema.safeParse(code).success);
    expect(accepted).toEqual(Object.entries(CODES).flatMap(([code, codeEnd]) => (codeEnd === end ? [code] : [])));
    expect(accepted.length).toBeGreaterThan(0);
  });

  it("accepts the codes of several ends together", () => {
    const schema = codeSchema("refused", "deferred");
    expect(schema.safeParse("document_encrypted").success).toBe(true);
    expect(schema.safeParse("erp_unavailable").success).toBe(true);
    expect(schema.safeParse("erp_rejected").success).toBe(false);
  });

  it("belong to known ends and are spelled so that they pass as label, path and log token", () => {
    expect(Object.values(CODES).filter((end) => !ends.includes(end))).toEqual([]);
    expect(codes.filter((code) => !/^[a-z]+(?:_[a-z]+)*$/.test(code))).toEqual([]);
  });

  it.each(["", "toString", "constructor", "__proto__", "document_encrypted ", "Invoice 4711"])("refuses %j", (text) => {
    expect(codeSchema(...ends).safeParse(text).success).toBe(false);
  });
});
