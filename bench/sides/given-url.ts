import type { Side } from "./side.ts";

/** A system that somebody else runs and that takes SendGrid's posts: only its answers are measured. */
export function givenUrl({ url, apiKey, recipient }: Pick<Side, "url" | "apiKey" | "recipient">): Side {
  return {
    name: url,
    url,
    apiKey,
    recipient,
    processes: () => ({}),
    database: undefined,
    [Symbol.asyncDispose]: async () => {},
  };
}
