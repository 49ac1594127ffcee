import { FACTS_LIMITS, type Party } from "@flowstate/contracts";
import type { XmlElement } from "../parse-xml.ts";
import { country, cut, text } from "../xml-values.ts";

type TaxId = NonNullable<Party>["tax_ids"][number];

/** UNTDID 1153 codes of tax registrations. */
const TAX_ID_SCHEMES: Readonly<Record<string, TaxId["scheme"]>> = { VA: "vat", FC: "tax_number" };

/** A `TradeParty`; null where it states nothing that a party has here. */
export function readParty(element: XmlElement | undefined): Party {
  const address = element?.find("PostalTradeAddress");
  const street = ["LineOne", "LineTwo", "LineThree"].flatMap((line) => address?.find(line)?.text ?? []);
  const party = {
    name: text(element?.find("Name")), // BT-27, BT-44, BT-70
    street: cut(street.join(", "), FACTS_LIMITS.text),
    postal_code: text(address?.find("PostcodeCode")),
    city: text(address?.find("CityName")),
    country: country(address?.find("CountryID")),
    tax_ids: (element?.all("SpecifiedTaxRegistration") ?? []).flatMap((registration) => taxId(registration.find("ID"))),
  };
  const { tax_ids: taxIds, ...stated } = party;
  return taxIds.length > 0 || Object.values(stated).some((value) => value !== null) ? party : null;
}

/** BT-31, BT-48; BT-32 */
function taxId(id: XmlElement | undefined): TaxId[] {
  const value = text(id);
  const scheme = TAX_ID_SCHEMES[id?.attribute("schemeID") ?? ""] ?? "other";
  return value === null ? [] : [{ scheme, value }];
}
