import { expect, it } from "vitest";
import { PAGE_HEADERS } from "../../../services/audit/dashboard/page-headers.ts";
import { checkAnswers } from "./check-answers.ts";

function faultOf(headers: Readonly<Record<string, string>>) {
  const answer = { status: 200, headers: new Map(Object.entries(headers)), body: Buffer.from("x") };
  return checkAnswers(answer.body, [answer], () => true);
}

it("knows the headers of answers, and those of the dashboard's page with the values that they always have", () => {
  expect(faultOf({ "content-type": "text/html", etag: '"1"' })).toBeUndefined();
  expect(faultOf(PAGE_HEADERS)).toBeUndefined();
});

it.each([
  { "x-powered-by": "somebody" },
  { "x-frame-options": "what was sent" },
  { ...PAGE_HEADERS, "content-security-policy": "default-src *" },
])("finds %j", (headers) => {
  expect(faultOf(headers)?.kind).toBe("body");
});
