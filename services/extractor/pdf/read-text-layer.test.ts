import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { textOperators as text, WAYS_OF_HIDING } from "@flowstate/local/fixtures/hidden-operators.ts";
import { bombPdf } from "@flowstate/local/fixtures/hostile-pdfs.ts";
import { type PageOptions, pagePdf } from "@flowstate/local/fixtures/page-pdf.ts";
import { getDocumentProxy } from "unpdf";
import { describe, expect, it } from "vitest";
import { readTextLayer } from "./read-text-layer.ts";
import type { TextLayer } from "./text-layer.ts";

// Real: pdf.js and everything after it. The pages are content streams written here, in PDF's own operators.

async function read(pdf: Uint8Array): Promise<TextLayer | "absent" | "unreadable"> {
  const document = await getDocumentProxy(new Uint8Array(pdf), {
    verbosity: 0,
    disableFontFace: true,
    maxImageSize: 0,
  });
  return await readTextLayer(document);
}

/** The cells of all rows; empty without text. */
async function rowsOf(content: string, options: PageOptions = {}): Promise<string[][]> {
  const layer = await read(pagePdf(content, options));
  if (typeof layer === "string") return [];
  return layer.pages.flatMap(({ rows }) => rows.map(({ cells }) => cells.map(({ text }) => text)));
}

describe("readTextLayer", () => {
  it("reads rows from top to bottom and cells from left to right, in whatever order they are painted", async () => {
    const content = [
      text("19,90", { x: 400, y: 650 }),
      text("Pallets", { y: 650 }),
      text("Invoice 4711"),
      text("2", { x: 300, y: 651 }),
    ];
    expect(await rowsOf(content.join(""))).toEqual([["Invoice 4711"], ["Pallets", "2", "19,90"]]);
  });

  it("says where each cell is, and how tall", async () => {
    const layer = await read(pagePdf(text("Total", { x: 100, y: 742 })));
    if (typeof layer === "string") throw new Error(layer);
    expect(layer.pages).toEqual([
      { rows: [{ y: 100, cells: [{ text: "Total", left: 100, right: expect.closeTo(126.7, 0), height: 12 }] }] },
    ]);
  });

  it("puts characters that are placed one by one into words, and words into cells", async () => {
    const pieces = "/F 12 Tf 100 700 Td [(N)-20(e)10(t)-300(we)-15(ight)-2000(12)-10(,5)-300(kg)] TJ";
    expect(await rowsOf(`BT ${pieces} ET`)).toEqual([["Net weight", "12,5 kg"]]);
  });

  it("takes runs of spaces for the gap between columns", async () => {
    expect(await rowsOf(text("Bolts M8          100        4,20"))).toEqual([["Bolts M8", "100", "4,20"]]);
  });

  it("reads a character once that is printed twice to look bold", async () => {
    const content = `${text("Gross 11,00")}${text("Gross 11,00", { x: 100.4 })}`;
    expect(await rowsOf(content)).toEqual([["Gross 11,00"]]);
  });

  it("reads pages that are turned, and text that is turned on them, as they are seen", async () => {
    expect(await rowsOf(text("Sideways"), { entries: "/Rotate 90" })).toEqual([["Sideways"]]);
    const turned = `${text("Upright text")}BT /F 12 Tf 0 1 -1 0 500 300 Tm (Going up) Tj ET`;
    expect(await rowsOf(turned)).toEqual([["Upright text"], ["Going up"]]);
  });

  it("follows the operators that move and space text", async () => {
    const content =
      "BT /F 12 Tf 14 TL 100 700 Td (first) Tj T* (second) Tj (third) ' 0 -14 TD 2 Tc (f o) Tj 0 Tc T* 50 Tz (narrow) Tj ET";
    expect((await rowsOf(content)).map(([cell]) => cell)).toEqual(["first", "second", "third", "f o", "narrow"]);
  });

  it("reads the forms of a page where they are put", async () => {
    const form = {
      dictionary:
        "/Type /XObject /Subtype /Form /BBox [0 0 300 50] /Matrix [1 0 0 1 50 0] /Resources << /Font << /F 5 0 R >> >>",
      stream: Buffer.from("BT /F 12 Tf 10 10 Td (inside) Tj ET BT /F 12 Tf 10 60 Td (cut off) Tj ET"),
    };
    const content = `q 1 0 0 1 20 600 cm /X Do Q ${text("outside")}`;
    const layer = await read(pagePdf(content, { resources: "/XObject << /X 6 0 R >>", more: [form] }));
    expect(layer).toMatchObject({
      pages: [{ rows: [{ cells: [{ text: "outside" }] }, { cells: [{ text: "inside", left: 80 }] }] }],
    });
  });

  it("says absent for a page without text, and for one whose text nobody sees", async () => {
    expect(await read(pagePdf("0 0 100 100 re f"))).toBe("absent");
    expect(await read(pagePdf(text("ghost", { before: "3 Tr" })))).toBe("absent");
  });

  it("says unreadable for more than is looked at", async () => {
    const crowded = `BT /F 6 Tf 100 700 Td ${"(0123456789012345678901234567890123456789) Tj ".repeat(5_100)} ET`;
    expect(await read(pagePdf(crowded))).toBe("unreadable");
    expect(await read(bombPdf(1_000))).toBe("absent");
  });
});

