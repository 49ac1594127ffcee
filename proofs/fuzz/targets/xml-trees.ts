import { XMLParser } from "fast-xml-parser";

/** What the XML parser makes of each document: all of it, also what no reader of the extractor ever asks for. */
export interface WatchedTrees extends Disposable {
  /** As JSON; undefined when nothing was parsed since this was asked last. */
  take(): string | undefined;
}

/** An element of the extractor answers by name only, so its document is looked at where it is made. */
export function watchTrees(): WatchedTrees {
  const { parse } = XMLParser.prototype;
  let made: string | undefined;
  XMLParser.prototype.parse = function (xml: string | Uint8Array, check: Parameters<typeof parse>[1] = false) {
    const tree: unknown = parse.call(this, xml, check);
    made = JSON.stringify(tree);
    return tree;
  };
  return {
    take() {
      const taken = made;
      made = undefined;
      return taken;
    },
    [Symbol.dispose]() {
      XMLParser.prototype.parse = parse;
    },
  };
}
