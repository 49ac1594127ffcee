import type { Facts } from "@flowstate/contracts";
import type { TextPage } from "../../pdf/text-layer.ts";
import { answeredOnce } from "../printed/answered-once.ts";
import { placesOf } from "./party-places.ts";
import { roleAt } from "./role-of-place.ts";
import { asSeller, type LabelledRole, labelledRole } from "./role-words.ts";

/** All are introduced at the beginning; what follows repeats them. */
const PAGES = 2;
const PARTIES = ["vendor", "buyer", "ship_to", "carrier"] as const;
type PartyRole = (typeof PARTIES)[number];
/** Towns are everybody's. */
const DETAILS = ["name", "street"] as const;
/** Under which labels each may stand. Who buys often gets the goods. */
const OWN: Readonly<Record<PartyRole, readonly LabelledRole[]>> = {
  vendor: ["vendor", "shipper"],
  buyer: ["buyer", "ship_to", "consignee"],
  ship_to: ["ship_to", "buyer", "consignee"],
  carrier: ["carrier"],
};
/** Labels of others that only papers of transport have; whose of the other labels somebody is, `groundedRoles` says. */
const OF_TRANSPORT: ReadonlySet<LabelledRole> = new Set(["carrier", "consignee"]);

/**
 * Pointers to names and addresses that the page has under the label of a carrier and that were read of somebody else, or the
 * other way round; and to a vendor's under the label of who gets the goods. What stands under its own label as well, or
 * somewhere without one while nobody has the label for it, is believed.
 */
export function mistakenCarrier(facts: Facts, allPages: readonly TextPage[]): readonly string[] {
  const pages = allPages.slice(0, PAGES);
  const labels = labelsOn(pages);
  const told = answeredOnce((value) => placesOf(value, pages).map(roleAt));
  return PARTIES.flatMap((role) =>
    DETAILS.filter((field) => {
      const value = detailOf(facts, role, field);
      if (value === undefined || isShared(facts, role, field, value)) return false;
      const said = told(value);
      const isOwn = said.some((label) => label !== undefined && OWN[role].includes(label));
      const isOther = said.some((label) => label !== undefined && (role === "carrier" || OF_TRANSPORT.has(label)));
      const isLabelled = OWN[role].some(
        (label) => labels.has(label) && asSeller(label, facts.document_type) !== "neither",
      );
      const isTold = isLabelled || said.every((label) => label !== undefined);
      // A carrier's paper labels its shipper, and the carrier has the letterhead.
      const isUnlabelled = isLabelled && role === "vendor" && facts.document_type === "bill_of_lading";
      return said.length > 0 && !isOwn && ((isOther && isTold) || isUnlabelled);
    }).map((field) => `/${role}/${field}`),
  );
}

function detailOf(facts: Facts, role: PartyRole, field: (typeof DETAILS)[number]): string | undefined {
  const value = facts[role]?.[field] ?? undefined;
  return field === "street" ? value?.split(", ")[0] : value;
}

/** Whether it was read of another party, too: who carries what it sells, or has its office in the same town. */
function isShared(facts: Facts, role: PartyRole, field: (typeof DETAILS)[number], value: string): boolean {
  return PARTIES.some((other) => other !== role && detailOf(facts, other, field) === value);
}

/** Which labels the page has, whoever stands under them. */
function labelsOn(pages: readonly TextPage[]): ReadonlySet<LabelledRole> {
  const cells = pages.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells));
  return new Set(cells.flatMap(({ text }) => labelledRole(text.replace(/:.*$/s, ":")) ?? []));
}
