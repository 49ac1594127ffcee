import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EInvoiceSyntax, eInvoicePdf } from "@flowstate/local/fixtures/e-invoice.ts";
import { embeddedFiles } from "@flowstate/local/fixtures/embedded-files.ts";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { parseXml } from "../../../services/extractor/e-invoice/parse-xml.ts";
import { readFacts } from "../../../services/extractor/e-invoice/read-facts.ts";
import { BYTE_MUTATORS, spliceWith } from "../mutate/bytes.ts";
import { fixed, mutated } from "../mutate/mutator.ts";
import { withEntities, XML_MUTATORS } from "../mutate/xml.ts";
import type { Fault, Target } from "../target.ts";
import { readCorpus } from "./corpus.ts";

const SYNTAXES: readonly EInvoiceSyntax[] = ["en-16931", "minimum", "basic", "extended", "zugferd-1", "ubl", "order-x"];
/** Neither stands in any input: it comes together only where an entity is expanded, or a file is read. */
const EXPANDED = "two-halves-of-an-entity";
const FILE_SECRET = "what-only-the-file-says";

/** The XML inside e-invoices: nothing is thrown, no entity is expanded, no file and no address is opened. */
export const E_INVOICE_XML: Target = {
  name: "e-invoice-xml",
  runs: "the XML and fact readers of the extractor, called directly",
  share: 190,
  atOnce: 1,
  async open({ corpora }) {
    await using opening = new AsyncDisposableStack();
    const bait = opening.use(await layBait());
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
      async give(xml): Promise<Fault | undefined> {
        const root = parseXml(xml);
        const facts = root === undefined ? undefined : readFacts(root);
        const text = JSON.stringify({ facts, root });
        if (text.includes(EXPANDED)) return { kind: "reached_out", what: "an entity was expanded" };
        if (text.includes(FILE_SECRET)) return { kind: "reached_out", what: "a file was read" };
        return undefined;
      },
      async settle() {
        return bait.asked() ? { kind: "reached_out", what: "an address was asked" } : undefined;
      },
      [Symbol.asyncDispose]: () => parts.disposeAsync(),
    };
  },
};

async function xmlsOf(pdf: Uint8Array): Promise<readonly Uint8Array[]> {
  return (await embeddedFiles(pdf).catch(() => [])).flatMap(({ name, bytes }) => (name.endsWith(".xml") ? bytes : []));
}

/** A file and an address that nobody has a reason to open but an entity. */
async function layBait() {
  const folder = temporaryFolder(join(tmpdir(), "flowstate-fuzz-"));
  const file = join(folder, "entity.txt");
  await writeFile(file, FILE_SECRET);
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    response.end(FILE_SECRET);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const half = EXPANDED.length >> 1;
  const [head, tail] = [EXPANDED.slice(0, half), EXPANDED.slice(half)];
  const laughs = Array.from({ length: 12 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join("");
  return {
    doctypes: [
      `<!DOCTYPE x [<!ENTITY h "${head}"><!ENTITY x "&h;${tail}">]>`,
      `<!doctype x [<!ENTITY h '${head}'><!ENTITY x '&h;${tail}'>]>`,
      `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}<!ENTITY x "&l12;">]>`,
      `<!DOCTYPE x [<!ENTITY x SYSTEM "file://${file}">]>`,
      `<!DOCTYPE x [<!ENTITY x SYSTEM "${url}">]>`,
      `<!DOCTYPE x SYSTEM "${url}x.dtd">`,
      `<!DOCTYPE x [<!ENTITY % p SYSTEM "${url}p.dtd">%p;]>`,
      `<!ENTITY x "${head}">`,
      `<!-- --><!DOCTYPE x [<!ENTITY h "${head}"><!ENTITY x "&h;${tail}">]>`,
      `<?xml-stylesheet type="text/xsl" href="${url}"?>`,
    ],
    asked: () => requests > 0,
    async [Symbol.asyncDispose]() {
      server.close();
      await removeNow(folder);
    },
  };
}
