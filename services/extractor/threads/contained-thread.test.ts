import { GhostBytes } from "@flowstate/ghost";
import { busyPagesPdf } from "@flowstate/local/fixtures/burning-pages.ts";
import { pagePdf } from "@flowstate/local/fixtures/page-pdf.ts";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { DocumentReader } from "../pdf/document-reader.ts";
import { ParserThread } from "../pdf/parser-thread.ts";
import { ContainedThread } from "./contained-thread.ts";
import { drainPages } from "./drain-pages.ts";

// Real: the parser threads, as the reader of documents has them. Doubled: draining, which is counted.

vi.mock(import("./drain-pages.ts"), () => ({ drainPages: vi.fn(() => Promise.resolve()) }));
const drained = vi.mocked(drainPages);
beforeEach(() => void drained.mockClear());

/** Of a machine that is busy with other suites. */
const WAIT = { timeout: 20_000, interval: 20 };

const MIB = 1024 * 1024;
const ONE_PAGE = pagePdf("BT /F 10 Tf 1 0 0 1 40 700 Tm (Invoice 4711) Tj ET");

async function read(reader: DocumentReader, signal = new AbortController().signal, pdf = ONE_PAGE): Promise<string> {
  using content = GhostBytes.taking(Buffer.from(pdf));
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

  it("is drained when one was ended that was still loading: it may hold what a finished one left", async () => {
    const thread = new ContainedThread(await ParserThread.program());
    thread.ready().catch(() => {});
    await thread.terminate();
    await vi.waitFor(() => expect(drained).toHaveBeenCalledTimes(1), WAIT);
  });

  it("begins none that waits for a document before it is drained behind one that was cut short", async () => {
    await using reader = await DocumentReader.start({ concurrency: 2 });
    const draining = Promise.withResolvers<void>();
    drained.mockImplementationOnce(() => draining.promise);
    const begun = vi.fn();
    process.on("worker", begun);
    onTestFinished(() => void process.off("worker", begun));
    const leaving = new AbortController();
    const cutShort = read(reader, leaving.signal, busyPagesPdf(300 * MIB));
    await vi.waitFor(() => expect(begun).toHaveBeenCalledTimes(1), WAIT);
    leaving.abort();
    expect(await cutShort).toBe("stopped");
    await vi.waitFor(() => expect(drained).toHaveBeenCalledTimes(1), WAIT);
    expect(await read(reader)).toBe("opened");
    expect(begun).toHaveBeenCalledTimes(1);
    draining.resolve();
    await vi.waitFor(() => expect(begun).toHaveBeenCalledTimes(2), WAIT);
  });
});
