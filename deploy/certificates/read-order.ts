import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Renewal } from "./issue-certificates.ts";

const USAGE =
  "usage: npm run certs -- [FOLDER] [--renew | --new-authority | --retire-authorities] [--host NAME=HOST]...";
const DEFAULT_FOLDER = "certs";

/** The words on the command line are not an order. */
export class UsageError extends Error {
  constructor() {
    super(USAGE);
    this.name = "UsageError";
  }
}

export interface Order {
  readonly folder: string;
  readonly renewal: Renewal;
  readonly furtherHosts: ReadonlyMap<string, readonly string[]>;
}

/** Reads the command line. A relative folder is meant from `standing`. Throws `UsageError`. */
export function readOrder(args: readonly string[], standing: string): Order {
  const { values, positionals } = parsed(args);
  const [folder = DEFAULT_FOLDER, ...more] = positionals;
  const renewals: Renewal[] = [
    ...(values.renew === true ? (["holders"] as const) : []),
    ...(values["new-authority"] === true ? (["authority"] as const) : []),
    ...(values["retire-authorities"] === true ? (["retire"] as const) : []),
  ];
  const [renewal = "due", ...others] = renewals;
  if (more.length > 0 || others.length > 0) throw new UsageError();
  const furtherHosts = new Map<string, string[]>();
  for (const pair of values.host ?? []) {
    const [, name, host] = /^([a-z0-9-]+)=([A-Za-z0-9.-]+)$/.exec(pair) ?? [];
    if (name === undefined || host === undefined) throw new UsageError();
    furtherHosts.set(name, [...(furtherHosts.get(name) ?? []), host]);
  }
  return { folder: resolve(standing, folder), renewal, furtherHosts };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        renew: { type: "boolean" },
        "new-authority": { type: "boolean" },
        "retire-authorities": { type: "boolean" },
        host: { type: "string", multiple: true },
      },
    });
  } catch {
    throw new UsageError();
  }
}
