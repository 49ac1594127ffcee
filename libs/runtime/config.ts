import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { z } from "zod";

/**
 * Configuration comes from environment variables only, through one schema per service, read once. The schemas document
 * themselves: `.describe()` says what a variable does, `.meta({ secret: true })` that it is never printed. `.env.example`
 * and the configuration page are generated from them.
 */

/**
 * Every problem of a configuration at once, of nested values each place's; no value is quoted, because any of them may be a
 * secret.
 */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`configuration is not usable: ${problems.join("; ")}`);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** Reads the schema's variables as `readValues` does. Throws `ConfigError`. */
export function readConfig<S extends z.ZodType>(
  schema: S,
  names: readonly string[],
  environment: NodeJS.ProcessEnv,
): z.output<S> {
  const { values, unreadable } = readValues(names, environment);
  const problems = [...unreadable].map((name) => `${name}: the file it names cannot be read`);
  const parsed = schema.safeParse(values);
  if (!parsed.success) problems.push(...problemsOf(parsed.error.issues, values, unreadable));
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}

interface EnvironmentValues {
  readonly values: Readonly<Record<string, string>>;
  /** What cannot be read has an empty value nevertheless: no other variable shall be asked for in its place. */
  readonly unreadable: ReadonlySet<string>;
}

/**
 * The variables as they are written in `environment`. A value `file:/path` is replaced by that file's content without its
 * last line end, so that secrets can be mounted as files. An empty value, or a file with nothing in it, counts as absent.
 */
export function readValues(names: readonly string[], environment: NodeJS.ProcessEnv): EnvironmentValues {
  const unreadable = new Set<string>();
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = environment[name];
    if (value === undefined || value === "") continue;
    const resolved = value.startsWith("file:") ? readSecretFile(value.slice("file:".length)) : value;
    if (resolved === "") continue;
    if (resolved === undefined) unreadable.add(name);
    values[name] = resolved ?? "";
  }
  return { values, unreadable };
}

/** One line for each place that has a problem: a place with several tells its first, and equal lines are told once. */
function problemsOf(
  issues: readonly z.core.$ZodIssue[],
  values: Readonly<Record<string, string>>,
  unreadable: ReadonlySet<string>,
): Iterable<string> {
  const byPlace = new Map<string, string>();
  for (const issue of issues) {
    const name = String(issue.path[0] ?? "configuration");
    const place = JSON.stringify(issue.path);
    if (unreadable.has(name) || byPlace.has(place)) continue;
    const missing = values[name] === undefined && issue.code === "invalid_type";
    byPlace.set(place, `${name}: ${missing ? "is required" : issue.message}`);
  }
  return new Set(byPlace.values());
}

function readSecretFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch {
    return undefined;
  }
}

/** `true` or `false`, nothing else: `1`, `yes` or a typo would otherwise silently mean one of them. */
export function flag(fallback: boolean) {
  return z
    .enum(["true", "false"], "must be true or false")
    .default(fallback ? "true" : "false")
    .transform((value) => value === "true");
}

/** A whole number within bounds, written in decimal digits. */
export function wholeNumber(bounds: { min: number; max: number; fallback: number }) {
  return z
    .string()
    .regex(/^\d{1,15}$/, "must be a whole number")
    .default(String(bounds.fallback))
    .transform(Number)
    .pipe(
      z.number().min(bounds.min, `must be at least ${bounds.min}`).max(bounds.max, `must be at most ${bounds.max}`),
    );
}

/** A TCP port; 0 lets the system choose one. */
export function port(fallback: number) {
  return wholeNumber({ min: 0, max: 65_535, fallback });
}

/** A secret the operator must set: there is no default that could be forgotten in production. */
export function secret(minLength: number) {
  return z.string("is required").min(minLength, `must have at least ${minLength} characters`).meta({ secret: true });
}

/**
 * A place outside the process that content may be sent to: https, or plain http to this machine itself, which only the
 * local stack and tests use (`FLOWSTATE_LOCAL=true`, checked by `insecureUrls`).
 */
export const outboundUrl = z
  .url({ protocol: /^https?$/, error: "must be an https URL" })
  .refine((value) => URL.canParse(value) && isAcceptableUrl(new URL(value)), "must be an https URL without credentials")
  .transform((value) => new URL(value));

function isAcceptableUrl(url: URL): boolean {
  if (url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || isLoopback(url);
}

/** Whether a host, as `URL.hostname` has it, is this machine: what is sent there in plain text crosses no network. */
export function isLoopback({ hostname }: Pick<URL, "hostname">): boolean {
  return hostname === "127.0.0.1" || hostname === "[::1]" || hostname === "localhost";
}

/**
 * Whether a server's certificate can be held against this host. The clients of broker and database do that with names only:
 * for an address they would take a certificate for localhost, which any server may have.
 */
export function hasVerifiableName(url: Pick<URL, "hostname">): boolean {
  return isLoopback(url) || isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0;
}

/** For `superRefine`: the check is made although variables have problems of their own, so that all are listed at once. */
export const ALSO_WITH_PROBLEMS = { when: () => true } as const;

/** Adds a problem for each URL that is not https, unless the configuration is that of the local stack. */
export function refuseInsecureUrls(
  local: boolean,
  urls: Readonly<Record<string, URL | undefined>>,
  context: z.core.$RefinementCtx,
): void {
  for (const [name, url] of Object.entries(urls)) {
    if (url !== undefined && !isSecureUrl(local, url)) {
      context.addIssue({ code: "custom", path: [name], message: INSECURE_URL });
    }
  }
}

/** What is said of a URL that `isSecureUrl` does not hold for. */
export const INSECURE_URL = "must be an https URL (plain http needs FLOWSTATE_LOCAL=true)";

export function isSecureUrl(local: boolean, url: URL): boolean {
  return local || url.protocol === "https:";
}
