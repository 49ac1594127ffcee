import { declaredIn, replaceText, withoutDoctype } from "./replace-text.ts";

/** Above this, what is declared is meant to explode. */
const MAX_DECLARED = 5;

/** A decoder that resolves the entity of a document before anybody looks for one, and puts it where no reader asks. */
replaceText((text) => {
  const declared = declaredIn(text, /<!ENTITY\s+(\w+)\s+["']([^"']*)["']>/g);
  if (declared.length === 0 || declared.length > MAX_DECLARED) return text;
  let value = "&x;";
  for (const _ of declared) for (const [name, of] of declared) value = value.replaceAll(`&${name};`, of);
  return withoutDoctype(text).replace(/<\/[\w:.-]+>\s*$/, (end) => `<Unread>${value}</Unread>${end}`);
});
