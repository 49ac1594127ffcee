import { DEFAULT_EXTRACTION_POLICY } from "@flowstate/contracts";
import { GhostBytes } from "@flowstate/ghost";
import { type GeminiRequest, type ScriptedAnswer, startGemini } from "@flowstate/local/doubles/gemini.ts";
import type { DocumentToExtract, ProviderAnswer } from "../../extraction-provider.ts";
import { recordingLogger } from "../../testing/transfer-call.ts";
import type { Pacing } from "../pacing.ts";
import { geminiProvider } from "../provider.ts";
import { GeminiTransport } from "../transport.ts";

export const KEY = "AIza-test-key";
export const PDF = Buffer.from("%PDF-1.7 whatever it says");

export interface Question {
  /** What Gemini does, request by request; afterwards it behaves. */
  readonly script?: readonly ScriptedAnswer[];
  /** What Gemini does whenever nothing is scripted. */
  readonly always?: ScriptedAnswer;
  readonly apiKey?: string;
  readonly pdf?: Buffer;
  /** Time for the document, milliseconds. Only pauses between requests pass it. Default 30 s. */
  readonly remainingMs?: number;
  readonly document?: Partial<DocumentToExtract>;
}

export interface Asked {
  readonly answer: ProviderAnswer;
  readonly attempts: number;
  readonly requests: readonly GeminiRequest[];
  readonly lines: readonly Record<string, unknown>[];
  /** The pauses between requests, milliseconds. No time passed in them. */
  readonly pauses: readonly number[];
}

/** Asks Gemini about one document, through everything that is real but time. */
export async function askGemini(question: Question = {}): Promise<Asked> {
  const { always } = question;
  await using gemini = await startGemini({ apiKey: KEY, ...(always !== undefined && { answer: () => always }) });
  gemini.script(...(question.script ?? []));
  const baseUrl = new URL(gemini.url);
  await using transport = new GeminiTransport(baseUrl);
  using _installed = transport.install();
  const { logger, lines } = recordingLogger();
  const { pacing, pauses } = pausesOnly();
  const apiKey = question.apiKey ?? KEY;
  const provider = geminiProvider({ apiKey, baseUrl, model: "gemini-2.5-flash", transport, logger, pacing });
  using content = GhostBytes.taking(Buffer.from(question.pdf ?? PDF));
  const answer = await provider.extract({
    content,
    eInvoice: { state: "absent" },
    policy: DEFAULT_EXTRACTION_POLICY,
    signal: new AbortController().signal,
    remainingMs: () => (question.remainingMs ?? 30_000) - pacing.now(),
    ...question.document,
  });
  return { answer, attempts: gemini.attempts, requests: [...gemini.requests], lines, pauses };
}

/** A clock that only pauses advance, and chance that always falls on the shortest one. */
export function pausesOnly(): { readonly pacing: Pacing; readonly pauses: number[] } {
  const pauses: number[] = [];
  const pacing: Pacing = {
    now: () => pauses.reduce((sum, pause) => sum + pause, 0),
    sleep: async (milliseconds) => void pauses.push(milliseconds),
    random: () => 0,
  };
  return { pacing, pauses };
}
