import { comparePermissions, type PermissionDifferences } from "@flowstate/messaging";
import type { Check } from "../check.ts";
import { found, foundOrGood, type Result } from "../result.ts";

/** What one line has room for. */
const SUBJECTS_SHOWN = 3;

/** Whether the broker permits each identity what its row of the table says, and nothing else. */
export const permissionsCheck: Check = {
  name: "permissions",
  async run({ broker }) {
    const perLogin = await Promise.all(
      broker.logins.map(async (login) => {
        const nats = await broker.open(login);
        if (nats === undefined) return [];
        const { missing, tooMuch } = await comparePermissions(nats, login.identity);
        const results: Result[] = [
          ...listed("permissions.missing", `${login.identity} may not`, missing),
          ...listed("permissions.too_much", `${login.identity} may`, tooMuch),
        ];
        return foundOrGood(results, `${login.identity} may what its row of the table says, and nothing else`);
      }),
    );
    return perLogin.flat();
  },
};

function listed(
  id: "permissions.missing" | "permissions.too_much",
  who: string,
  { publish, subscribe }: PermissionDifferences["missing"],
): readonly Result[] {
  const all = [
    ...publish.map((subject) => `publish to ${subject}`),
    ...subscribe.map((subject) => `subscribe to ${subject}`),
  ];
  if (all.length === 0) return [];
  const more = all.length > SUBJECTS_SHOWN ? `, and ${all.length - SUBJECTS_SHOWN} more` : "";
  return [found(id, `${who} ${all.slice(0, SUBJECTS_SHOWN).join(", ")}${more}`)];
}
