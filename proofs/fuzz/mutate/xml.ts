import type { Random } from "../../crash/plan/random.ts";
import { CANARY } from "../checks/canary.ts";
import type { Mutator } from "./mutator.ts";

/** Mutations of XML that know elements, attributes, text and entities. */

const MAX_NESTING = 5_000;
const MAX_DOUBLES = 1_000;
const ELEMENT = /<([A-Za-z_][\w:.-]*)(?:\s[^<>]*)?>([^<]*)<\/\1>/g;
const TEXTS = [
  "",
  " ",
  "-0",
  "1e5",
  "NaN",
  "99999999999999999999999999999999999.99",
  "0.000000000000000000000000001",
  "20261301",
  "00000000",
  "&#0;",
  "&#x110000;",
  "&#xD800;",
  "&amp;amp;",
  "&undefined;",
  "<![CDATA[]]>",
  "<![CDATA[ ]]]]><![CDATA[>]]>",
  "<!-- -- -->",
  "<?php x ?>",
  CANARY,
];
const ATTRIBUTES = [
  'currencyID="EUR"',
  'unitCode="__proto__"',
  'format="102"',
  'xmlns="urn:other"',
  'xmlns:rsm="urn:other"',
  "broken",
  'twice="1" twice="2"',
  `schemeID="${CANARY}"`,
];
const DECLARATIONS = [
  '<?xml version="1.0" encoding="utf-16"?>',
  '<?xml version="1.0" encoding="ebcdic-cp-us"?>',
  '<?xml version="1.1"?>',
  '<?xml-stylesheet href="http://127.0.0.1:9/x"?>',
  "\ufeff",
];

function ofElements(change: (element: RegExpExecArray, random: Random) => string): Mutator {
  return (input, random) => {
    const text = input.toString("latin1");
    const elements = [...text.matchAll(ELEMENT)];
    if (elements.length === 0) return input;
    const element = random.one(elements);
    const changed = change(element, random);
    return Buffer.from(
      text.slice(0, element.index) + changed + text.slice(element.index + element[0].length),
      "latin1",
    );
  };
}

const dropElement = ofElements(() => "");
const doubleElement = ofElements(([element], random) => {
  return element.repeat(random.percent(90) ? 2 : random.whole(2, MAX_DOUBLES));
});
const otherText = ofElements(([element], random) => element.replace(/>[^<]*</, () => `>${random.one(TEXTS)}<`));
const oneAttributeMore = ofElements(([element], random) =>
  element.replace(/^<[\w:.-]+/, (tag) => `${tag} ${random.one(ATTRIBUTES)}`),
);
const nested = ofElements(([element, name = "x"], random) => {
  const depth = random.percent(80) ? random.whole(1, 70) : random.whole(70, MAX_NESTING);
  return `<${name}>`.repeat(depth) + element + `</${name}>`.repeat(depth);
});
const otherName = ofElements(([element, name = "x"], random) => {
  const other = random.one(["__proto__", "constructor", "toString", "#text", "a:b:c", name.toUpperCase(), "Invoice"]);
  return element.replaceAll(name, other);
});
const unclosed = ofElements(([element], random) => element.slice(0, random.whole(0, element.length)));

const otherDeclaration: Mutator = (input, random) =>
  Buffer.concat([Buffer.from(random.one(DECLARATIONS)), input.subarray(Math.max(0, input.indexOf("?>") + 2))]);

const otherEncoding: Mutator = (input, random) => {
  const text = input.toString("utf8");
  const little = Buffer.from(`\ufeff${text}`, "utf16le");
  return random.percent(50) ? little : Buffer.from(little).swap16();
};

export const XML_MUTATORS: readonly Mutator[] = [
  dropElement,
  doubleElement,
  otherText,
  otherText,
  oneAttributeMore,
  nested,
  otherName,
  unclosed,
  otherDeclaration,
  otherEncoding,
];

/** Puts a DOCTYPE before the root and a reference into some element: what the declaration says must not come of it. */
export function withEntities(doctypes: readonly string[], reference: string): Mutator {
  const refer = ofElements(([element], random) =>
    element.replace(/>[^<]*</, () => `>${reference.repeat(random.whole(1, 3))}<`),
  );
  return (input, random) => {
    const text = refer(input, random).toString("latin1");
    const root = /<[A-Za-z]/.exec(text)?.index ?? 0;
    return Buffer.from(text.slice(0, root) + random.one(doctypes) + text.slice(root), "latin1");
  };
}
