import { z } from "zod";
import { bigintArray, byteaArray, type Cell, textArray, uuidArray } from "./binary-array.ts";

/**
 * A table is described once, as a zod object of these columns: what is written, what is read, and how it is typed all come
 * from that description. Rows hold strings, numbers, bytes and null only; times and days are ISO 8601 strings in UTC.
 */

type SqlType = "uuid" | "text" | "bigint" | "timestamptz" | "date" | "bytea";

/** Each column's schema reads what the driver hands out; its SQL type is registered beside it. */
const sqlTypes = z.registry<{ readonly sql: SqlType }>();

export const uuid = z.string().register(sqlTypes, { sql: "uuid" });
export const text = z.string().register(sqlTypes, { sql: "text" });
/** The driver hands bigint out as a string; every count of the closed list is a safe integer. */
export const bigint = z.string().transform(Number).register(sqlTypes, { sql: "bigint" });
export const time = z
  .date()
  .transform((at) => at.toISOString())
  .register(sqlTypes, { sql: "timestamptz" });
/** A day of UTC: `2026-11-23`. */
export const day = z.iso.date().register(sqlTypes, { sql: "date" });

export const bytes = z.instanceof(Buffer).register(sqlTypes, { sql: "bytea" });

export const optionalUuid = uuid.nullable().register(sqlTypes, { sql: "uuid" });
export const optionalText = text.nullable().register(sqlTypes, { sql: "text" });
export const optionalBigint = bigint.nullable().register(sqlTypes, { sql: "bigint" });
export const optionalTime = time.nullable().register(sqlTypes, { sql: "timestamptz" });
export const optionalDay = day.nullable().register(sqlTypes, { sql: "date" });
export const optionalBytes = bytes.nullable().register(sqlTypes, { sql: "bytea" });

/** A text column whose values are the given words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words).register(sqlTypes, { sql: "text" });
}

type Row = Readonly<Record<string, Cell>>;

/** The columns' names, as a list in SQL. */
export function columnList(table: z.ZodObject): string {
  return Object.keys(table.shape).join(", ");
}

/**
 * A relation made of one array parameter per column: one statement of fixed text for any number of rows, and no value ever in
 * a statement's text. `columnArrays` makes its parameters. Arrays are taken apart side by side in the list of a SELECT: as
 * `FROM unnest(…, …)` PostgreSQL would first store each of them in full.
 */
export function unnestedRows(table: z.ZodObject): string {
  return `(SELECT ${unnestedColumns(table).join(", ")}) AS batch`;
}

/** The same with one column more: `ordinality`, the row's number among them, from 1. */
export function numberedRows(table: z.ZodObject): string {
  const numbers = `generate_series(1::bigint, cardinality(${arrayParameters(table)[0]})) AS ordinality`;
  return `(SELECT ${[...unnestedColumns(table), numbers].join(", ")}) AS batch`;
}

function unnestedColumns(table: z.ZodObject): string[] {
  const names = Object.keys(table.shape);
  return arrayParameters(table).map((parameter, index) => `unnest(${parameter}) AS ${names[index]}`);
}

function arrayParameters(table: z.ZodObject): string[] {
  return Object.entries(table.shape).map(([name, column], index) => `$${index + 1}::${sqlTypeOf(name, column)}[]`);
}

/** The parameters of `unnestedRows`: for each column, its values in the order of `rows`. */
export function columnArrays(table: z.ZodObject, rows: readonly Row[]): ArrayParameter[] {
  return Object.entries(table.shape).map(([name, column]) => {
    const write = ARRAYS[sqlTypeOf(name, column)];
    return write(rows.map((row) => row[name] ?? null));
  });
}

/** Written here because the driver asks of every single value what it might be. A buffer is PostgreSQL's binary form. */
type ArrayParameter = Buffer | string;

const ARRAYS: Readonly<Record<SqlType, (cells: readonly Cell[]) => ArrayParameter>> = {
  uuid: uuidArray,
  text: textArray,
  bigint: bigintArray,
  bytea: byteaArray,
  // What is a time and what is not is for PostgreSQL to say.
  timestamptz: arrayAsText,
  date: arrayAsText,
};

/** As text (manual, 8.15.6). */
function arrayAsText(cells: readonly Cell[]): string {
  return `{${cells.map((cell) => cell ?? "NULL").join(",")}}`;
}

function sqlTypeOf(name: string, column: z.core.$ZodType): SqlType {
  const registered = sqlTypes.get(column);
  if (registered === undefined) throw new TypeError(`column ${name} has no SQL type`);
  return registered.sql;
}

/** How a column's values look to callers of the API, as JSON Schema beyond what zod knows of a transformed value. */
const JSON_FORMS: Readonly<Record<SqlType, object>> = {
  uuid: { type: "string", format: "uuid" },
  text: {},
  bigint: { type: "integer" },
  timestamptz: { type: "string", format: "date-time" },
  date: { type: "string", format: "date" },
  // Bytes are never shown.
  bytea: {},
};

/** The JSON Schema of a column; nothing for any other schema, nor for the nullable form, whose parts say it all. */
export function describeColumn(schema: z.core.$ZodType): object {
  const registered = sqlTypes.get(schema);
  return registered === undefined || schema instanceof z.ZodNullable ? {} : JSON_FORMS[registered.sql];
}
