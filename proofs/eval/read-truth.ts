import { readFile } from "node:fs/promises";
import { type EmbeddedFile, embeddedFiles } from "../../deploy/local/fixtures/embedded-files.ts";
import { type Truth, xmlTruth } from "./xml-truth.ts";

export interface FoundTruth {
  readonly facts: Truth;
  /** Whether it is the data inside the document, which has codes where a page has words. */
  readonly isData: boolean;
}

/**
 * What a document states, from the `.json` beside it (`invoice.pdf` → `invoice.json`: an extraction, or any part of one) or
 * from the e-invoice inside. Undefined when there is neither. Throws for a `.json` that is none.
 */
export async function readTruth(path: string, pdf: Uint8Array): Promise<FoundTruth | undefined> {
  const beside = await truthBeside(path);
  if (beside !== undefined) return { facts: beside, isData: false };
  const inside = await truthInside(pdf);
  return inside === undefined ? undefined : { facts: inside, isData: true };
}

async function truthBeside(path: string): Promise<Truth | undefined> {
  const beside = path.replace(/\.pdf$/i, ".json");
  const text = await readFile(beside, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const truth: unknown = JSON.parse(text);
  if (typeof truth !== "object" || truth === null || Array.isArray(truth))
    throw new Error(`${beside} is no JSON object`);
  return Object.fromEntries(Object.entries(truth));
}

async function truthInside(pdf: Uint8Array): Promise<Truth | undefined> {
  // What this library cannot open has no truth; the extractor's own answer is reported all the same.
  const files = await embeddedFiles(pdf).catch((): readonly EmbeddedFile[] => []);
  for (const { name, bytes } of files) {
    const truth = /\.xml$/i.test(name) ? xmlTruth(bytes) : undefined;
    if (truth !== undefined) return truth;
  }
  return undefined;
}
