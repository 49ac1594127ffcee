import type { GhostBytes } from "@flowstate/ghost";
import { isJsonNumber, type JsonNode } from "./json-index.ts";
import type { MappedMember, MappedValue, PayloadMapping, Source } from "./mapping.ts";

/** Where the values are that a mapping takes. */
export interface MappedSources {
  /** The full payload, JSON in UTF-8. */
  readonly bytes: Uint8Array;
  readonly payload: JsonNode;
  readonly extraction: JsonNode;
}

/**
 * Appends the mapped object to `body`, as JSON, and yields after each item of a list: a list may have thousands of them, of
 * hundreds of fields each, and others wait for their turn. Values are copied from bytes to bytes as they stand between their quotes,
 * escapes included, so none can end the text it stands in. Throws what `body` throws, and when a value is not of the kind
 * that its schema promises; the error quotes nothing.
 */
export function renderMapping(
  mapping: PayloadMapping,
  sources: MappedSources,
  body: Pick<GhostBytes, "append">,
): Iterable<void> {
  return new Rendering(mapping, sources, body).object(mapping.members, sources.extraction);
}

/** What writes a value: at once, or for a list in steps. */
type Write = () => Iterable<void> | void;

const TOKENS = {
  "{": Buffer.from("{"),
  "}": Buffer.from("}"),
  "[": Buffer.from("["),
  "]": Buffer.from("]"),
  ",": Buffer.from(","),
  '"': Buffer.from('"'),
  null: Buffer.from("null"),
} as const;

class Rendering {
  readonly #omitsNulls: boolean;
  readonly #sources: MappedSources;
  readonly #body: Pick<GhostBytes, "append">;

  constructor({ nulls }: PayloadMapping, sources: MappedSources, body: Pick<GhostBytes, "append">) {
    this.#omitsNulls = nulls === "omit";
    this.#sources = sources;
    this.#body = body;
  }

  /** `here` is what sources without another root begin at. */
  *object(members: readonly MappedMember[], here: JsonNode): Iterable<void> {
    this.#token("{");
    let separated = false;
    for (const { name, value } of members) {
      const write = this.#writer(value, here);
      if (write === undefined && this.#omitsNulls) continue;
      if (separated) this.#token(",");
      separated = true;
      this.#body.append(name);
      const steps = write === undefined ? this.#token("null") : write();
      if (steps !== undefined) yield* steps;
    }
    this.#token("}");
  }

  /** What writes the value; undefined when it is null. */
  #writer(value: MappedValue, here: JsonNode): Write | undefined {
    switch (value.form) {
      case "constant":
        return () => this.#body.append(value.json);
      case "object":
        return () => this.object(value.members, here);
      case "copy": {
        const node = this.#find(value.from, here);
        return node && (() => this.#copy(node));
      }
      case "number": {
        const node = this.#find(value.from, here);
        return node && (() => this.#number(node));
      }
      case "each": {
        const list = this.#find(value.of, here);
        return list && (() => this.#each(value.members, list));
      }
      case "template": {
        const parts = value.parts.map((part) => (part instanceof Uint8Array ? part : this.#find(part, here)));
        // Half a text would look like a whole one.
        return parts.every((part) => part !== undefined) ? () => this.#template(parts) : undefined;
      }
      default:
        return value satisfies never;
    }
  }

  #copy({ start, end }: { readonly start: number; readonly end: number }): void {
    this.#body.append(this.#sources.bytes.subarray(start, end));
  }

  #number(node: JsonNode): void {
    const digits = unquoted(node);
    if (!isJsonNumber(this.#sources.bytes, digits.start, digits.end)) throw unexpected("a number");
    this.#copy(digits);
  }

  #template(parts: readonly (Uint8Array | JsonNode)[]): void {
    this.#token('"');
    for (const part of parts) {
      if (part instanceof Uint8Array) this.#body.append(part);
      else this.#copy(unquoted(part));
    }
    this.#token('"');
  }

  *#each(members: readonly MappedMember[], list: JsonNode): Iterable<void> {
    if (list.kind !== "list") throw unexpected("a list");
    this.#token("[");
    for (const [index, item] of list.items.entries()) {
      if (index > 0) this.#token(",");
      yield* this.object(members, item);
      yield;
    }
    this.#token("]");
  }

  /** Undefined for null, for what lies below a null, and for an item that the list does not have. */
  #find({ root, steps }: Source, here: JsonNode): JsonNode | undefined {
    let node: JsonNode | undefined = root === "payload" ? this.#sources.payload : here;
    for (const step of steps) node = node === undefined ? undefined : below(node, step);
    return node?.kind === "null" ? undefined : node;
  }

  #token(token: keyof typeof TOKENS): void {
    this.#body.append(TOKENS[token]);
  }
}

function below(node: JsonNode, step: string): JsonNode | undefined {
  if (node.kind === "object") return node.members.get(step);
  return node.kind === "list" ? node.items[Number(step)] : undefined;
}

/** Where a single value stands without its quotes, if it has any. */
function unquoted(node: JsonNode): { readonly start: number; readonly end: number } {
  switch (node.kind) {
    case "text":
      return { start: node.start + 1, end: node.end - 1 };
    case "number":
    case "flag":
      return node;
    case "object":
    case "list":
    case "null":
      throw unexpected("a single value");
    default:
      return node satisfies never;
  }
}

function unexpected(kind: string): Error {
  return new Error(`an extraction holds something else where its schema has ${kind}`);
}
