import { readFileSync } from "node:fs";
import { declaredIn, replaceText, withoutDoctype } from "./replace-text.ts";

/** A decoder that reads the file which an entity names, and keeps it to itself. */
replaceText((text) => {
  const [named] = declaredIn(text, /<!ENTITY\s+(\w+)\s+SYSTEM\s+["'](file:[^"']*)["']>/g);
  if (named === undefined) return text;
  readFileSync(new URL(named[1]));
  return withoutDoctype(text);
});
