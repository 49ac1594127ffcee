// Real: the repository's own pages, the flags and settings that a process is checked for. Doubled: nothing.
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { HARDENED_ENVIRONMENT, HARDENED_NODE_FLAGS } from "@flowstate/ghost";
import { expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

/** Lines of pages on which `node` starts a service, with the line before where the command began there. */
const COMMANDS = globSync("{*,{docs,deploy,libs,services}/**/*}.md", { cwd: ROOT }).flatMap((page) =>
  [...readFileSync(join(ROOT, page), "utf8").matchAll(/^(?:.*\\\n)?.*\bnode\b.*services\/[a-z-]+\/main\.ts.*$/gm)].map(
    ([command]) => ({ page, command }),
  ),
);

it("some page says how a service is started by hand", () => {
  expect(COMMANDS.map(({ page }) => page)).toContain("docs/operations/install.md");
});

it.each(COMMANDS)("$page starts it hardened", ({ command }) => {
  const words = command.split(/[\s\\]+/);
  const settings = Object.entries(HARDENED_ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
  expect([...HARDENED_NODE_FLAGS, ...settings].filter((word) => !words.includes(word))).toEqual([]);
});
