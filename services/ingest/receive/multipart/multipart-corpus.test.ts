// Real: the parser, over the bodies that the authors of another one collected. Doubled: nothing. The truth lies beside each
// body, in the little of YAML that it takes. The bodies are no part of the project: where they are not there, the suite is
// skipped.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { boundaryOf } from "./boundary.ts";
import { readParts } from "./testing/read-parts.ts";

const ROOT = resolve(import.meta.dirname, "../../../..");
const CORPUS = join(process.env["FLOWSTATE_CORPORA"] ?? resolve(ROOT, "../shared/corpora"), "multipart");
const DEFAULT_TYPE = "text/plain";

/** Where the truth is not what stands beside a body, what it is and why. */
const DIFFERENCES: Readonly<Record<string, { readonly why: string; readonly boundary: string }>> = {
  single_field_blocks: {
    why: "The boundary beside it has two dashes more than the body, which cannot be read with it. Its authors use this one.",
    boundary: "boundary",
  },
};

interface Case {
  readonly boundary: string;
  /** `error`, or what each part is. */
  readonly expected: "error" | readonly Readonly<Record<string, string>>[];
}

function caseOf(yaml: string): Case {
  const boundary = /^boundary: (.+)$/m.exec(yaml)?.[1] ?? "";
  if (/^ +error: \d+$/m.test(yaml)) return { boundary, expected: "error" };
  const parts = yaml.split(/^ {2}- /m).slice(1);
  return { boundary, expected: parts.map(partOf) };
}

/** Lines of `key: value`; `data` is base64 on the line below. */
function partOf(yaml: string): Record<string, string> {
  const lines = yaml.replace(/!!binary \|\n +/, "").matchAll(/^ *(\w+): (.*)$/gm);
  return Object.fromEntries([...lines].map(([, key = "", value = ""]) => [key, value.replace(/^(['"])(.*)\1$/, "$2")]));
}

const names = existsSync(CORPUS)
  ? readdirSync(CORPUS)
      .filter((name) => name.endsWith(".http"))
      .map((name) => name.slice(0, -".http".length))
  : [];

describe.skipIf(names.length === 0)(`bodies of the corpus${names.length === 0 ? " (absent: skipped)" : ""}`, () => {
  it("are all there", () => {
    expect(names.length).toBe(30);
  });

  it.each(Object.entries(DIFFERENCES))("%s cannot be read with the boundary beside it", (name, { boundary }) => {
    const { boundary: stated } = caseOf(readFileSync(join(CORPUS, `${name}.yaml`), "utf8"));
    expect(stated).not.toBe(boundary);
    const body = readFileSync(join(CORPUS, `${name}.http`));
    expect(readParts(body, undefined, { boundary: stated }).fault).toBe("malformed");
  });

  it.each(
    names.flatMap((name) => [
      { name, way: "whole", chunkBytes: 1_000_000 },
      { name, way: "byte by byte", chunkBytes: 1 },
      { name, way: "in threes", chunkBytes: 3 },
    ]),
  )("$name is read $way as it should be", ({ name, chunkBytes }) => {
    const { boundary: stated, expected } = caseOf(readFileSync(join(CORPUS, `${name}.yaml`), "utf8"));
    const boundary = DIFFERENCES[name]?.boundary ?? stated;
    expect(boundaryOf(`multipart/form-data; boundary=${boundary}`).toString("latin1")).toBe(boundary);
    const { parts, fault } = readParts(readFileSync(join(CORPUS, `${name}.http`)), () => chunkBytes, { boundary });
    if (expected === "error") {
      expect(fault).toBe("malformed");
      return;
    }
    expect(fault).toBeUndefined();
    expect(
      parts.map(({ name, filename, content }) => ({ name, file_name: filename, data: content.toString("base64") })),
    ).toEqual(expected.map(({ name, file_name, data }) => ({ name, file_name, data })));
    for (const [index, { type, content_type }] of expected.entries()) {
      const part = parts[index];
      expect(part?.filename === undefined ? "field" : "file").toBe(type);
      if (content_type !== undefined)
        expect(part?.contentType === "" ? DEFAULT_TYPE : part?.contentType).toBe(content_type);
    }
  });
});
