import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

/** Who PostgreSQL runs as. */
export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

/** In order of preference; `nobody` exists everywhere. */
const NAMES = ["postgres", "nobody"] as const;

/**
 * PostgreSQL refuses to run as root. Undefined for an ordinary user, who runs it as himself; for root an unprivileged user
 * of the machine. Throws when root's machine has none.
 */
export function postgresUser(): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of NAMES) {
    const [, , uid, gid] = accounts.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(`PostgreSQL refuses to run as root, and there is no user ${NAMES.join(" or ")}: run as another user`);
}

/** Whether `user` can pass through to `folder`: it is tried, because owners, groups and access lists all have a say. */
export async function canReach(user: PostgresUser, folder: string): Promise<boolean> {
  try {
    await promisify(execFile)("/bin/sh", ["-c", 'cd -- "$1"', "sh", folder], { ...user, cwd: "/" });
    return true;
  } catch {
    return false;
  }
}
