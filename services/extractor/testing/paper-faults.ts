import type { Facts, Line, Party } from "@flowstate/contracts";
import { type Faulty, faulty, setAt } from "./faulty.ts";

/** Ways in which a paper of goods is read with everything that it prints, and something in another's place. */
export const PAPER_FAULT_KINDS = [
  "both item numbers exchanged",
  "a code of a line taken for another",
  "the origin of a line replaced",
  "carrier and another exchanged",
  "carrier taken for another",
  "the country of a party replaced",
] as const;
export type PaperFaultKind = (typeof PAPER_FAULT_KINDS)[number];

/** Each makes the variants of itself that a truth allows. */
export const PAPER_FAULTS: Readonly<Record<PaperFaultKind, (truth: Facts) => readonly Faulty[]>> = {
  "both item numbers exchanged": (truth) => codesExchanged(truth, ["seller_item_number", "buyer_item_number"]),
  "a code of a line taken for another": (truth) =>
    PAIRS.flatMap(([one, other]) => [...codesExchanged(truth, [one, other]), ...codesTaken(truth, one, other)]),
  "the origin of a line replaced": originsReplaced,
  "carrier and another exchanged": carrierExchanged,
  "carrier taken for another": carrierTaken,
  "the country of a party replaced": countriesReplaced,
};

const CODES = ["seller_item_number", "buyer_item_number", "gtin", "hs_code", "batch"] as const;
type Code = (typeof CODES)[number];
const PAIRS = CODES.flatMap((one) => CODES.filter((other) => other !== one).map((other) => [one, other] as const));
const PARTIES = ["vendor", "buyer", "ship_to", "carrier"] as const;
type PartyRole = (typeof PARTIES)[number];
/** Some of them stated nowhere. */
const COUNTRIES = ["DE", "FR", "US", "CN"];

/** Of each line, and of all. */
function codesExchanged(truth: Facts, [one, other]: readonly [Code, Code]): Faulty[] {
  const exchanged = (line: Line) => ({ ...line, [one]: line[other], [other]: line[one] });
  const lines = truth.lines.flatMap((line, index) => (line[one] === null || line[other] === null ? [] : index));
  if (lines.length === 0) return [];
  const of = (indexes: readonly number[]) => ({
    what: `${one} and ${other} of lines ${indexes}`,
    facts: { ...truth, lines: truth.lines.map((line, index) => (indexes.includes(index) ? exchanged(line) : line)) },
  });
  return [...lines.map((index) => of([index])), of(lines)];
}

/**
 * What is stated as one is read as the other, and as that only. Whose the only item number of a line is, few pages tell.
 */
function codesTaken(truth: Facts, from: Code, to: Code): Faulty[] {
  const areItems = from.endsWith("_item_number") && to.endsWith("_item_number");
  return truth.lines.flatMap((line, index) =>
    line[from] === null || (areItems && line[to] === null)
      ? []
      : faulty(`${from} of /lines/${index} read as ${to}`, truth, ({ lines }) =>
          Object.assign(lines[index] ?? {}, { [to]: line[from], [from]: null }),
        ),
  );
}

function originsReplaced(truth: Facts): Faulty[] {
  const others = new Set([...truth.lines.flatMap(({ origin_country }) => origin_country ?? []), ...COUNTRIES]);
  return truth.lines.flatMap(({ origin_country: own }, index) =>
    own === null
      ? []
      : [...others.difference(new Set([own]))].map((other) =>
          faulty(`/lines/${index} from ${other}`, truth, (facts) =>
            setAt(facts, `/lines/${index}/origin_country`, other),
          ),
        ),
  );
}

/** As a whole, and by their names or addresses only. */
function carrierExchanged(truth: Facts): Faulty[] {
  return others(truth).flatMap(([role, carrier, party]) => [
    { what: `/carrier and /${role}`, facts: { ...truth, carrier: party, [role]: carrier } },
    {
      what: `the names of /carrier and /${role}`,
      facts: { ...truth, carrier: { ...carrier, name: party.name }, [role]: { ...party, name: carrier.name } },
    },
    {
      what: `the addresses of /carrier and /${role}`,
      facts: { ...truth, carrier: { ...party, name: carrier.name }, [role]: { ...carrier, name: party.name } },
    },
  ]);
}

/** The carrier is read as somebody else and nobody as the carrier, and the other way round. */
function carrierTaken(truth: Facts): Faulty[] {
  return others(truth).flatMap(([role, carrier, party]) => [
    { what: `/carrier read as /${role}`, facts: { ...truth, carrier: null, [role]: carrier } },
    { what: `/${role} read as /carrier`, facts: { ...truth, carrier: party, [role]: null } },
  ]);
}

function others(truth: Facts): (readonly [PartyRole, NonNullable<Party>, NonNullable<Party>])[] {
  const { carrier } = truth;
  if (carrier === null) return [];
  return PARTIES.flatMap((role) => {
    const party = truth[role];
    return role === "carrier" || party === null ? [] : [[role, carrier, party] as const];
  });
}

function countriesReplaced(truth: Facts): Faulty[] {
  return PARTIES.flatMap((role) => {
    const own = truth[role]?.country ?? null;
    return own === null
      ? []
      : COUNTRIES.filter((other) => other !== own).map((other) =>
          faulty(`/${role} in ${other}`, truth, (facts) => setAt(facts, `/${role}/country`, other)),
        );
  });
}
