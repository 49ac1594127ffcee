import { GhostBytes } from "@flowstate/ghost";
import { pagePdf } from "@flowstate/local/fixtures/page-pdf.ts";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { DocumentReader } from "../pdf/document-reader.ts";
import { drainPages } from "./drain-pages.ts";

// Real: the parser threads, as the reader of documents has them. Doubled: draining, which is counted.

vi.mock(import("./drain-pages.ts"), () => ({ drainPages: vi.fn(() => Promise.resolve()) }));
const drained = vi.mocked(drainPages);
beforeEach(() => void drained.mockClear());

/** Of a machine that is busy with other suites. */
const WAIT = { timeout: 20_000, interval: 20 };

async function read(reader: DocumentReader, signal = new AbortController().signal): Promise<string> {
  using content = GhostBytes.taking(Buffer.from(pagePdf("BT /F 10 Tf 1 0 0 1 40 700 Tm (Invoice 4711) Tj ET")));
  const { result } = await reader.read(content, signal);
  return result;
}

describe("behind the threads of documents that were read", () => {
  it("is drained once when nothing more is read, however many they were", async () => {
    await using reader = await DocumentReader.start({ concurrency: 2 });
    expect(await Promise.all([read(reader), read(reader), read(reader)])).toEqual(["opened", "opened", "opened"]);
    expect(drained).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(drained).toHaveBeenCalled(), WAIT);
    expect(drained).toHaveBeenCalledTimes(1);
  });

  it("is not drained when none was", async () => {
    await using _reader = await DocumentReader.start();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(drained).not.toHaveBeenCalled();
  });
});
