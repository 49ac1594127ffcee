import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, open, readdir, readFile, readlink, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const PIECE = Buffer.alloc(64 * 1024);
const PAGE = Buffer.alloc(4 * 1024);
const MIB = 1024 * 1024;
/** It is thawed when this process says so, or is gone: nobody can end what waits for a disk that does not answer. */
const FREEZE = 'fsfreeze --freeze "$0" && echo frozen && { read -r _; fsfreeze --unfreeze "$0"; }';

export interface SmallDiskOptions {
  readonly mebibytes: number;
  /** How much room is left when it is full, bytes: who writes gets ENOSPC after that. */
  readonly roomBytes: number;
}

/** A disk of its own for a server's data, that can be filled, and that can stop answering whoever writes. */
export class SmallDisk implements AsyncDisposable {
  readonly folder: string;
  readonly #roomBytes: number;
  #thaw: (() => Promise<void>) | undefined;

  private constructor(folder: string, roomBytes: number) {
    this.folder = folder;
    this.#roomBytes = roomBytes;
  }

  /** On an empty folder, in a file beside it. Undefined where that cannot be had: it takes root, on Linux with loop devices. */
  static async mount(folder: string, { mebibytes, roomBytes }: SmallDiskOptions): Promise<SmallDisk | undefined> {
    const image = `${folder}.image`;
    await using file = await open(image, "wx");
    await file.truncate(mebibytes * MIB);
    try {
      await run("mkfs.ext4", ["-q", "-F", "-b", "4096", "-m", "0", "-O", "^has_journal", image]);
      await run("mount", ["-o", "loop", image, folder]);
    } catch {
      return undefined;
    }
    await chmod(folder, 0o711);
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

  /** From now on whoever writes waits, until `thaw`. What is in the system's memory can still be read. */
  async freeze(): Promise<void> {
    const child = spawn("sh", ["-c", FREEZE, this.folder], { detached: true, stdio: ["pipe", "pipe", "inherit"] });
    const ended = once(child, "exit");
    const [said] = await Promise.race([once(child.stdout, "data"), ended]);
    if (!Buffer.isBuffer(said)) throw new Error("the disk cannot be frozen");
    this.#thaw = async () => {
      child.stdin.end();
      await ended;
    };
  }

  async thaw(): Promise<void> {
    await this.#thaw?.();
    this.#thaw = undefined;
  }

  /** How many threads wait for this disk, in a way that nothing else ends. */
  async waiting(): Promise<number> {
    let waiting = 0;
    for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
      if (!(await this.#isUsedBy(pid))) continue;
      const states = (await readdir(`/proc/${pid}/task`).catch(() => [])).map((thread) =>
        readFile(`/proc/${pid}/task/${thread}/stat`, "utf8").catch(() => ""),
      );
      waiting += (await Promise.all(states)).filter((stat) => /\) D /.test(stat)).length;
    }
    return waiting;
  }

  async #isUsedBy(pid: string): Promise<boolean> {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const links = [`/proc/${pid}/cwd`, ...files.map((file) => `/proc/${pid}/fd/${file}`)];
    const targets = await Promise.all(links.map((link) => readlink(link).catch(() => "")));
    return targets.some((target) => target.startsWith(`${this.folder}/`));
  }

  get #filling(): string {
    return join(this.folder, "filling");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.thaw();
    await run("umount", ["--lazy", this.folder]);
  }
}
