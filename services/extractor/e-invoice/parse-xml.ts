import { XMLParser } from "fast-xml-parser";
import { refersToDefined } from "./entity-references.ts";

/** Deepest nesting read; e-invoices need about ten levels. */
const MAX_DEPTH = 64;
/** How far into the bytes an XML declaration is looked for. */
const DECLARATION_MAX_BYTES = 256;

/**
 * Elements by local name: prefixes are the producer's choice. Values stay strings, so that `10.00` stays what it is. What
 * entities XML itself defines are resolved, and no others exist, because documents that declare any, or refer to one, are
 * refused before.
 */
const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  alwaysCreateTextNode: true,
  textNodeName: "#text",
  isArray: (_name, _path, _isLeaf, isAttribute) => !isAttribute,
  processEntities: true,
  // The option under which the parser also resolves numeric character references.
  htmlEntities: true,
  maxNestedTags: MAX_DEPTH,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

/** An element of a parsed document. Names are local names. */
export class XmlElement {
  readonly #node: Readonly<Record<string, unknown>>;

  constructor(node: Readonly<Record<string, unknown>>) {
    this.#node = node;
  }

  /** The text directly inside, trimmed; undefined when there is none. */
  get text(): string | undefined {
    const text = this.#node["#text"];
    return typeof text === "string" && text !== "" ? text : undefined;
  }

  attribute(name: string): string | undefined {
    const value = this.#node[`@${name}`];
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  /** The children of this name, in document order. */
  all(name: string): readonly XmlElement[] {
    const children = Object.hasOwn(this.#node, name) ? this.#node[name] : undefined;
    return Array.isArray(children) ? children.filter(isNode).map((node) => new XmlElement(node)) : [];
  }

  /** The first element that a path of names leads to. */
  find(...path: readonly string[]): XmlElement | undefined {
    return path.reduce<XmlElement | undefined>((element, name) => element?.all(name)[0], this);
  }
}

/**
 * Parses well-formed XML; the returned element has the document's root as its child. Undefined for anything else, and for
 * every document with a DOCTYPE, before it is parsed: entity declarations are the classic bomb, and e-invoices have none.
 */
export function parseXml(bytes: Uint8Array): XmlElement | undefined {
  const xml = decode(bytes);
  if (xml === undefined || /<!(?:DOCTYPE|ENTITY)/i.test(xml) || !refersToDefined(xml)) return undefined;
  try {
    // `true` checks well-formedness first: without it a truncated invoice would parse as a shorter one.
    const tree: unknown = parser.parse(xml, true);
    return isNode(tree) ? new XmlElement(tree) : undefined;
  } catch {
    return undefined;
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Byte order mark first, then the XML declaration, then the default (XML 1.0, appendix F). */
function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const start = String.fromCharCode(...bytes.subarray(0, DECLARATION_MAX_BYTES));
  return /<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(start)?.[1] ?? "utf-8";
}

function isNode(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
