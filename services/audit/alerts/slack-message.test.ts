// Real: the message's text. Doubled: the alerts.
import { describe, expect, it } from "vitest";
import type { Alert } from "./alert.ts";
import { slackMessage } from "./slack-message.ts";

const NOW = new Date("2026-11-28T10:12:00.000Z");
const PAGE = new URL("https://audit.example.com/");
const alert: Alert = {
  rule: "documents_held_by_erp",
  tenant_id: "acme",
  affected: 3,
  code: "erp_unavailable",
  document_id: "0b8e7a2c-90c4-8f64-8d5e-5d1f2c3b4a02",
  opened_at: "2026-11-28T10:00:00.000Z",
  quiet_since: null,
  told_at: null,
};
const messageOf = (opened: readonly Alert[], recovered: readonly Alert[], page: URL | undefined = PAGE) =>
  slackMessage({ alerts: [], opened, recovered }, page, NOW);

describe("the message to Slack", () => {
  it("says rule, tenant, code, how many, and links the latest document", () => {
    expect(messageOf([alert], [])).toBe(
      ":rotating_light: *documents_held_by_erp* · acme · erp_unavailable · 3 affected · latest " +
        "<https://audit.example.com/#/documents/0b8e7a2c-90c4-8f64-8d5e-5d1f2c3b4a02|0b8e7a2c-90c4-8f64-8d5e-5d1f2c3b4a02>\n" +
        "an ERP has not taken documents for over ten minutes; their senders keep them",
    );
  });

  it("names the document without a link where nobody said where the page is", () => {
    expect(slackMessage({ alerts: [], opened: [alert], recovered: [] }, undefined, NOW)).not.toContain("<");
  });

  it("says what is over, and after how long", () => {
    expect(messageOf([], [alert])).toBe(":white_check_mark: *documents_held_by_erp* is over · acme · after 12 min");
  });

  it("does not call mended what is over because senders have given up", () => {
    const givenUp: Alert = { ...alert, rule: "documents_given_up" };
    const textOf = (tenant: string) =>
      slackMessage({ alerts: [alert, { ...givenUp, tenant_id: tenant }], opened: [], recovered: [alert] }, PAGE, NOW);
    expect(textOf("acme")).toMatch(/^:no_entry: .*is over.*not mended: senders have given up$/);
    expect(textOf("globex")).toMatch(/^:white_check_mark: .*after 12 min$/);
  });

  it("is one for everything that there is to tell", () => {
    const text = messageOf([alert, { ...alert, tenant_id: "globex" }], [{ ...alert, rule: "documents_held" }]);
    expect(text?.match(/:rotating_light:|:white_check_mark:/g)).toHaveLength(3);
  });

  it("stays short, however much is wrong", () => {
    const many = Array.from({ length: 500 }, (_, n) => ({ ...alert, tenant_id: `tenant-${n}` }));
    const text = messageOf(many, []) ?? "";
    expect(text.length).toBeLessThan(10_000);
    expect(text).toMatch(/… and 480 more$/);
  });

  it("is none when there is nothing to tell", () => {
    expect(messageOf([], [])).toBeUndefined();
  });

  it("names no tenant for what is no tenant's", () => {
    const nobodys = { ...alert, rule: "events_set_aside", tenant_id: "_", code: null, document_id: null } as const;
    expect(messageOf([nobodys], [])).toBe(
      ":rotating_light: *events_set_aside* · 3 affected\nmessages on the stream were no events, and were set aside",
    );
  });
});
