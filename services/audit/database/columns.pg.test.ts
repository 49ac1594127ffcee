// Real: PostgreSQL, which reads the arrays and hands their values out again. Doubled: nothing.
import { testDatabase } from "@flowstate/local/testing/test-database.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { testPool } from "../testing/audit-database.ts";
import {
  columnArrays,
  columnList,
  numberedRows,
  optionalBigint,
  optionalBytes,
  optionalDay,
  optionalText,
  optionalTime,
  optionalUuid,
  unnestedRows,
} from "./columns.ts";

const table = z.object({
  uuid: optionalUuid,
  text: optionalText,
  bigint: optionalBigint,
  time: optionalTime,
  day: optionalDay,
  bytes: optionalBytes,
});

/** Any text that PostgreSQL can store: it has no character U+0000, and takes well-formed Unicode only. */
const storableText = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\0", "").toWellFormed());
const moment = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true })
  .map((date) => date.toISOString());
const row = fc.record({
  uuid: fc.option(fc.uuid()),
  text: fc.option(
    fc.oneof(storableText, fc.constantFrom("NULL", "", "{}", '"', "\\", ",", "a,b", '{"a\\"}', " ", "\n", "'; --")),
  ),
  bigint: fc.option(fc.maxSafeInteger()),
  time: fc.option(moment),
  day: fc.option(moment.map((time) => time.slice(0, 10))),
  bytes: fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
});

it("rows of whatever values come out of the database as they went in", async () => {
  await using database = await testDatabase();
  const pool = testPool(database.url);
  const readBack = async (relation: string, rows: Parameters<typeof columnArrays>[1]) =>
    (await pool.query(`SELECT * FROM ${relation}`, columnArrays(table, rows))).rows;
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
      expect(table.array().parse(await readBack(unnestedRows(table), rows))).toEqual(rows);
      const numbered = await readBack(
        `(SELECT ordinality, ${columnList(table)} FROM ${numberedRows(table)}) AS t`,
        rows,
      );
      expect(numbered.map(({ ordinality }) => Number(ordinality))).toEqual(rows.map((_row, index) => index + 1));
      expect(table.array().parse(numbered)).toEqual(rows);
    }),
    { numRuns: 200 },
  );
  await pool.end();
});
