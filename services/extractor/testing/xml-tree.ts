/**
 * A second way to read XML, for tests that check the first: a handful of regular expressions that know no more of XML than
 * the documents they are used on have. Nothing here is fit for documents from outside.
 */
export interface XmlTree {
  /** With its prefix, as written. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlTree[];
  text: string;
}

export function treeOf(xml: string): XmlTree {
  const document: XmlTree = { name: "", attributes: {}, children: [], text: "" };
  const open: XmlTree[] = [document];
  for (const [token] of xml.replaceAll(/<\?[\s\S]*?\?>|<!--[\s\S]*?-->/g, "").matchAll(/<[^>]+>|[^<]+/g)) {
    const current = open.at(-1);
    if (current === undefined) throw new Error("more ends than beginnings");
    if (token.startsWith("</")) {
      open.pop();
    } else if (token.startsWith("<")) {
      const [, name = "", rest = ""] = /^<([^\s/>]+)([\s\S]*)>$/.exec(token) ?? [];
      const pairs = [...rest.matchAll(/([^\s=]+)\s*=\s*"([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]);
      const child: XmlTree = { name, attributes: Object.fromEntries(pairs), children: [], text: "" };
      current.children.push(child);
      if (!rest.endsWith("/")) open.push(child);
    } else {
      current.text += unescaped(token);
    }
  }
  return document;
}

/** Everything that a path of names, separated by spaces, leads to. */
export function at(tree: XmlTree, path: string): readonly XmlTree[] {
  return path
    .split(" ")
    .reduce<readonly XmlTree[]>(
      (found, name) => found.flatMap(({ children }) => children.filter((child) => child.name === name)),
      [tree],
    );
}

/** The text of the first, without the white space around it; null where there is none. */
export function textAt(tree: XmlTree | undefined, path: string): string | null {
  const text = tree === undefined ? undefined : at(tree, path)[0]?.text.trim();
  return text === undefined || text === "" ? null : text;
}

/** Entities resolved and line ends normalised, as XML 1.0 asks of every parser. */
function unescaped(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll(/&#(\d+);/g, (_match, digits: string) => String.fromCodePoint(Number(digits)))
    .replaceAll("&amp;", "&");
}
