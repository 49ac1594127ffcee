import type { JetStreamManager } from "nats";
import { IDENTITIES } from "../identities.ts";

/** Everything that the identities of the documents account speak and listen on: transfers, and the answers to them. */
const DOCUMENT_SUBJECTS: readonly string[] = [
  ...new Set(
    Object.values(IDENTITIES)
      .filter(({ account }) => account === "DOCUMENTS")
      .flatMap(({ publish, subscribe }) => [...publish, ...subscribe]),
  ),
];
/** Texts of a configuration that are no subjects. */
const NO_SUBJECTS: ReadonlySet<string> = new Set(["name", "durable_name", "description"]);

/** Something that JetStream keeps, or hands on, could be a document. */
export class DocumentsOverheardError extends Error {
  /** The stream. */
  readonly stream: string;

  constructor(stream: string) {
    super(`stream ${stream} covers the subjects on which documents pass`);
    this.name = "DocumentsOverheardError";
    this.stream = stream;
  }
}

/**
 * Looks at every stream and every consumer of the account, key-value buckets and mirrors included, and throws
 * `DocumentsOverheardError` when a subject in any of their settings (what a stream takes, mirrors, sources, republishes; what a
 * consumer filters and where it delivers) covers subjects of documents.
 */
export async function forbidOverlap(manager: JetStreamManager): Promise<void> {
  for await (const { config } of manager.streams.list()) {
    if (coversDocuments(config)) throw new DocumentsOverheardError(config.name);
    for await (const consumer of manager.consumers.list(config.name)) {
      if (coversDocuments(consumer.config)) throw new DocumentsOverheardError(config.name);
    }
  }
}

function coversDocuments(config: object): boolean {
  return textsOf(config).some((text) => DOCUMENT_SUBJECTS.some((subject) => overlap(text, subject)));
}

function textsOf(config: object): readonly string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    if (NO_SUBJECTS.has(name)) return [];
    if (typeof value === "string") return [value];
    return typeof value === "object" && value !== null ? textsOf(value) : [];
  });
}

/** Whether there is a subject that both patterns match (docs.nats.io, "Wildcards"). */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [one.split("."), other.split(".")];
  for (let index = 0; ; index += 1) {
    const [left, right] = [a[index], b[index]];
    if (left === undefined || right === undefined) return left === right;
    if (left === ">" || right === ">") return true;
    if (left !== right && left !== "*" && right !== "*") return false;
  }
}
