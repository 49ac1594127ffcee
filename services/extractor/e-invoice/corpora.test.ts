import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DEFAULT_EXTRACTION_POLICY, extractionSchema } from "@flowstate/contracts";
import { getDocumentProxy } from "unpdf";
import { describe, expect, it } from "vitest";
import { extractDocument } from "../extract-document.ts";
import { sanitiseFacts } from "../sanitise/sanitise-facts.ts";
import { ciiTruth } from "../testing/cii-truth.ts";
import { factsOf } from "../testing/facts-of.ts";
import { readerWithoutThread } from "../testing/reader-without-thread.ts";
import { callWith, recordingLogger } from "../testing/transfer-call.ts";
import { eInvoicePreference } from "./embedded-names.ts";
import { parseXml } from "./parse-xml.ts";
import { eInvoiceProvider } from "./provider.ts";
import { readFacts } from "./read-facts.ts";

// Real: invoices from outside (ZUGFeRD/corpus), which are not part of this repository, and the whole extractor without a
// model and without the thread that its parser runs in. The expected values come from the XML by a second route (`testing/cii-truth.ts`) that shares nothing with the
// parser and the mapping under test.

const root = path.resolve(import.meta.dirname, "../../..");
const folder = path.resolve(root, "../shared/corpora/einvoices");
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".pdf")) : [];

async function xmlIn(pdf: Uint8Array): Promise<Uint8Array> {
  const document = await getDocumentProxy(new Uint8Array(pdf), { verbosity: 0 });
  for (const name of (await document.getAttachments())?.keys() ?? []) {
    const content = eInvoicePreference(name) === undefined ? undefined : await document.getAttachmentContent(name);
    if (content instanceof Uint8Array) return content;
  }
  throw new Error("no XML inside");
}

/** How many values a test compared: a truth full of nulls would prove nothing. */
function statedIn(value: unknown): number {
  if (value === null || value === undefined) return 0;
  return typeof value === "object" ? Object.values(value).reduce<number>((sum, part) => sum + statedIn(part), 0) : 1;
}

describe("the e-invoice corpus", () => {
  it.skipIf(files.length === 0)("is all there (skipped where the corpus is absent)", () => {
    expect(files).toHaveLength(26);
  });

  it.skipIf(files.length === 0).each(files.length === 0 ? ["skipped"] : files)(
    "is read exactly, in every field: %s",
    async (file) => {
      const xml = await xmlIn(readFileSync(path.join(folder, file)));
      const truth = ciiTruth(new TextDecoder().decode(xml));
      const parsed = parseXml(xml);
      expect(parsed === undefined ? undefined : readFacts(parsed)).toEqual({ facts: truth, complete: true });
      expect(statedIn(truth)).toBeGreaterThan(30);
      for (const { amount, quantity, description } of truth.lines) {
        expect([amount, quantity, description]).not.toContain(null);
      }
    },
  );

  it.skipIf(files.length === 0).each(files.length === 0 ? ["skipped"] : files)(
    "reaches the ERP as it is, but for its white space: %s",
    async (file) => {
      const pdf = readFileSync(path.join(folder, file));
      const truth = ciiTruth(new TextDecoder().decode(await xmlIn(pdf)));
      const { outcome, content } = await extractDocument(
        {
          reader: readerWithoutThread,
          providers: { "e-invoice": eInvoiceProvider },
          policyOf: () => DEFAULT_EXTRACTION_POLICY,
          today: () => "2026-11-24",
          logger: recordingLogger().logger,
        },
        callWith(pdf),
      );
      using extraction = content;
      expect(outcome).toMatchObject({ result: "extracted", provider: "e-invoice" });
      const received = extractionSchema.parse(JSON.parse(extraction?.view().toString("utf8") ?? ""));
      expect(factsOf(received)).toEqual(sanitiseFacts(truth).facts);
      expect(received.lines.map(({ unit_code }) => unit_code)).toEqual(truth.lines.map(({ unit }) => unit));
    },
  );
});
