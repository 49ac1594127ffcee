import { lookup } from "node:dns/promises";

/** Answers every address that a name stands for; rejects with the system's error (`ENOTFOUND`, `EAI_AGAIN`, …). */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/** Asks the system: its name servers, its hosts file, its order of addresses. Cannot be hurried. */
export const systemResolve: ResolveName = async (name) => {
  const found = await lookup(name, { all: true, order: "verbatim" });
  return found.map(({ address }) => address);
};

/**
 * Asks once for all who ask for the same name at the same time; nothing is remembered afterwards. The system's resolver has
 * four threads for the whole process: attempts upon attempts at an ERP whose name server hangs would take them all, and
 * every other tenant's delivery would wait.
 */
export function resolveTogether(resolve: ResolveName): ResolveName {
  const pending = new Map<string, Promise<readonly string[]>>();
  return (name) => {
    const asked = pending.get(name);
    if (asked !== undefined) return asked;
    const asking = resolve(name).finally(() => pending.delete(name));
    pending.set(name, asking);
    return asking;
  };
}
