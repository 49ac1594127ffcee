import type { Facts } from "@flowstate/contracts";
import type { TextPage } from "../../pdf/text-layer.ts";
import { foldedText } from "../printed/folded-text.ts";
import { usualHeight } from "../printed/print-size.ts";
import type { Place } from "../printed/printed-place.ts";
import { PrintedValue } from "../printed/printed-value.ts";
import { placesOf } from "./party-places.ts";
import { labelledRole } from "./role-words.ts";

/** How much taller than most of its page a letterhead is. Addresses may well be somewhat taller than a table. */
const TALLER = 1.5;
/** How far from the last row of a page its foot begins, and how far what belongs together in it lies apart, in points. */
const FOOT = 90;
/** What companies say of themselves in the foot of their paper, folded. */
const OF_ITS_OWN =
  /(?<![\p{L}])(?:iban|bic|swift|hr[ab]|amtsgericht|handelsregister|geschaftsfuhr|vorstand|ust-?id|steuer-?n|vat (?:no|reg|id)|siren|siret|rcs|tva|capital social|p\.? ?iva|partita iva|rea|nif|cif|kvk|btw|nip|regon|krs|company (?:no|number|reg)|registered (?:office|in)|tel|fax|www)/u;

/** What only goes with goods may be on a carrier's paper. */
const SENT_BY_VENDOR: ReadonlySet<Facts["document_type"]> = new Set([
  "invoice",
  "credit_note",
  "order_confirmation",
  "delivery_note",
]);

/** Whose paper a document of this type is on; undefined where it may be anybody's. */
export function issuerOf({ document_type: type }: Facts): "vendor" | "buyer" | undefined {
  if (type === "purchase_order") return "buyer";
  return SENT_BY_VENDOR.has(type) ? "vendor" : undefined;
}

/**
 * Whether a party with this name is the one whose paper it is: printed large, in the line over the window of an envelope
 * that says name and address in one row, or in the foot beside its bank and its registration. Nobody is written to like
 * this. `addresses` are the postal codes, or else the cities, of those whom the document names.
 */
export function isIssuer(name: string | null, addresses: readonly string[], pages: readonly TextPage[]): boolean {
  if (name === null) return false;
  return placesOf(name, pages).some(
    (place) => isLarge(place) || isSenderLine(place, addresses) || (place.before === "" && isInFoot(place)),
  );
}

function isLarge({ page, cell }: Place): boolean {
  return cell.height >= TALLER * usualHeight(page);
}

function isSenderLine({ page, row, cell, before }: Place, addresses: readonly string[]): boolean {
  const cells = page.rows[row]?.cells ?? [];
  const at = cells.indexOf(cell);
  const beside = cells[at - 1]?.text ?? "";
  if (before !== "" || labelledRole(beside) !== undefined || beside.endsWith(":")) return false;
  const inRow = cells
    .slice(at)
    .map(({ text }) => text)
    .join(" ");
  return addresses.some((address) => new PrintedValue(address).isIn(inRow));
}

/** Whether a place is where companies print what they say of themselves. */
export function isInFoot({ page, row }: Place): boolean {
  const last = page.rows.at(-1)?.y ?? 0;
  const y = page.rows[row]?.y ?? 0;
  if (last - y > FOOT || y < last / 2) return false;
  const foot = page.rows.filter((other) => last - other.y <= FOOT);
  return foot.some(({ cells }) => cells.some(({ text }) => OF_ITS_OWN.test(foldedText(text))));
}
