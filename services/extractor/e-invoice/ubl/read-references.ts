import type { Facts } from "@flowstate/contracts";
import type { XmlElement } from "../parse-xml.ts";
import { code, distinct, incoterm, text } from "../xml-values.ts";

/** What Peppol asks for in place of an order number where only the seller's own is known. */
const NO_ORDER_NUMBER = "NA";

export function readReferences(root: XmlElement, lines: readonly XmlElement[]): Facts["references"] {
  const shipment = root.find("Delivery", "Shipment");
  const equipment = (shipment?.all("TransportHandlingUnit") ?? []).flatMap((unit) => unit.all("TransportEquipment"));
  const stages = shipment?.all("ShipmentStage") ?? [];
  const means = first(stages, "TransportMeans");
  const terms = root.find("DeliveryTerms");
  return {
    purchase_order_numbers: orderNumbers(root, lines),
    contract_number: text(root.find("ContractDocumentReference", "ID")), // BT-12
    delivery_note_number: text(root.find("DespatchDocumentReference", "ID")), // BT-16
    shipment_number: text(shipment?.find("Consignment", "ID") ?? shipment?.find("ID")),
    container_numbers: distinct(
      equipment.map((unit) => unit.find("ID")),
      code,
    ),
    seal_numbers: distinct(
      equipment.flatMap((unit) => unit.all("TransportEquipmentSeal")).map((seal) => seal.find("ID")),
      code,
    ),
    vessel: text(means?.find("MaritimeTransport", "VesselName")),
    voyage: text(means?.find("JourneyID")),
    port_of_loading: location(first(stages, "LoadingPortLocation")),
    port_of_discharge: location(first(stages, "UnloadingPortLocation")),
    incoterm: incoterm(terms?.find("ID")),
    incoterm_place: location(terms?.find("DeliveryLocation")),
  };
}

/** BT-13, and those of the lines. */
function orderNumbers(root: XmlElement, lines: readonly XmlElement[]): string[] {
  const ofLines = lines.map((line) => line.find("OrderLineReference", "OrderReference", "ID"));
  return distinct([root.find("OrderReference", "ID"), ...ofLines]).filter((number) => number !== NO_ORDER_NUMBER);
}

function first(stages: readonly XmlElement[], name: string): XmlElement | undefined {
  return stages.flatMap((stage) => stage.find(name) ?? [])[0];
}

function location(element: XmlElement | undefined): string | null {
  return text(element?.find("Name")) ?? text(element?.find("ID"));
}
