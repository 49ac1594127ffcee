import { execFile } from "node:child_process";
import { open, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const PIECE = Buffer.alloc(64 * 1024);
const PAGE = Buffer.alloc(4 * 1024);

export interface SmallDiskOptions {
  readonly mebibytes: number;
  /** How much room is left when it is full, bytes: who writes gets ENOSPC after that. */
  readonly roomBytes: number;
}

/** A disk of its own for a server's data, in memory, that can be filled: what writes to it gets ENOSPC. */
export class SmallDisk implements AsyncDisposable {
  readonly folder: string;
  readonly #roomBytes: number;

  private constructor(folder: string, roomBytes: number) {
    this.folder = folder;
    this.#roomBytes = roomBytes;
  }

  /** Only root may, on Linux. Rejects elsewhere. */
  static async mount(folder: string, { mebibytes, roomBytes }: SmallDiskOptions): Promise<SmallDisk> {
    await run("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m,mode=0711`, "flowstate-faults", folder]);
    return new SmallDisk(folder, roomBytes);
  }

  async fill(): Promise<void> {
    await using file = await open(this.#filling, "a");
    for (const piece of [PIECE, PAGE]) {
      try {
        for (;;) await file.appendFile(piece);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      }
    }
    if (this.#roomBytes > 0) await truncate(this.#filling, (await file.stat()).size - this.#roomBytes);
  }

  async makeRoom(): Promise<void> {
    await rm(this.#filling, { force: true });
  }

  get #filling(): string {
    return join(this.folder, "filling");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run("umount", ["--lazy", this.folder]);
  }
}
