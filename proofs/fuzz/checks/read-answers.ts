import type { RawAnswer } from "./check-answers.ts";

const HEAD_END = "\r\n\r\n";
const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [^\r\n]*$/;
const HEADER_LINE = /^([!#$%&'*+.^_`|~\w-]+): ?([\x20-\x7e]*)$/;

/**
 * All answers that came on a connection, in order; the last may be cut off, as that of a stream is. Undefined when the bytes
 * are anything else. Strict, unlike a client: what is answered has one spelling.
 */
export function readAnswers(received: Buffer): readonly RawAnswer[] | undefined {
  const answers: RawAnswer[] = [];
  let at = 0;
  while (at < received.length) {
    const end = received.indexOf(HEAD_END, at);
    if (end === -1) return undefined;
    const [statusLine = "", ...lines] = received.subarray(at, end).toString("latin1").split("\r\n");
    const status = Number(STATUS_LINE.exec(statusLine)?.[1]);
    const headers = headersOf(lines);
    if (Number.isNaN(status) || headers === undefined) return undefined;
    const bodyStart = end + HEAD_END.length;
    if (status < 200) {
      at = bodyStart;
      continue;
    }
    const read = bodyOf(received, bodyStart, status, headers);
    if (read === undefined) return undefined;
    answers.push({ status, headers, body: read.body });
    at = read.next;
  }
  return answers;
}

function headersOf(lines: readonly string[]): ReadonlyMap<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined || headers.has(name.toLowerCase())) return undefined;
    headers.set(name.toLowerCase(), value);
  }
  return headers;
}

function bodyOf(
  received: Buffer,
  start: number,
  status: number,
  headers: ReadonlyMap<string, string>,
): { readonly body: Buffer; readonly next: number } | undefined {
  const none = { body: Buffer.alloc(0), next: start };
  // The answer to HEAD names the length of what another method would be answered.
  const endsHere = start === received.length || received.subarray(start, start + 5).toString() === "HTTP/";
  if (status === 204 || status === 304 || endsHere) return none;
  if (headers.get("transfer-encoding") === "chunked") return chunkedBody(received, start);
  const length = headers.get("content-length");
  const next = length === undefined ? received.length : start + Number(length);
  return { body: received.subarray(start, next), next: Math.min(next, received.length) };
}

function chunkedBody(received: Buffer, start: number): { readonly body: Buffer; readonly next: number } | undefined {
  const pieces: Buffer[] = [];
  let at = start;
  while (at < received.length) {
    const lineEnd = received.indexOf("\r\n", at);
    const size = Number.parseInt(received.subarray(at, lineEnd).toString("latin1"), 16);
    if (lineEnd === -1 || Number.isNaN(size)) return undefined;
    const from = lineEnd + 2;
    pieces.push(received.subarray(from, from + size));
    at = from + size + 2;
    if (size === 0) break;
  }
  return { body: Buffer.concat(pieces), next: Math.min(at, received.length) };
}
