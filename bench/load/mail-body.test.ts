import { describe, expect, it } from "vitest";
import { MailBody } from "./mail-body.ts";

describe("a mail that is sent many times", () => {
  const mail = new MailBody("documents@demo.example", 10_000);
  const sent = (number: number) => Buffer.concat(mail.pieces(number)).toString("latin1");

  it("has an id of its own each time, and is otherwise the same", () => {
    expect(sent(1)).not.toBe(sent(2));
    expect(sent(1)).toMatch(/Message-ID: <0+1@supplier\.example>/);
    expect(sent(2).replace("2@supplier", "1@supplier")).toBe(sent(1));
  });

  it("is as long as it says, and shares its document", () => {
    expect(sent(7)).toHaveLength(mail.length);
    expect(mail.pieces(1)[1]).toBe(mail.pieces(2)[1]);
  });
});
