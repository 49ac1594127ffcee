import { FACTS_LIMITS, type Party } from "@flowstate/contracts";
import type { XmlElement } from "../parse-xml.ts";
import { country, cut, text } from "../xml-values.ts";

type TaxId = NonNullable<Party>["tax_ids"][number];

/** A `Party`; null where it states nothing that a party has here. */
export function readParty(element: XmlElement | undefined): Party {
  return partyOf(element, element?.find("PostalAddress"));
}

/** The receiver of a `Delivery` (BG-13), whose address belongs to the place and not to the party. */
export function readShipTo(delivery: XmlElement | undefined): Party {
  const party = delivery?.find("DeliveryParty");
  const place = delivery?.find("DeliveryLocation", "Address") ?? delivery?.find("DeliveryAddress");
  return partyOf(party, place ?? party?.find("PostalAddress"));
}

function partyOf(element: XmlElement | undefined, address: XmlElement | undefined): Party {
  const party = {
    // BT-27, BT-44; BT-70 and other parties have no registered name.
    name: text(element?.find("PartyLegalEntity", "RegistrationName") ?? element?.find("PartyName", "Name")),
    street: cut(streetOf(address).join(", "), FACTS_LIMITS.text),
    postal_code: text(address?.find("PostalZone")),
    city: text(address?.find("CityName")),
    country: country(address?.find("Country", "IdentificationCode")),
    tax_ids: (element?.all("PartyTaxScheme") ?? []).flatMap(taxId),
  };
  const { tax_ids: taxIds, ...stated } = party;
  return taxIds.length > 0 || Object.values(stated).some((value) => value !== null) ? party : null;
}

function streetOf(address: XmlElement | undefined): readonly string[] {
  const parts = ["StreetName", "BuildingNumber"].flatMap((part) => address?.find(part)?.text ?? []);
  const others = [
    address?.find("AdditionalStreetName"),
    ...(address?.all("AddressLine") ?? []).map((line) => line.find("Line")),
  ];
  return [parts.join(" "), ...others.flatMap((line) => line?.text ?? [])].filter((line) => line !== "");
}

/** BT-31, BT-48; BT-32 is every number whose scheme is another than VAT. */
function taxId(registration: XmlElement): TaxId[] {
  const value = text(registration.find("CompanyID"));
  if (value === null) return [];
  const scheme = registration.find("TaxScheme", "ID")?.text;
  if (scheme === undefined) return [{ scheme: "other", value }];
  return [{ scheme: scheme === "VAT" ? "vat" : "tax_number", value }];
}
