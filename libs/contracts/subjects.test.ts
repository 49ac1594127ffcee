import { describe, expect, it } from "vitest";
import { EVENT_TYPES } from "./events.ts";
import { tenantIdSchema } from "./ids.ts";
import {
  DOCUMENTS_PREFIX,
  EVENTS_PREFIX,
  eventSubject,
  inboxPrefix,
  TRANSFER_SERVICES,
  transferFramesSubject,
  transferOpenSubject,
} from "./subjects.ts";

/* Real: the subject builders. Nothing is doubled. */

const tenant = tenantIdSchema.parse("acme");
const transferId = "0123456789abcdef0123456789abcdef";

describe("subjects", () => {
  it("of events run from general to specific, so that one wildcard grants one right", () => {
    expect(eventSubject("document.delivered", tenant)).toBe("flowstate.events.document.delivered.acme");
  });

  it("of events without a tenant use a token that no tenant can have", () => {
    expect(eventSubject("mail.unroutable", undefined)).toBe("flowstate.events.mail.unroutable._");
    expect(tenantIdSchema.safeParse("_").success).toBe(false);
  });

  it("of the two accounts never overlap", () => {
    expect(DOCUMENTS_PREFIX.startsWith(EVENTS_PREFIX)).toBe(false);
    expect(EVENTS_PREFIX.startsWith(DOCUMENTS_PREFIX)).toBe(false);
  });

  it.each(TRANSFER_SERVICES)("of transfers to %s lie under the one prefix it may listen to", (service) => {
    const own = `${DOCUMENTS_PREFIX}.${service}.`;
    expect(transferOpenSubject(service).startsWith(own)).toBe(true);
    expect(transferFramesSubject(service, transferId)).toBe(`${own}frames.${transferId}`);
  });

  it("hold no wildcard, no space and no empty token", () => {
    const subjects = [
      ...EVENT_TYPES.map((type) => eventSubject(type, tenant)),
      ...TRANSFER_SERVICES.flatMap((service) => [
        transferOpenSubject(service),
        transferFramesSubject(service, transferId),
      ]),
    ];
    for (const subject of subjects) {
      expect(
        subject.split(".").filter((token) => !/^[A-Za-z0-9_-]+$/.test(token)),
        subject,
      ).toEqual([]);
    }
  });
});

describe("inbox prefixes", () => {
  it("differ between identities and are one token, so that no identity can listen to another's replies", () => {
    const identities = ["ingest-documents", "ingest-events", "extractor", "erp-pusher", "audit", "admin"];
    const prefixes = identities.map(inboxPrefix);
    expect(new Set(prefixes).size).toBe(identities.length);
    expect(prefixes.filter((prefix) => !/^_INBOX_[a-z_]+$/.test(prefix))).toEqual([]);
    for (const prefix of prefixes) {
      expect(prefixes.filter((other) => other !== prefix && other.startsWith(`${prefix}.`))).toEqual([]);
    }
  });
});
