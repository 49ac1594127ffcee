// Real: the calendar of partitions. Doubled: nothing.
import { expect, it } from "vitest";
import { partitionOfDay } from "./event-partitions.ts";

it.each([
  ["2026-11-01", { name: "events_2026_11", from: "2026-11-01", until: "2026-12-01" }],
  ["2026-11-30", { name: "events_2026_11", from: "2026-11-01", until: "2026-12-01" }],
  ["2026-12-31", { name: "events_2026_12", from: "2026-12-01", until: "2027-01-01" }],
  ["2028-02-29", { name: "events_2028_02", from: "2028-02-01", until: "2028-03-01" }],
])("%s belongs to the partition of its month", (day, partition) => {
  expect(partitionOfDay(day)).toEqual(partition);
});
