import type { FaultKind } from "../target.ts";

/** A bug that is planted, and must be found. */
export interface Control {
  readonly kind: FaultKind;
  /** What must be said of it, among other words, where more than one check finds its kind. */
  readonly what?: string;
  /** Where it is looked for. */
  readonly target: string;
  /** The module that plants it. */
  readonly plant: string;
  /** How many inputs are given at most. */
  readonly inputs: number;
}

const plant = (name: string) => new URL(`./plant-${name}.ts`, import.meta.url).href;

export const CONTROLS: readonly Control[] = [
  { kind: "crash", target: "multipart-parser", plant: plant("crash"), inputs: 400 },
  { kind: "hang", target: "multipart-parser", plant: plant("hang"), inputs: 400 },
  { kind: "server_error", target: "multipart", plant: plant("server-error"), inputs: 200 },
  { kind: "body", target: "multipart", plant: plant("body"), inputs: 200 },
  { kind: "echo", target: "multipart", plant: plant("echo"), inputs: 100 },
  { kind: "leak", what: "in use", target: "multipart-parser", plant: plant("leak"), inputs: 300 },
  { kind: "echo", what: "a log line", target: "sendgrid-fields", plant: plant("told-log"), inputs: 60 },
  { kind: "echo", what: "a log line", target: "api-parameters", plant: plant("told-question"), inputs: 300 },
  { kind: "echo", what: "a log line", target: "stream-events", plant: plant("told-event"), inputs: 300 },
  { kind: "echo", what: "of a service", target: "stack", plant: plant("services-that-tell"), inputs: 30 },
  { kind: "echo", what: "a row of", target: "stream-events", plant: plant("quoting-note"), inputs: 300 },
  { kind: "leak", what: "a reservation", target: "mime", plant: plant("kept-reservation"), inputs: 200 },
  { kind: "leak", what: "a reservation", target: "uploads", plant: plant("kept-reservation"), inputs: 40 },
  { kind: "leak", what: "of the system", target: "multipart-parser", plant: plant("leaking-threads"), inputs: 300 },
  ...(
    [
      ["an entity was expanded", "expanded-entity"],
      ["a file was opened", "opened-file"],
      ["an address was asked", "asked-address"],
    ] as const
  ).map(([what, name]) => ({
    kind: "reached_out" as const,
    what,
    target: "e-invoice-xml",
    plant: plant(name),
    inputs: 400,
  })),
  { kind: "broken_promise", target: "multipart-parser", plant: plant("broken-promise"), inputs: 400 },
  { kind: "hang", what: "and again", target: "multipart-parser", plant: plant("hang-in-the-end"), inputs: 100 },
  { kind: "hang", what: "when new", target: "multipart", plant: plant("slow-when-new"), inputs: 40 },
  { kind: "hang", what: "still under way", target: "sockets", plant: plant("unending-work"), inputs: 600 },
  { kind: "body", what: "without a body", target: "headers", plant: plant("own-answers"), inputs: 150 },
  { kind: "body", what: "to a POST has no body", target: "multipart", plant: plant("lost-body"), inputs: 200 },
  { kind: "body", what: "answer(s) to one request", target: "raw-mode", plant: plant("silence"), inputs: 60 },
  { kind: "body", what: "0 answer(s)", target: "api-parameters", plant: plant("silence"), inputs: 60 },
  {
    kind: "broken_promise",
    what: "is answered 503",
    target: "api-parameters",
    plant: plant("lost-database"),
    inputs: 60,
  },
  {
    kind: "broken_promise",
    what: "nobody sealed",
    target: "transfer-frames",
    plant: plant("unchecked-tag"),
    inputs: 100,
  },
  { kind: "broken_promise", what: "was stopped", target: "pdf", plant: plant("lost-turn"), inputs: 40 },
  { kind: "broken_promise", what: "did not send", target: "transfers", plant: plant("cut-content"), inputs: 60 },
  { kind: "broken_promise", what: "neither stored", target: "stream-events", plant: plant("passed-over"), inputs: 150 },
  {
    kind: "broken_promise",
    what: "neither stored",
    target: "stream-events",
    plant: plant("dropped-message"),
    inputs: 150,
  },
];
