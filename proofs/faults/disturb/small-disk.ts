import { execFile } from "node:child_process";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Disturbance } from "./disturbance.ts";

const run = promisify(execFile);
const PIECE = Buffer.alloc(64 * 1024);
const PAGE = Buffer.alloc(4 * 1024);

/** A disk of its own for a server's data, in memory, that can be filled to the last page: what writes to it gets ENOSPC. */
export class SmallDisk implements Disturbance, AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Only root may, on Linux. Rejects elsewhere. */
  static async mount(folder: string, mebibytes: number): Promise<SmallDisk> {
    await run("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m,mode=0711`, "flowstate-faults", folder]);
    return new SmallDisk(folder);
  }

  async begin(): Promise<void> {
    await using file = await open(join(this.folder, "filling"), "a");
    for (const piece of [PIECE, PAGE]) {
      try {
        for (;;) await file.appendFile(piece);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      }
    }
  }

  async end(): Promise<void> {
    await rm(join(this.folder, "filling"), { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", ["--lazy", this.folder]);
  }
}
