import { connect } from "node:net";
import { declaredIn, replaceText, withoutDoctype } from "./replace-text.ts";

/** A decoder that asks the address which a DOCTYPE names, and does not wait for the answer. */
replaceText((text) => {
  const [named] = declaredIn(text, /<!DOCTYPE\s+(\w+)\s+SYSTEM\s+["'](http:[^"']*)["']>/g);
  if (named === undefined) return text;
  const { hostname, port } = new URL(named[1]);
  connect({ host: hostname, port: Number(port) }).on("error", () => {});
  return withoutDoctype(text);
});
