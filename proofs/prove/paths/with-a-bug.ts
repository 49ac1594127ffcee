import { DocumentReader } from "../../../services/extractor/pdf/document-reader.ts";

/** Loaded before the extractor by the proof only: nobody has thought of what happens when it reads a document. */
DocumentReader.prototype.read = async () => {
  throw new TypeError("a bug");
};
