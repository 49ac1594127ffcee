import { ascii } from "../../mime/ascii.ts";
import { MultipartError } from "../multipart-error.ts";
import { type MultipartLimits, MultipartParser } from "../multipart-parser.ts";

/** A part as it was read, every byte as one character. */
interface ReadPart {
  readonly name: string;
  readonly filename: string | undefined;
  readonly contentType: string;
  content: Buffer;
  ended: boolean;
}

export type Outcome = { readonly parts: readonly ReadPart[]; readonly fault: MultipartError["reason"] | undefined };

export const LIMITS: MultipartLimits = {
  maxParts: 1_000,
  maxFields: 1_000,
  maxPartHeaderBytes: 16 * 1024,
  maxFilenameBytes: 4 * 1024,
};

/** How many bytes the next chunk has. */
export type ChunkBytes = () => number;

/**
 * Reads a body in chunks that are zeroed after each write, as the caller of the parser does it: content that is used later
 * than it may be is zero.
 */
export function readParts(
  body: Buffer | string,
  chunkBytes: ChunkBytes = () => body.length,
  { boundary = "b", limits = LIMITS }: { readonly boundary?: string; readonly limits?: MultipartLimits } = {},
): Outcome {
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : body;
  const parts: ReadPart[] = [];
  using parser = new MultipartParser(ascii(boundary), limits, (head) => {
    const part: ReadPart = {
      name: head.name.toString("latin1"),
      filename: head.filename?.toString("latin1"),
      contentType: head.contentType.toString("latin1"),
      content: Buffer.alloc(0),
      ended: false,
    };
    parts.push(part);
    return {
      take: (content) => {
        part.content = Buffer.concat([part.content, content]);
      },
      end: () => {
        part.ended = true;
      },
    };
  });
  try {
    for (let at = 0; at < bytes.length; ) {
      const chunk = Buffer.from(bytes.subarray(at, at + chunkBytes()));
      at += chunk.length;
      parser.write(chunk);
      chunk.fill(0);
    }
    parser.end();
    return { parts, fault: undefined };
  } catch (error) {
    if (!(error instanceof MultipartError)) throw error;
    return { parts, fault: error.reason };
  }
}

/** A body with one part per content, each a file called `f`. */
export function bodyOf(contents: readonly (Buffer | string)[], boundary = "b"): Buffer {
  const latin1 = (text: Buffer | string) => (typeof text === "string" ? Buffer.from(text, "latin1") : text);
  return Buffer.concat([
    ...contents.flatMap((content) => [
      latin1(`--${boundary}\r\nContent-Disposition: form-data; name="n"; filename="f"\r\n\r\n`),
      latin1(content),
      latin1("\r\n"),
    ]),
    latin1(`--${boundary}--\r\n`),
  ]);
}
