import { type EInvoiceSyntax, eInvoicePdf } from "@flowstate/local/fixtures/e-invoice.ts";
import { embeddedFiles } from "@flowstate/local/fixtures/embedded-files.ts";
import { parseXml } from "../../../services/extractor/e-invoice/parse-xml.ts";
import { readFacts } from "../../../services/extractor/e-invoice/read-facts.ts";
import { BYTE_MUTATORS, spliceWith } from "../mutate/bytes.ts";
import { fixed, mutated } from "../mutate/mutator.ts";
import { withEntities, XML_MUTATORS } from "../mutate/xml.ts";
import type { Fault, Taken, Target } from "../target.ts";
import { readCorpus } from "./corpus.ts";
import { layXmlBait, type XmlBait } from "./xml-bait.ts";
import { type WatchedTrees, watchTrees } from "./xml-trees.ts";

const SYNTAXES: readonly EInvoiceSyntax[] = ["en-16931", "minimum", "basic", "extended", "zugferd-1", "ubl", "order-x"];

/** The XML inside e-invoices: nothing is thrown, no entity is expanded, no file and no address is opened. */
export const E_INVOICE_XML: Target = {
  name: "e-invoice-xml",
  runs: "the XML and fact readers of the extractor, called directly",
  share: 190,
  atOnce: 1,
  async open({ corpora }) {
    await using opening = new AsyncDisposableStack();
    const bait = opening.use(await layXmlBait());
    const trees = opening.use(watchTrees());
    const pdfs = await Promise.all(SYNTAXES.map((syntax) => eInvoicePdf({ syntax })));
    const embedded = (await Promise.all([...pdfs, ...(await readCorpus(corpora, "pdf"))].map(xmlsOf))).flat();
    const seeds = [...embedded, ...(await readCorpus(corpora, "xml"))].map(fixed);
    const entities = withEntities(bait.doctypes, "&x;");
    const mutators = [
      ...XML_MUTATORS,
      ...XML_MUTATORS,
      entities,
      entities,
      entities,
      ...BYTE_MUTATORS,
      spliceWith(seeds),
    ];
    const parts = opening.move();
    return {
      make: (random) => mutated(seeds, mutators, random),
      give: async (xml) => giveXml(xml, bait, trees),
      settle: () => bait.asked(),
      [Symbol.asyncDispose]: () => parts.disposeAsync(),
    };
  },
};

/** What is accepted has facts. Throws when what the parser made of a document was not seen. */
function giveXml(xml: Uint8Array, bait: XmlBait, trees: WatchedTrees): Taken | Fault {
  const root = parseXml(xml);
  const tree = trees.take();
  if (root !== undefined && tree === undefined) throw new Error("the extractor has another XML parser than is watched");
  const facts = root === undefined ? undefined : readFacts(root);
  const fault = bait.faultOf(`${tree} ${JSON.stringify(facts)}`);
  return fault ?? (facts === undefined ? "refused" : "accepted");
}

async function xmlsOf(pdf: Uint8Array): Promise<readonly Uint8Array[]> {
  return (await embeddedFiles(pdf).catch(() => [])).flatMap(({ name, bytes }) => (name.endsWith(".xml") ? bytes : []));
}
