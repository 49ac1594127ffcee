// Real: the classification and the driver's error class. Doubled: the errors, made here as the driver makes them.
import { DatabaseError } from "pg";
import { describe, expect, it } from "vitest";
import { classifyDatabaseError } from "./database-error.ts";

function databaseError(code: string): DatabaseError {
  const error = new DatabaseError("message", 0, "error");
  error.code = code;
  return error;
}

describe("a failed call into the database", () => {
  it.each([
    ["08006", "temporary"], // connection failure
    ["28P01", "temporary"], // wrong password
    ["3D000", "temporary"], // no such database
    ["40P01", "temporary"], // deadlock
    ["53300", "temporary"], // too many connections
    ["53100", "temporary"], // disk full
    ["55P03", "temporary"], // lock timeout
    ["57014", "temporary"], // statement timeout
    ["57P01", "temporary"], // shutdown
    ["57P03", "temporary"], // starting up
    ["58030", "temporary"], // I/O error
    ["25006", "temporary"], // read-only
    ["42704", "temporary"], // no such role
    ["42P01", "temporary"], // no such table
    ["22008", "refused"], // no such time
    ["22P02", "refused"], // not of the type
    ["23502", "invariant"], // null where none may be
    ["23505", "invariant"], // not unique
    ["42601", "invariant"], // syntax
    ["42703", "invariant"], // no such column
    ["42501", "invariant"], // no right
    ["XX000", "invariant"], // internal
    ["", "invariant"],
  ])("with SQLSTATE %s is %s", (code, kind) => {
    expect(classifyDatabaseError(databaseError(code))).toBe(kind);
  });

  it("without SQLSTATE is a connection that failed", () => {
    expect(classifyDatabaseError(Object.assign(new Error("refused"), { code: "ECONNREFUSED" }))).toBe("temporary");
    expect(classifyDatabaseError(new AggregateError([], "no address answered"))).toBe("temporary");
    expect(classifyDatabaseError(new Error("Query read timeout"))).toBe("temporary");
  });

  it("is a bug when it is no failure of the database at all", () => {
    expect(classifyDatabaseError(new TypeError("undefined is not a function"))).toBe("invariant");
    expect(classifyDatabaseError("thrown")).toBe("invariant");
  });
});
