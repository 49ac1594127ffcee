import { createServer } from "node:http";
import { z } from "zod";

/** A Slack incoming webhook that keeps what it is told. */
export interface SlackDouble extends AsyncDisposable {
  /** For `SLACK_WEBHOOK_URL`. */
  readonly url: URL;
  /** The texts it has taken, in order. */
  readonly texts: readonly string[];
  /** How it answers from now on: as Slack does, with a fault of Slack's, or not at all. */
  answer: "ok" | "rate_limited" | "broken" | "redirect" | "never";
}

const messageSchema = z.strictObject({ text: z.string().min(1).max(40_000) });
const ANSWERS = {
  ok: [200, "ok"],
  rate_limited: [429, "rate_limited"],
  broken: [500, "rollup_error"],
  redirect: [302, ""],
} as const;

/** Listens on a free loopback port. */
export async function startSlack(): Promise<SlackDouble> {
  const texts: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    if (slack.answer === "never") return;
    const [status, answer] = ANSWERS[slack.answer];
    const message = messageSchema.safeParse(JSON.parse(body));
    const taken = message.success && request.method === "POST" && request.url === "/services/T0/B0/secret";
    if (taken && slack.answer === "ok") texts.push(message.data.text);
    if (slack.answer === "redirect") response.setHeader("location", slack.url.href);
    response.writeHead(taken ? status : 400).end(taken ? answer : "invalid_payload");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the webhook has no port");
  const slack: SlackDouble = {
    url: new URL(`http://127.0.0.1:${address.port}/services/T0/B0/secret`),
    texts,
    answer: "ok",
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return slack;
}
