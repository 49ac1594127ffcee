import { z } from "zod";

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

type Cell = string | number | Buffer | null;
type Row = Readonly<Record<string, Cell>>;

/** The columns' names, as a list in SQL. */
export function columnList(table: z.ZodObject): string {
  return Object.keys(table.shape).join(", ");
}

/**
 * A relation made of one array parameter per column, `unnest($1::uuid[], …) AS batch (event_id, …)`: one statement of
 * fixed text for any number of rows, and no value ever in a statement's text. `columnArrays` makes its parameters.
 */
export function unnestedRows(table: z.ZodObject): string {
  return `unnest(${arrayParameters(table)}) AS batch (${columnList(table)})`;
}

/** The same with one column more: `ordinality`, the row's number among them, from 1. */
export function numberedRows(table: z.ZodObject): string {
  return `unnest(${arrayParameters(table)}) WITH ORDINALITY AS batch (${columnList(table)}, ordinality)`;
}

function arrayParameters(table: z.ZodObject): string {
  return Object.entries(table.shape)
    .map(([name, column], index) => `$${index + 1}::${sqlTypeOf(name, column)}[]`)
    .join(", ");
}

/**
 * The parameters of `unnestedRows`: for each column, its values in the order of `rows`, as PostgreSQL writes an array
 * (manual, 8.15.6). Written here because the driver asks of every single value what it might be.
 */
export function columnArrays(table: z.ZodObject, rows: readonly Row[]): string[] {
  return Object.entries(table.shape).map(([name, column]) => {
    const write = WRITERS[sqlTypeOf(name, column)];
    const cells = rows.map((row) => {
      const cell = row[name] ?? null;
      return cell === null ? "NULL" : write(cell);
    });
    return `{${cells.join(",")}}`;
  });
}

const NEEDS_ESCAPE = /["\\]/;

/** A text could look like NULL, or like a part of the array around it. */
function quoted(cell: Exclude<Cell, null>): string {
  const text = String(cell);
  return `"${NEEDS_ESCAPE.test(text) ? text.replace(/["\\]/g, "\\$&") : text}"`;
}

/** As PostgreSQL writes bytes in hexadecimal digits, with the backslash of an array. */
function hexadecimal(cell: Exclude<Cell, null>): string {
  return `"\\\\x${Buffer.isBuffer(cell) ? cell.toString("hex") : ""}"`;
}

const WRITERS: Readonly<Record<SqlType, (cell: Exclude<Cell, null>) => string>> = {
  uuid: String,
  bigint: String,
  timestamptz: String,
  date: String,
  text: quoted,
  bytea: hexadecimal,
};

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
