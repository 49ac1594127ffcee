import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { GENERATED_FILES } from "./generated-files.ts";

/**
 * Writes every generated file, or with `--check` writes nothing and fails when one is stale.
 *
 *     npm run generate [-- --check]
 */
const ROOT = new URL("../../", import.meta.url);
const checking = process.argv.includes("--check");

let stale = 0;
for (const [path, generate] of Object.entries(GENERATED_FILES)) {
  const place = new URL(path, ROOT);
  const content = generate();
  if (content === currentContent(place)) continue;
  stale += 1;
  console.log(`${checking ? "stale" : "written"}: ${path}`);
  if (checking) continue;
  mkdirSync(new URL(".", place), { recursive: true });
  writeFileSync(place, content);
}
if (checking && stale > 0) {
  console.error("run: npm run generate");
  process.exitCode = 1;
}

function currentContent(place: URL): string | undefined {
  try {
    return readFileSync(place, "utf8");
  } catch {
    return undefined;
  }
}
