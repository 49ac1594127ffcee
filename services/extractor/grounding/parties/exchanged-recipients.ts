import type { Facts, Party } from "@flowstate/contracts";
import type { TextPage } from "../../pdf/text-layer.ts";
import { placesOf } from "./party-places.ts";
import { roleAt } from "./role-of-place.ts";
import type { LabelledRole } from "./role-words.ts";

/** Both are introduced at the beginning; what follows repeats them. */
const PAGES = 2;

type Recipient = Extract<LabelledRole, "buyer" | "ship_to">;

/**
 * Pointers to who buys and to who gets the goods where the page has the one under the label of the other, and nothing of
 * either under its own. What they share (one company at two addresses) tells nothing.
 */
export function exchangedRecipients(facts: Facts, allPages: readonly TextPage[]): readonly string[] {
  const pages = allPages.slice(0, PAGES);
  const { buyer, ship_to } = facts;
  const [ofBuyer, ofShipTo] = [detailsOf(buyer), detailsOf(ship_to)];
  const own = {
    buyer: [...ofBuyer].filter(([, value]) => !new Set(ofShipTo.values()).has(value)),
    ship_to: [...ofShipTo].filter(([, value]) => !new Set(ofBuyer.values()).has(value)),
  };
  if (own.buyer.length === 0 || own.ship_to.length === 0) return [];
  const isUnder = (role: Recipient, label: Recipient) =>
    own[role].some(([, value]) => placesOf(value, pages).some((place) => roleAt(place) === label));
  if (isUnder("buyer", "buyer") || isUnder("ship_to", "ship_to")) return [];
  return (["buyer", "ship_to"] as const).flatMap((role) => {
    const other = role === "buyer" ? "ship_to" : "buyer";
    return isUnder(role, other) ? own[role].slice(0, 1).map(([field]) => `/${role}/${field}`) : [];
  });
}

function detailsOf(party: Party): ReadonlyMap<string, string> {
  const details = [
    ["name", party?.name],
    ["street", party?.street?.split(", ")[0]],
    ["postal_code", party?.postal_code],
    ["city", party?.city],
  ] as const;
  return new Map(
    details.flatMap(([field, value]) => (value === null || value === undefined ? [] : [[field, value] as const])),
  );
}
