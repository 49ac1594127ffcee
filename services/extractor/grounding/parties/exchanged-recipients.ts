import type { Facts, Party } from "@flowstate/contracts";
import type { TextPage } from "../../pdf/text-layer.ts";
import { placesOf } from "./party-places.ts";
import { roleAt } from "./role-of-place.ts";
import type { LabelledRole } from "./role-words.ts";

/** Both are introduced at the beginning; what follows repeats them. */
const PAGES = 2;

type Recipient = Extract<LabelledRole, "buyer" | "ship_to">;
const DETAILS = ["name", "street", "postal_code", "city"] as const;

/**
 * Pointers to what was read of who buys and of who gets the goods, where the page has the one under the label of the other
 * and neither under its own. What they share (one company at two addresses) tells nothing.
 */
export function exchangedRecipients(facts: Facts, allPages: readonly TextPage[]): readonly string[] {
  const pages = allPages.slice(0, PAGES);
  return DETAILS.flatMap((field) => {
    const own = { buyer: detailOf(facts.buyer, field), ship_to: detailOf(facts.ship_to, field) };
    if (own.buyer === undefined || own.ship_to === undefined || own.buyer === own.ship_to) return [];
    const labels = { buyer: labelsOf(own.buyer, pages), ship_to: labelsOf(own.ship_to, pages) };
    if (labels.buyer.has("buyer") || labels.ship_to.has("ship_to")) return [];
    return (["buyer", "ship_to"] as const).flatMap((role) => {
      const other: Recipient = role === "buyer" ? "ship_to" : "buyer";
      return labels[role].has(other) ? `/${role}/${field}` : [];
    });
  });
}

function detailOf(party: Party, field: (typeof DETAILS)[number]): string | undefined {
  return (field === "street" ? party?.street?.split(", ")[0] : party?.[field]) ?? undefined;
}

function labelsOf(value: string, pages: readonly TextPage[]): ReadonlySet<LabelledRole> {
  return new Set(placesOf(value, pages).flatMap((place) => roleAt(place) ?? []));
}
