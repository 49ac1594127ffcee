import type { Bench } from "./bench/bench.ts";

/** What anybody who is let in may ask of audit, beside its stream. `:id` is one of the documents. */
const ASKED_BY_TENANT = [
  "/",
  "/livez",
  "/readyz",
  "/openapi.json",
  "/api/session",
  "/api/documents?limit=200",
  "/api/documents/:id",
  "/api/events?limit=200",
  "/api/stats",
  "/api/export.csv",
  "/api/export.ndjson",
] as const;
const ASKED_BY_OPERATOR = ["/readyz", "/admin/status", "/admin/tenants", "/api/documents?limit=200"] as const;
const STREAM = "/api/stream";

/** What audit answers: its stream from now on, and everything else when it is asked for. */
export class AuditAnswers implements AsyncDisposable {
  readonly #bench: Bench;
  readonly #over = new AbortController();
  readonly #streamed: string[] = [];
  readonly #streaming: Promise<void>;

  constructor(bench: Bench) {
    this.#bench = bench;
    this.#streaming = this.#follow();
  }

  /** Status line, headers and body of each. Rejects when one is not answered 200: what is not said cannot be searched. */
  async texts(): Promise<readonly string[]> {
    const { settings } = this.#bench.stack;
    const list = await this.#ask("/api/documents?limit=1", settings.apiKey);
    const [, document = ""] = /"document_id":"([0-9a-f-]+)"/.exec(list.body) ?? [];
    const paths = ASKED_BY_TENANT.map((path) => path.replace(":id", document));
    const answers = await Promise.all([
      ...paths.map((path) => this.#ask(path, settings.apiKey)),
      ...ASKED_BY_OPERATOR.map((path) => this.#ask(path, settings.adminKey)),
    ]);
    return [...answers.flatMap(({ head, body }) => [head, body]), ...this.#streamed];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    await this.#streaming;
  }

  async #ask(path: string, key: string): Promise<{ readonly head: string; readonly body: string }> {
    const response = await fetch(new URL(path, this.#bench.stack.services.audit.url), {
      headers: { "x-api-key": key },
      signal: this.#over.signal,
    });
    if (response.status !== 200) throw new Error(`audit answers ${response.status} to ${path}`);
    return { head: headOf(response), body: await response.text() };
  }

  async #follow(): Promise<void> {
    const { signal } = this.#over;
    const { apiKey } = this.#bench.stack.settings;
    try {
      const response = await fetch(new URL(STREAM, this.#bench.stack.services.audit.url), {
        headers: { "x-api-key": apiKey },
        signal,
      });
      this.#streamed.push(headOf(response));
      for await (const piece of response.body ?? []) this.#streamed.push(Buffer.from(piece).toString());
    } catch (error) {
      // Audit ends the stream when it stops, the proof when it has heard enough.
      if (!signal.aborted && this.#streamed.length === 0) throw error;
    }
  }
}

function headOf({ status, headers }: Response): string {
  return `${status}\n${[...headers].map(([name, value]) => `${name}: ${value}`).join("\n")}`;
}
