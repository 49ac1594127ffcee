import { isOverheard } from "@flowstate/messaging";
import type { Check } from "../check.ts";
import { found, good, unchecked } from "../result.ts";

/** Whether anybody can hear what passes in the account of documents: what listens there can keep it. */
export const documentsCheck: Check = {
  name: "documents",
  async run({ broker }) {
    const connected = await broker.connected(["ingest-documents", "extractor", "erp-pusher"]);
    if (connected.length === 0)
      return [unchecked("whether documents are overheard: no identity of that account got in")];
    return await Promise.all(
      connected.map(async ({ identity, nats }) =>
        (await isOverheard(nats))
          ? found("documents.overheard", `JetStream, or somebody else, hears what ${identity} sends`)
          : good(`nobody hears what ${identity} sends`),
      ),
    );
  },
};
