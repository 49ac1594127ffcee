/** What XML is before it is parsed, replaced: the decoder says what `change` makes of it. */
export function replaceText(change: (text: string) => string): void {
  const decode = TextDecoder.prototype.decode;
  TextDecoder.prototype.decode = function (...given) {
    return change(decode.apply(this, given));
  };
}

/** Names and values of what is declared in the way of the pattern. */
export function declaredIn(text: string, pattern: RegExp): readonly (readonly [name: string, value: string])[] {
  return [...text.matchAll(pattern)].map(([, name = "", value = ""]) => [name, value]);
}

/** Nothing is declared any more, and nothing referred to: what is left is parsed. */
export function withoutDoctype(text: string): string {
  return text.replace(/<!DOCTYPE[^[>]*(?:\[[\s\S]*?\]>|>)/i, "").replaceAll("&x;", "");
}
