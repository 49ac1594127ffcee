import type { Facts, GroundedField } from "@flowstate/contracts";
import type { TextPage } from "../../pdf/text-layer.ts";
import type { Place } from "../printed/printed-place.ts";
import { isIssuer, issuerOf } from "./issuer-marks.ts";
import { placesOf } from "./party-places.ts";
import { roleAt } from "./role-of-place.ts";
import { asSeller, type LabelledRole } from "./role-words.ts";

type Role = Extract<LabelledRole, "vendor" | "buyer">;
type Grounded = GroundedField["grounded"];

/** Both are introduced at the beginning; what follows repeats them. */
const PAGES = 2;
/**
 * Whether vendor and buyer stand where the page has its vendor and its buyer: under their labels, or, where neither has
 * one, as the one whose paper it is and the one it is sent to. `absent` for one who stands in the other's place.
 */
export function groundedRoles(facts: Facts, allPages: readonly TextPage[]): Readonly<Record<Role, Grounded>> {
  const pages = allPages.slice(0, PAGES);
  const roles = { vendor: labelledValues(facts, "vendor", pages), buyer: labelledValues(facts, "buyer", pages) };
  const states = { vendor: stateByLabels("vendor", roles), buyer: stateByLabels("buyer", roles) };
  if (states.vendor !== "not_checkable" || states.buyer !== "not_checkable") return states;
  return statesByIssuer(facts, pages);
}

/** For each of the values that nobody else has (name, street, tax numbers), what the labels say whose it is. */
type LabelledValues = ReadonlyMap<string, ReadonlySet<LabelledRole>>;

function labelledValues(facts: Facts, role: Role, pages: readonly TextPage[]): LabelledValues {
  const party = facts[role];
  const labelOf = (place: Place) => {
    const label = roleAt(place);
    return label === "shipper" && role === "vendor" ? role : asSeller(label, facts.document_type);
  };
  const values = [
    ["name", party?.name],
    ["street", party?.street?.split(", ")[0]],
    ...(party?.tax_ids ?? []).map(({ value }, index) => [`tax_ids/${index}`, value] as const),
  ] as const;
  return new Map(
    values.flatMap(([key, value]) => {
      if (value === null || value === undefined) return [];
      return [[key, new Set(placesOf(value, pages).flatMap((place) => labelOf(place) ?? []))] as const];
    }),
  );
}

/**
 * Labels reach further down than their blocks, so a place under the other's label says little where the other stands under
 * it, too: a name counts where the other's does not, anything else where both changed places.
 */
function stateByLabels(role: Role, values: Readonly<Record<Role, LabelledValues>>): Grounded {
  const other = role === "vendor" ? "buyer" : "vendor";
  const mine = [...values[role]];
  const isMisplaced = mine.some(([key, labels]) => {
    const others = values[other].get(key);
    if (!labels.has(other) || labels.has(role)) return false;
    return key === "name" ? others?.has(other) !== true : others?.has(role) === true && !others.has(other);
  });
  if (isMisplaced) return "absent";
  return mine.some(([, labels]) => labels.has(role)) ? "page" : "not_checkable";
}

/** Without labels: an order is on the buyer's paper, everything else on the vendor's. */
function statesByIssuer(facts: Facts, pages: readonly TextPage[]): Readonly<Record<Role, Grounded>> {
  const parties = [facts.vendor, facts.buyer];
  const addresses = parties.flatMap((party) => party?.postal_code ?? party?.city ?? []);
  const [vendor, buyer] = parties.map((party) => isIssuer(party?.name ?? null, addresses, pages));
  const state = (isRight: boolean) => (isRight ? "page" : "absent");
  const issuer = issuerOf(facts);
  if (vendor === buyer || issuer === undefined) return { vendor: "not_checkable", buyer: "not_checkable" };
  const isRight = vendor === (issuer === "vendor");
  return { vendor: state(isRight), buyer: facts.buyer === null ? "not_checkable" : state(isRight) };
}
