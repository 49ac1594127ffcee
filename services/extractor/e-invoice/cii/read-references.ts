import type { Facts } from "@flowstate/contracts";
import type { XmlElement } from "../parse-xml.ts";
import { code, distinct, incoterm, text } from "../xml-values.ts";
import type { CiiVocabulary } from "./vocabulary.ts";

/** The parts of a message that refer to something outside of it. */
interface Referring {
  readonly agreement: XmlElement | undefined;
  readonly delivery: XmlElement | undefined;
  readonly consignment: XmlElement | undefined;
  readonly lines: readonly XmlElement[];
}

/** The profiles carry nothing about ports; ships are not told from trucks. */
export function readReferences(
  { agreement, delivery, consignment, lines }: Referring,
  words: CiiVocabulary,
): Facts["references"] {
  const terms = agreement?.find("ApplicableTradeDeliveryTerms");
  const equipment = consignment?.all("UtilizedLogisticsTransportEquipment") ?? [];
  const orders = [agreement, ...lines.map((line) => line.find(words.lineAgreement))];
  return {
    purchase_order_numbers: distinct(orders.map((part) => reference(part, "BuyerOrderReferencedDocument"))), // BT-13
    contract_number: text(reference(agreement, "ContractReferencedDocument")), // BT-12
    delivery_note_number: text(
      reference(delivery, "DeliveryNoteReferencedDocument") ?? // BT-X-202
        reference(delivery, "DespatchAdviceReferencedDocument"), // BT-16
    ),
    shipment_number: text(reference(consignment, "TransportContractReferencedDocument")),
    container_numbers: distinct(
      equipment.map((unit) => unit.find("ID")),
      code,
    ),
    seal_numbers: distinct(
      equipment.flatMap((unit) => unit.all("AffixedLogisticsSeal")).map((seal) => seal.find("ID")),
      code,
    ),
    vessel: null,
    voyage: null,
    port_of_loading: null,
    port_of_discharge: null,
    incoterm: incoterm(terms?.find("DeliveryTypeCode")),
    incoterm_place: text(terms?.find("RelevantTradeLocation", "Name")),
  };
}

/** The number of a referenced document, which ZUGFeRD 1.0 calls `ID`. */
function reference(part: XmlElement | undefined, name: string): XmlElement | undefined {
  const document = part?.find(name);
  return document?.find("IssuerAssignedID") ?? document?.find("ID");
}
