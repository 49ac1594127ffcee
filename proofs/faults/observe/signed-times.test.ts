// Real: the comparison. Doubled: deliveries, as the ERP's double tells of them.
import { expect, it } from "vitest";
import { SignedTimes } from "./signed-times.ts";

const RECEIVED_AT = "2026-11-28T10:00:00.000Z";
const DAY_S = 24 * 3_600;

function delivery(signedS: number) {
  const signed = Date.parse(RECEIVED_AT) / 1_000 + signedS;
  return { received_at: RECEIVED_AT, verified: true, headers: { "webhook-timestamp": String(signed) }, body: null };
}

it("counts the times that an ERP cannot accept, too old or too young", () => {
  const times = new SignedTimes();
  for (const signedS of [0, -299, 299, DAY_S, -DAY_S]) times.note(delivery(signedS));
  expect(times.wrong).toBe(2);
});

it("counts no request that says nothing of its time", () => {
  const times = new SignedTimes();
  times.note({ ...delivery(0), headers: {} });
  expect(times.wrong).toBe(0);
});
