import { execFile } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { ignoredByDocker, type Stage, valuesOf } from "./dockerfile.ts";

const STEP_LIMIT_MS = 120_000;
const execute = promisify(execFile);

/**
 * Runs the COPY and RUN steps of a stage that copies from the context only, with `folder` in the place of its WORKDIR:
 * what a build does, without the images. Throws when a step fails.
 */
export async function buildInFolder(stage: Stage, context: string, folder: string): Promise<void> {
  const ignored = ignoredByDocker();
  for (const { name, value } of stage.instructions) {
    if (name === "COPY") await copyStep(value);
    if (name === "RUN") await execute("/bin/sh", ["-c", value], { cwd: folder, timeout: STEP_LIMIT_MS });
  }
  if (valuesOf(stage, "RUN").length === 0) throw new Error("this stage runs nothing");

  async function copyStep(value: string): Promise<void> {
    const paths = value.split(/\s+/);
    const target = join(folder, paths.at(-1) ?? "");
    await mkdir(folder, { recursive: true });
    for (const source of paths.slice(0, -1)) {
      const into = paths.length > 2 ? join(target, source) : target;
      await cp(join(context, source), into, {
        recursive: true,
        filter: (path) => path.split("/").includes("node_modules") === false && !ignored(relative(context, path)),
      });
    }
  }
}
