import { DOCUMENTS_VERSION } from "./fold-document.ts";

/** The documents were rebuilt by a newer version of this program, which reads events otherwise. */
class OutdatedFoldError extends Error {
  readonly code = "projection_outdated";

  constructor() {
    super("the documents are at a newer version of the fold");
    this.name = "OutdatedFoldError";
  }
}

/**
 * During an upgrade, instances of both versions run. Once a newer one has begun to rebuild, an older one must not write rows
 * that it would have to rebuild again: it leaves recording to the newer ones, its events waiting in the stream. Going back
 * to the older version for good takes a rebuild with it (`npm run audit -- rebuild`).
 */
export function refuseOutdatedFold(recordedVersion: number): void {
  if (recordedVersion > DOCUMENTS_VERSION) throw new OutdatedFoldError();
}
