import { Agent, request } from "undici";

/** From the connection to the end of the answer, milliseconds. */
const TIME_LIMIT_MS = 5_000;
/** Slack answers `ok`. */
const MAX_ANSWER_BYTES = 4_096;

/** Somebody who is told. Resolves with whether he has taken the message; never rejects. */
export type Tell = (text: string) => Promise<boolean>;

/** A Slack incoming webhook. Redirects are not followed: the URL is a secret, and what is posted is for its owner. */
export class SlackWebhook implements AsyncDisposable {
  readonly #url: URL;
  readonly #agent = new Agent({ connect: { timeout: TIME_LIMIT_MS }, pipelining: 0 });

  constructor(url: URL) {
    this.#url = url;
  }

  /** Posts `text`. False for every answer but a 2xx, and for none. */
  readonly tell: Tell = async (text) => {
    try {
      const { statusCode, body } = await request(this.#url, {
        method: "POST",
        dispatcher: this.#agent,
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text }),
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      await body.dump({ limit: MAX_ANSWER_BYTES });
      return statusCode >= 200 && statusCode < 300;
    } catch {
      // Its message may quote the URL, which is a secret.
      return false;
    }
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}
