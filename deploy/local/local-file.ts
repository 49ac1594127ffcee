import { readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";

/** The clone this stack belongs to. */
export const ROOT = resolve(import.meta.dirname, "../..");
/** What the clone keeps while its stack runs; ignored by git. Tests set another, to have a stack of their own. */
export const STATE_FOLDER = process.env["FLOWSTATE_STATE_FOLDER"] ?? join(ROOT, ".flowstate");
export const LOCAL_FILE = join(STATE_FOLDER, "local.json");

const pid = z.int().positive();

/** `.flowstate/local.json`: where every part of the running stack is, for tools. Holds secrets, so mode 0600. */
const localSchema = z.strictObject({
  version: z.literal(1),
  apiKey: z.string(),
  auditSigningKey: z.string(),
  adminKey: z.string(),
  tenant: z.strictObject({ id: z.string(), address: z.string() }),
  services: z.strictObject({
    ingest: z.strictObject({ url: z.url(), pid }),
    extractor: z.strictObject({ pid }),
    "erp-pusher": z.strictObject({ pid }),
    audit: z.strictObject({ url: z.url(), pid }),
  }),
  nats: z.strictObject({ url: z.url(), pid, storeDir: z.string(), adminPassword: z.string() }),
  postgres: z.strictObject({ url: z.url(), apiUrl: z.url(), pid, dataDir: z.string() }),
  erp: z.strictObject({ url: z.url(), pid, secret: z.string() }),
  logs: z.string(),
});
export type Local = z.infer<typeof localSchema>;

/** What runs now; undefined when no stack of this clone is ready. */
export async function readLocal(path = LOCAL_FILE): Promise<Local | undefined> {
  try {
    return localSchema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Replaces the file in one step: a reader sees the old state or the new one. */
export async function writeLocal(local: Local, path = LOCAL_FILE): Promise<void> {
  const next = `${path}.${process.pid}`;
  await writeFile(next, `${JSON.stringify(localSchema.parse(local), null, 2)}\n`, { mode: 0o600 });
  await rename(next, path);
}