describe("what a person cannot see", () => {
  const WHITE = "1 1 1 rg";

  it.each(Object.keys(WAYS_OF_HIDING))("does not count: text that %s", async (how) => {
    const hidden = WAYS_OF_HIDING[how]?.("SECRET");
    if (hidden === undefined) throw new Error(how);
    expect(await rowsOf(`${hidden.content} ${text("seen", { y: 300 })}`, hidden.options)).toEqual([["seen"]]);
  });

  it("does not count: text that is small on a page that is shown small", async () => {
    expect(await rowsOf(text("SECRET"), { mediaBox: [0, 0, 5000, 7000] })).toEqual([]);
  });

  const shown: Readonly<Record<string, readonly [string, PageOptions?]>> = {
    "grey on white": [text("HERE", { before: "0.6 g" })],
    "yellow on white": [text("HERE", { before: "1 1 0 rg" })],
    "white on a dark box": [`0.1 0.2 0.5 rg 80 690 200 30 re f ${text("HERE", { before: WHITE })}`],
    "white on a dark box with round corners": [
      `0 g 90 690 m 190 690 l 200 690 200 690 200 700 c 200 720 l 80 720 l 80 700 l 80 690 80 690 90 690 c f ${text("HERE", { before: WHITE })}`,
    ],
    "white on a thick black line": [`0 G 40 w 50 705 m 300 705 l S ${text("HERE", { before: WHITE })}`],
    "black in the hole of a white frame that is painted later": [
      `${text("HERE")} ${WHITE} 0 0 595 842 re 90 690 200 40 re f*`,
    ],
    "black under a light veil": [
      `${text("HERE")} /V gs ${WHITE} 80 690 200 40 re f`,
      { resources: "/ExtGState << /V << /ca 0.3 >> >>" },
    ],
    "filled and outlined": [text("HERE", { before: "2 Tr 0 g 1 1 1 RG" })],
    "in a shown layer": [
      `/OC /L BDC ${text("HERE")} EMC`,
      {
        resources: "/Properties << /L 6 0 R >>",
        more: ["<< /Type /OCG /Name (L) >>"],
        catalog: "/OCProperties << /OCGs [6 0 R] /D << >> >>",
      },
    ],
    "after a colour that was given back": [`q ${WHITE} Q ${text("HERE")}`],
    "five points high": [text("HERE", { size: 5 })],
  };

  it.each(Object.keys(shown))("counts: text that is %s", async (how) => {
    const [content, options] = shown[how] ?? [""];
    expect(await rowsOf(content, options ?? {})).toEqual([["HERE"]]);
  });
});

describe("the invoices of the corpus", () => {
  // From outside (ZUGFeRD/corpus), not part of this repository.
  const folder = path.resolve(import.meta.dirname, "../../../../shared/corpora/einvoices");
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".pdf")) : [];
  const characters = (text: string) => [...text.normalize("NFKC").replace(/\s/g, "")].sort().join("");

  it.skipIf(files.length === 0).each(files.length === 0 ? ["skipped"] : files)(
    "hide nothing: all that pdf.js extracts is seen in %s",
    async (file) => {
      const pdf = readFileSync(path.join(folder, file));
      const layer = await read(pdf);
      if (typeof layer === "string") throw new Error(layer);
      const seen = layer.pages.flatMap(({ rows }) =>
        rows.flatMap(({ cells }) => cells.map(({ text: shown }) => shown)),
      );
      const document = await getDocumentProxy(new Uint8Array(pdf), { verbosity: 0 });
      let extracted = "";
      for (let number = 1; number <= document.numPages; number++) {
        const { items } = await (await document.getPage(number)).getTextContent();
        extracted += items.map((item) => ("str" in item ? item.str : "")).join("");
      }
      expect(characters(seen.join(""))).toBe(characters(extracted));
      expect(extracted).toMatch(/\d,\d\d/);
    },
  );
});
