import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ConfigError, flag, outboundUrl, port, readConfig, refuseInsecureUrls, secret, wholeNumber } from "./config.ts";

/* Real: the reading of configuration, and files in a temporary folder. Doubled: the environment, an object. */

const shape = {
  LOCAL: flag(false),
  OPEN: flag(true),
  PORT: port(8080),
  LIMIT: wholeNumber({ min: 10, max: 1_000, fallback: 20 }),
  API_SECRET: secret(16),
  TARGET_URL: outboundUrl.optional(),
  NAME: z.string("is required"),
};
const schema = z.object(shape).superRefine(({ LOCAL, TARGET_URL }, context) => {
  refuseInsecureUrls(LOCAL, { TARGET_URL }, context);
});
const variables = Object.keys(shape);
const complete = { API_SECRET: "0123456789abcdef", NAME: "n" };

const read = (environment: NodeJS.ProcessEnv) => readConfig(schema, variables, environment);

/** The problems of a configuration that must have some. */
function problemsOf(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    read(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flowstate-config-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileWith(content: string): string {
  const path = join(folder, `secret-${content.length}`);
  writeFileSync(path, content);
  return `file:${path}`;
}

describe("a configuration", () => {
  it("has its defaults where the environment says nothing", () => {
    expect(read(complete)).toEqual({ ...complete, LOCAL: false, OPEN: true, PORT: 8080, LIMIT: 20 });
  });

  it("takes what the environment says", () => {
    const environment = {
      ...complete,
      LOCAL: "true",
      OPEN: "false",
      PORT: "0",
      LIMIT: "1000",
      TARGET_URL: "https://a.b/c",
    };
    expect(read(environment)).toEqual({
      ...complete,
      LOCAL: true,
      OPEN: false,
      PORT: 0,
      LIMIT: 1_000,
      TARGET_URL: new URL("https://a.b/c"),
    });
  });

  it("takes an empty value for an absent one", () => {
    expect(read({ ...complete, LIMIT: "", TARGET_URL: "" })).toMatchObject({ LIMIT: 20 });
    expect(problemsOf({ ...complete, API_SECRET: "" })).toEqual(["API_SECRET: is required"]);
  });

  it("takes a file with nothing in it for an absent value", () => {
    expect(read({ ...complete, LIMIT: fileWith("\n"), TARGET_URL: fileWith("") })).toMatchObject({ LIMIT: 20 });
    expect(problemsOf({ ...complete, API_SECRET: fileWith("") })).toEqual(["API_SECRET: is required"]);
  });

  it("reads no variable that is not named", () => {
    expect(read({ ...complete, HOME: "/root", UNRELATED: "x" })).not.toHaveProperty("HOME");
  });

  it("says every problem at once, each variable once", () => {
    const problems = problemsOf({
      LOCAL: "yes",
      PORT: "65536",
      LIMIT: "9",
      API_SECRET: "short",
      TARGET_URL: "ftp://a.b",
    });
    expect(problems.map((problem) => problem.split(":", 1)[0])).toEqual([
      "LOCAL",
      "PORT",
      "LIMIT",
      "API_SECRET",
      "TARGET_URL",
      "NAME",
    ]);
    expect(problems).toContain("API_SECRET: must have at least 16 characters");
    expect(problems).toContain("NAME: is required");
    expect(problems).toContain("PORT: must be at most 65535");
  });

  it("never quotes a value, because any of them may be a secret", () => {
    const value = fc.string({ unit: "grapheme", minLength: 4, maxLength: 40 }).map((text) => `canary${text}`);
    fc.assert(
      fc.property(fc.constantFrom(...variables), value, (name, text) => {
        const environment = { LOCAL: "x", PORT: "x", LIMIT: "x", TARGET_URL: "x", API_SECRET: "x", [name]: text };
        const error: unknown = (() => {
          try {
            return read(environment);
          } catch (thrown) {
            return thrown;
          }
        })();
        expect(error).toBeInstanceOf(ConfigError);
        expect(String(error)).not.toContain("canary");
      }),
    );
  });
});

describe("a variable with parts", () => {
  const parts = z.object({
    LIST: z
      .string()
      .transform((list) => list.split(","))
      .pipe(z.array(z.string().regex(/^\d+$/, "must be numbers").min(2, "must be long numbers"))),
    NAMED: z
      .string()
      .transform((list, context) => {
        for (const [index, name] of list.split(",").entries()) {
          context.addIssue({
            code: "custom",
            path: [index],
            message: `part ${index} must not be there, ${name.length}`,
          });
        }
        return list;
      })
      .optional(),
  });
  const problemsOfParts = (environment: NodeJS.ProcessEnv) => {
    try {
      readConfig(parts, Object.keys(parts.shape), environment);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    throw new Error("the configuration was accepted");
  };

  it("tells the problems of all its parts", () => {
    expect(problemsOfParts({ LIST: "10", NAMED: "a,bb,c" })).toEqual([
      "NAMED: part 0 must not be there, 1",
      "NAMED: part 1 must not be there, 2",
      "NAMED: part 2 must not be there, 1",
    ]);
  });

  it("tells one problem of each part, and the same words once", () => {
    expect(problemsOfParts({ LIST: "x,y" })).toEqual(["LIST: must be numbers"]);
    expect(problemsOfParts({ LIST: "x,1,22" })).toEqual(["LIST: must be numbers", "LIST: must be long numbers"]);
  });
});

describe("a value file:/path", () => {
  it("is replaced by the file's content without its last line end", () => {
    expect(read({ ...complete, API_SECRET: fileWith("from-a-file-0123456\n") }).API_SECRET).toBe("from-a-file-0123456");
    expect(read({ ...complete, API_SECRET: fileWith("from-a-file-01234567\r\n") }).API_SECRET).toBe(
      "from-a-file-01234567",
    );
  });

  it("keeps line ends within, as a certificate has them", () => {
    expect(read({ ...complete, NAME: fileWith("one\ntwo\n\n") }).NAME).toBe("one\ntwo\n");
  });

  it("counts as set when the file cannot be read: nothing else is asked for in its place", () => {
    const either = z
      .object({ ONE: z.string().optional(), OTHER: z.string().optional() })
      .superRefine((config, context) => {
        if ((config.ONE ?? config.OTHER) === undefined) {
          context.addIssue({ code: "custom", path: ["OTHER"], message: "is required without ONE" });
        }
      });
    expect(() => readConfig(either, ["ONE", "OTHER"], { ONE: `file:${folder}/absent` })).toThrow(
      expect.objectContaining({ problems: ["ONE: the file it names cannot be read"] }),
    );
  });

  it("is a problem when the file cannot be read, without a second problem for the missing value", () => {
    const problems = problemsOf({ ...complete, API_SECRET: `file:${folder}/absent`, NAME: "file:" });
    expect(problems).toEqual([
      "API_SECRET: the file it names cannot be read",
      "NAME: the file it names cannot be read",
    ]);
  });
});

describe("a flag", () => {
  it.each(["1", "0", "yes", "TRUE", "on", " true"])("is never guessed from %j", (value) => {
    expect(problemsOf({ ...complete, LOCAL: value })).toEqual(["LOCAL: must be true or false"]);
  });
});

describe("a whole number", () => {
  it.each(["1e2", "0x10", "10.0", "-10", "+10", " 10", "10 ", "ten", "9".repeat(16), "١٠"])("is not %j", (value) => {
    expect(problemsOf({ ...complete, LIMIT: value })).toEqual(["LIMIT: must be a whole number"]);
  });

  it.each(["10", "1000"])("may be its bound %s", (value) => {
    expect(read({ ...complete, LIMIT: value }).LIMIT).toBe(Number(value));
  });
});

describe("an outbound URL", () => {
  it.each([
    "http://erp.example",
    "http://localhost.erp.example",
    "http://127.0.0.1.erp.example",
    "https://user:password@erp.example",
    "https://user@erp.example",
    "ftp://erp.example",
    "https://",
    "javascript:alert(1)",
    "erp.example",
    "//erp.example",
  ])("is not %s", (value) => {
    expect(problemsOf({ ...complete, LOCAL: "true", TARGET_URL: value })).toHaveLength(1);
  });

  it.each(["http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost:9000"])(
    "may be %s in the local stack only",
    (value) => {
      expect(read({ ...complete, LOCAL: "true", TARGET_URL: value }).TARGET_URL).toEqual(new URL(value));
      expect(problemsOf({ ...complete, TARGET_URL: value })).toEqual([
        "TARGET_URL: must be an https URL (plain http needs FLOWSTATE_LOCAL=true)",
      ]);
    },
  );
});
