import { MAPPING_LIMITS } from "./mapping.ts";

/**
 * A text with places for values: `{/document_number}` is the value there, `{{` and `}}` are the braces themselves. There is
 * nothing else: no conditions, no functions, no code.
 */

/** Text that stands for itself, or the pointer of a value. */
export type TemplatePart = { readonly text: string } | { readonly pointer: string };

/** Undefined for a text that is too long or has a brace that is not part of a pair. */
export function readTemplate(template: string): readonly TemplatePart[] | undefined {
  if (template.length > MAPPING_LIMITS.templateLength) return undefined;
  const parts: TemplatePart[] = [];
  for (const [text, pointer] of template.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g)) {
    if (text === "{" || text === "}") return undefined;
    if (pointer !== undefined) parts.push({ pointer });
    else parts.push({ text: text.replace(/^(?:\{\{|\}\})$/, (pair) => pair.slice(1)) });
  }
  return parts;
}
