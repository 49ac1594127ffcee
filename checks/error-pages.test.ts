import { readdirSync, readFileSync } from "node:fs";
import { CODES, type Code, ERROR_CATEGORIES, type ErrorCategory } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";

/* Real: the tables of `libs/contracts` and the pages in `docs/errors`. Nothing is doubled. */

const FOLDER = new URL("../docs/errors/", import.meta.url);
const codes = Object.keys(CODES) as Code[];
const categories = Object.keys(ERROR_CATEGORIES) as ErrorCategory[];

const pageOf = (name: string) => readFileSync(new URL(`${name}.md`, FOLDER), "utf8");

/** The value beside `label` in the table at the top of a page. */
function factOf(page: string, label: string): string | undefined {
  return page
    .split("\n")
    .find((line) => line.startsWith(`| ${label} |`))
    ?.split(" | ")[1]
    ?.replace(/ \|$/, "");
}

/** What the sender is answered when a document ends this way (ARCHITECTURE.md, "Failures"). */
function statusOf(code: Code): number {
  if (CODES[code] === "deferred") return ERROR_CATEGORIES.temporarily_unavailable;
  if (code === "mail_malformed") return ERROR_CATEGORIES.malformed_request;
  const isTooMuch = CODES[code] === "mail_refused" || code === "document_too_large";
  return isTooMuch ? ERROR_CATEGORIES.payload_too_large : 200;
}

describe("the pages about errors", () => {
  it("are one for each code and each category, and no others", () => {
    const pages = readdirSync(FOLDER).filter((name) => name !== "README.md");
    expect(pages.sort()).toEqual([...codes, ...categories].map((name) => `${name}.md`).sort());
  });

  it("never need one name for both a code and a category", () => {
    expect(codes.filter((code) => code in ERROR_CATEGORIES)).toEqual([]);
  });

  it.each([...codes, ...categories])(
    "%s has its title and says what happened, on whose side, and what to do",
    (name) => {
      const page = pageOf(name);
      expect(page.startsWith(`# ${name}\n\n`)).toBe(true);
      expect(factOf(page, "on the side of")).toMatch(/^\w.+/);
      expect(page).toMatch(/\n## What happened\n\n\w.{20,}\n\n## What to do\n\n- \w.{6,}/);
    },
  );

  it.each(codes)("%s says the end of its code and what the sender sees", (code) => {
    const page = pageOf(code);
    const end = CODES[code];
    expect(factOf(page, "end")).toBe(`\`${end}\` (${end === "deferred" ? "temporary" : "final"})`);
    expect(factOf(page, "the sender sees")).toMatch(new RegExp(`^\`${statusOf(code)}\``));
  });

  it.each(categories)("%s says its status and its exact body", (category) => {
    const expected = `\`${ERROR_CATEGORIES[category]}\` with \`{"error":"${category}"}\``;
    expect(factOf(pageOf(category), "answer")).toBe(expected);
  });

  it("link to pages that exist", () => {
    for (const name of [...codes, ...categories, "README"]) {
      for (const [, target] of pageOf(name).matchAll(/\]\(([^)#]+)\)/g)) {
        expect(() => readFileSync(new URL(target ?? "", FOLDER)), `${name} → ${target}`).not.toThrow();
      }
    }
  });
});
