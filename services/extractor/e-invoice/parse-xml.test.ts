import { describe, expect, it } from "vitest";
import { parseXml } from "./parse-xml.ts";

// Real: fast-xml-parser with the options of this service.

const parse = (xml: string) => parseXml(Buffer.from(xml, "utf8"));

describe("parseXml", () => {
  it("finds elements by local name, whatever the prefix", () => {
    const one = parse('<r:Root xmlns:r="a" xmlns:q="b"><q:Child>x</q:Child></r:Root>');
    const other = parse('<Root xmlns="a"><Child xmlns="b">x</Child></Root>');
    expect(one?.find("Root", "Child")?.text).toBe("x");
    expect(other?.find("Root", "Child")?.text).toBe("x");
  });

  it("keeps values as they are spelled", () => {
    const root = parse('<a n="007"><b>10.00</b><b>1e3</b><b>0x10</b><b> padded </b></a>')?.find("a");
    expect(root?.attribute("n")).toBe("007");
    expect(root?.all("b").map((b) => b.text)).toEqual(["10.00", "1e3", "0x10", "padded"]);
  });

  it("resolves what XML itself defines: entities, character references, CDATA", () => {
    const root = parse("<a><b>M&amp;S &lt;&#65;&#x42;&gt;</b><c><![CDATA[1 < 2 &amp; 3]]></c></a>")?.find("a");
    expect(root?.find("b")?.text).toBe("M&S <AB>");
    expect(root?.find("c")?.text).toBe("1 < 2 &amp; 3");
  });

  it.each([
    ["an entity of HTML", "<a>1&nbsp;000</a>"],
    ["an entity that nobody declared", "<a>&total;</a>"],
    ["one in an attribute", "<a b='&euro;'/>"],
    ["an ampersand that refers to nothing", "<a b='M & S'/>"],
    ["a number that is none", "<a>&#x;</a>"],
    ["a comment that does not end", "<a>1</a><!-- &amp;"],
  ])("refuses a document with %s, because it is not well-formed", (_what, xml) => {
    expect(parse(xml)).toBeUndefined();
  });

  it("takes what looks like a reference for text where XML does", () => {
    const root = parse("<?a &nbsp;?><!-- &nbsp; --><a><b><![CDATA[&nbsp;]]></b><c>&amp;nbsp;</c></a>")?.find("a");
    expect(root?.find("b")?.text).toBe("&nbsp;");
    expect(root?.find("c")?.text).toBe("&nbsp;");
  });

  it("looks through a document that is full of beginnings once, within the time of a test", () => {
    expect(parse(`<a>${"<!--".repeat(1_000_000)}</a>`)).toBeUndefined();
  });

  it("reads the encoding that a byte order mark or the declaration names", () => {
    const latin1 = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>Stoßfänger</a>', "latin1");
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("<a>Stoßfänger</a>", "utf16le")]);
    const withMark = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from("<a>Stoßfänger</a>")]);
    for (const bytes of [latin1, utf16, withMark]) expect(parseXml(bytes)?.find("a")?.text).toBe("Stoßfänger");
  });

  it.each([
    ["an internal entity", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ["the billion laughs", `<!DOCTYPE l [<!ENTITY a "${"x".repeat(99)}"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;&b;&b;</l>`],
    ["an external entity", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'],
    ["a doctype in lower case", "<!doctype a><a/>"],
  ])("refuses %s before parsing", (_what, xml) => {
    expect(parse(xml)).toBeUndefined();
  });

  it.each([
    ["empty input", ""],
    ["no markup", "hello"],
    ["an unclosed element", "<a><b>1</b>"],
    ["crossed elements", "<a><b></a></b>"],
    ["an invoice cut off in the middle", "<a><l>1</l><l>2</l><l>3"],
    ["nesting beyond the bound", `${"<a>".repeat(200)}${"</a>".repeat(200)}`],
  ])("is undefined for %s", (_what, xml) => {
    expect(parse(xml)).toBeUndefined();
  });

  it("is undefined for bytes that are not of their encoding", () => {
    expect(parseXml(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0xfe, 0x3c, 0x2f, 0x61, 0x3e]))).toBeUndefined();
    expect(parseXml(Buffer.from('<?xml version="1.0" encoding="x-unheard-of"?><a/>'))).toBeUndefined();
  });

  it("finds nothing under names that every object has", () => {
    const root = parse("<a><b>1</b></a>")?.find("a");
    expect(root?.find("constructor")).toBeUndefined();
    expect(root?.all("toString")).toEqual([]);
  });
});
