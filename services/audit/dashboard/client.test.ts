// Real: the page's client of the API and its times. Nothing is doubled: no request is made.
import { describe, expect, it } from "vitest";
import { createClient } from "./page/api/client.js";
import { utcDayOf } from "./page/format/time.js";

describe("a key that no header can carry", () => {
  it.each(["ключ", "two words", "line\nbreak"])("is a wrong one, and is not sent: %j", async (key) => {
    await expect(createClient(key).get("/api/session")).rejects.toMatchObject({ failure: "wrong_key" });
  });
});

describe("a day of statistics", () => {
  it("is named by UTC, whatever the reader's clock says", () => {
    expect(utcDayOf("2026-11-28T00:00:00.000Z")).toBe("28 Nov");
    expect(utcDayOf("2026-11-28T23:59:59.999Z")).toBe("28 Nov");
  });
});
