import { describe, expect, it } from "vitest";
import { PAGE_HEADERS } from "../../../services/audit/dashboard/page-headers.ts";
import { CANARY } from "./canary.ts";
import { checkAnswers, isMute, takenOf } from "./check-answers.ts";
import { readAnswers } from "./read-answers.ts";

const answer = (status: number, body: string, ...headers: string[]) =>
  Buffer.from(
    [`HTTP/1.1 ${status} Word`, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, "", body].join("\r\n"),
  );
const page = Object.entries(PAGE_HEADERS).map(([name, value]) => `${name}: ${value}`);
const faultOf = (received: Buffer, isFine = true) => checkAnswers(received, readAnswers(received), () => isFine)?.kind;

describe("answers", () => {
  it.each([
    ["one of an endpoint", answer(200, "{}")],
    ["a refusal", answer(400, '{"error":"malformed_request"}')],
    ["two behind each other", Buffer.concat([answer(200, "{}"), answer(503, '{"error":"temporarily_unavailable"}')])],
    ["one in chunks", Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")],
    ["one to HEAD", Buffer.from("HTTP/1.1 405 Word\r\nContent-Length: 30\r\n\r\n")],
    ["the dashboard's page", answer(200, "<!doctype html>", ...page, 'ETag: "1"')],
    ["none", Buffer.alloc(0)],
  ])("are right: %s", (_name, received) => {
    expect(faultOf(received)).toBeUndefined();
  });

  it.each([
    ["server_error", answer(500, '{"error":"internal_error"}')],
    ["server_error", answer(502, "")],
    ["body", answer(400, '{"error":"malformed_request","message":"x"}')],
    ["body", answer(400, '{"error":"not_found"}')],
    ["body", answer(400, "")],
    ["body", Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")],
    ["body", Buffer.from("HTTP/1.1 417 Word\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")],
    ["body", answer(200, "{}", "Server: x")],
    ["body", answer(200, "{}", "X-Frame-Options: of another value")],
    ["body", Buffer.from("no HTTP at all")],
    ["echo", answer(200, CANARY)],
    ["echo", answer(200, "{}", `Content-Disposition: ${CANARY}`)],
  ])("are %s otherwise", (kind, received) => {
    expect(faultOf(received)).toBe(kind);
  });

  it("are wrong below 400 when the endpoint answers nothing like it", () => {
    expect(faultOf(answer(200, "{}"), false)).toBe("body");
  });
});

const readIn = (...received: readonly Buffer[]) => readAnswers(Buffer.concat(received));
const busy = answer(503, '{"error":"temporarily_unavailable"}');

it("say nothing of what is behind the door when there is none, or only that it is closed for now", () => {
  expect([readIn(), readIn(busy, busy), readIn(busy, answer(200, "{}")), readIn(answer(400, "x"))].map(isMute)).toEqual(
    [true, true, false, false],
  );
});

it("say that something was accepted when one of them does", () => {
  expect([readIn(), readIn(busy), readIn(busy, answer(202, "{}"))].map(takenOf)).toEqual([
    "refused",
    "refused",
    "accepted",
  ]);
});
