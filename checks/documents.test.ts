// Real: the repository's own pages and files. Doubled: nothing.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");
const LEFT_OUT = new Set(["node_modules", ".git", ".flowstate", "reports", "coverage"]);

function pagesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_OUT.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return pagesBelow(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

const pages = pagesBelow(ROOT);

/** Targets of `[text](target)`, without those that lead out of the repository. */
function linksOf(page: string): string[] {
  return [...readFileSync(page, "utf8").matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
    .flatMap(([, target]) => target ?? [])
    .filter((target) => !/^[a-z]+:/.test(target));
}

describe("the pages of the repository", () => {
  it("are there at all", () => {
    expect(pages.map((page) => relative(ROOT, page))).toEqual(
      expect.arrayContaining(["README.md", "ARCHITECTURE.md", join("docs", "ghost-protocol.md")]),
    );
  });

  it.each(pages.map((page) => [relative(ROOT, page), page]))("%s links to nothing that is missing", (_name, page) => {
    const missing = linksOf(page).filter((target) => !existsSync(resolve(dirname(page), target)));
    expect(missing).toEqual([]);
  });

  it.each(["libs", "services"].flatMap((tier) => readdirSync(join(ROOT, tier)).map((name) => [join(tier, name)])))(
    "%s opens with a page of its own",
    (folder) => {
      expect(statSync(join(ROOT, folder, "README.md")).size).toBeGreaterThan(0);
    },
  );

  it.each(readdirSync(join(ROOT, "services")).map((name) => [name]))(
    "the page of %s says what it consumes, produces, owns and fails by",
    (name) => {
      const page = readFileSync(join(ROOT, "services", name, "README.md"), "utf8").toLowerCase();
      for (const word of ["consumes", "produces", "owns", "fails by"]) expect(page).toContain(word);
    },
  );
});

describe("the decision records", () => {
  const folder = join(ROOT, "docs", "adr");
  const records = readdirSync(folder).filter((name) => /^\d{4}-/.test(name));

  it("are numbered without gaps", () => {
    expect(records.map((name) => Number(name.slice(0, 4)))).toEqual(records.map((_, index) => index + 1));
  });

  it("stand in the index, each once and in order", () => {
    expect(linksOf(join(folder, "README.md")).filter((target) => target !== "template.md")).toEqual(records);
  });

  it.each(records)("%s follows the template", (name) => {
    const headings = (file: string) => readFileSync(join(folder, file), "utf8").match(/^## .*$/gm);
    expect(headings(name)).toEqual(headings("template.md"));
  });
});
