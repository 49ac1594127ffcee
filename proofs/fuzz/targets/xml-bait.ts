import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { removeNow, temporaryFolder } from "@flowstate/local/servers/reaper.ts";
import { watchFiles } from "../checks/watch-files.ts";
import type { Fault } from "../target.ts";

/** Neither stands in any input: it comes together only where an entity is expanded, or a file is read. */
const EXPANDED = "two-halves-of-an-entity";
const FILE_SECRET = "what-only-the-file-says";
/** The documents are read without a pause in which anything could connect; here is one. */
const CONNECTING_MS = 200;

/** A file and an address that nobody has a reason to open but an entity, and the declarations that name them. */
export interface XmlBait extends AsyncDisposable {
  readonly doctypes: readonly string[];
  /** Whether what was made of a document holds any of it, or the file was opened since this was asked last. */
  faultOf(made: string): Fault | undefined;
  /** Whether the address was asked, for whatever document: a connection comes later than what asks for it. */
  asked(): Promise<Fault | undefined>;
}

export async function layXmlBait(): Promise<XmlBait> {
  await using laying = new AsyncDisposableStack();
  const folder = temporaryFolder(join(tmpdir(), "flowstate-fuzz-"));
  laying.defer(() => removeNow(folder));
  const file = join(folder, "entity.txt");
  await writeFile(file, FILE_SECRET);
  const files = laying.use(watchFiles(folder));
  let connections = 0;
  // Whoever connects has gone too far, whatever would be said next.
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  laying.defer(() => void server.close());
  await once(server, "listening");
  const bait = laying.move();
  return {
    doctypes: doctypesOf(pathToFileURL(file).href, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`),
    faultOf(made) {
      if (made.includes(EXPANDED)) return { kind: "reached_out", what: "an entity was expanded" };
      const opened = files.opened() > 0 || made.includes(FILE_SECRET);
      return opened ? { kind: "reached_out", what: "a file was opened" } : undefined;
    },
    async asked() {
      await sleep(CONNECTING_MS);
      return connections > 0 ? { kind: "reached_out", what: "an address was asked" } : undefined;
    },
    [Symbol.asyncDispose]: () => bait.disposeAsync(),
  };
}

function doctypesOf(file: string, url: string): readonly string[] {
  const half = EXPANDED.length >> 1;
  const [head, tail] = [EXPANDED.slice(0, half), EXPANDED.slice(half)];
  const laughs = Array.from({ length: 12 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join("");
  return [
    `<!DOCTYPE x [<!ENTITY h "${head}"><!ENTITY x "&h;${tail}">]>`,
    `<!doctype x [<!ENTITY h '${head}'><!ENTITY x '&h;${tail}'>]>`,
    `<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}<!ENTITY x "&l12;">]>`,
    `<!DOCTYPE x [<!ENTITY x SYSTEM "${file}">]>`,
    `<!DOCTYPE x [<!ENTITY x PUBLIC "-//X//X" "${file}">]>`,
    `<!DOCTYPE x [<!ENTITY x SYSTEM "${url}">]>`,
    `<!DOCTYPE x SYSTEM "${url}x.dtd">`,
    `<!DOCTYPE x [<!ENTITY % p SYSTEM "${url}p.dtd">%p;]>`,
    `<!ENTITY x "${head}">`,
    `<!-- --><!DOCTYPE x [<!ENTITY h "${head}"><!ENTITY x "&h;${tail}">]>`,
    `<?xml-stylesheet type="text/xsl" href="${url}"?>`,
  ];
}
