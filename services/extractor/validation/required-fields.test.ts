import type { Facts } from "@flowstate/contracts";
import { describe, expect, it } from "vitest";
import { factsWith, invoiceFacts, lineWith } from "../testing/sample-facts.ts";
import { checkRequiredFields } from "./required-fields.ts";

// Real: the table of requirements. The facts state everything; each case takes something away.

type Type = Facts["document_type"];

function missing(type: Type, change: (facts: Facts) => void = () => {}): string[] {
  const facts = invoiceFacts((stated) => {
    stated.document_type = type;
    stated.carrier = stated.vendor && structuredClone(stated.vendor);
    change(stated);
  });
  return checkRequiredFields(facts).flatMap(({ rule, path }) => (rule === "required_field_missing" ? path : []));
}

const WITHOUT: Readonly<Record<string, (facts: Facts) => void>> = {
  "/document_number": (facts) => {
    facts.document_number = null;
    facts.references = { ...facts.references, container_numbers: [] };
  },
  "/document_date": (facts) => {
    facts.document_date = null;
  },
  "/vendor/name": (facts) => {
    facts.vendor = null;
  },
  "/buyer/name": (facts) => {
    facts.buyer = null;
  },
  "/carrier/name": (facts) => {
    facts.carrier = null;
    facts.vendor = null;
  },
  "/currency": (facts) => {
    facts.currency = null;
  },
  "/totals/gross": (facts) => {
    facts.totals = { ...facts.totals, gross: null, due: null };
  },
  "/lines": (facts) => {
    facts.lines = [];
    facts.totals = { ...facts.totals, packages: null, gross_weight: null };
    facts.references = { ...facts.references, purchase_order_numbers: [], container_numbers: [] };
  },
};

const NEEDS: Readonly<Record<Type, readonly string[]>> = {
  invoice: ["/document_number", "/document_date", "/vendor/name", "/currency", "/totals/gross"],
  credit_note: ["/document_number", "/document_date", "/vendor/name", "/currency", "/totals/gross"],
  purchase_order: ["/document_number", "/document_date", "/buyer/name", "/lines", "/currency"],
  order_confirmation: ["/document_number", "/document_date", "/vendor/name", "/lines", "/currency"],
  packing_list: ["/document_number", "/lines"],
  delivery_note: ["/document_number", "/vendor/name", "/lines"],
  bill_of_lading: ["/document_number", "/carrier/name", "/lines"],
  other: ["/currency"],
};
const TYPES = Object.keys(NEEDS) as Type[];

describe("required_field_missing", () => {
  it.each(TYPES)("is not found in a complete %s", (type) => {
    expect(missing(type)).toEqual([]);
  });

  it.each(TYPES.flatMap((type) => Object.keys(WITHOUT).map((path) => [type, path] as const)))(
    "says of %s without %s exactly what its type needs",
    (type, path) => {
      expect(missing(type, WITHOUT[path])).toEqual(
        // Without a carrier there is no vendor either.
        NEEDS[type].filter((needed) => needed === path || (path === "/carrier/name" && needed === "/vendor/name")),
      );
    },
  );

  it("names every field that is missing", () => {
    expect(checkRequiredFields(factsWith({})).map(({ path }) => path)).toEqual([...NEEDS.invoice, "/lines"]);
  });

  it("is found for a party without a name", () => {
    const nameless = (facts: Facts) => {
      if (facts.vendor !== null) facts.vendor.name = null;
      if (facts.carrier !== null) facts.carrier.name = null;
      if (facts.buyer !== null) facts.buyer.name = null;
    };
    expect(missing("invoice", nameless)).toEqual(["/vendor/name"]);
    expect(missing("purchase_order", nameless)).toEqual(["/buyer/name"]);
    expect(missing("bill_of_lading", nameless)).toEqual(["/carrier/name"]);
  });

  it("asks for the carrier or the shipper of a bill of lading, not for both", () => {
    expect(
      missing("bill_of_lading", (facts) => {
        facts.carrier = null;
      }),
    ).toEqual([]);
    expect(
      missing("bill_of_lading", (facts) => {
        facts.vendor = null;
      }),
    ).toEqual([]);
  });

  it.each([
    [
      "a total",
      (facts: Facts) => {
        facts.totals.gross = "1";
      },
    ],
    [
      "a net total",
      (facts: Facts) => {
        facts.totals.net = "1";
      },
    ],
    [
      "a total without tax",
      (facts: Facts) => {
        facts.totals.tax_basis = "1";
      },
    ],
    [
      "an amount due",
      (facts: Facts) => {
        facts.totals.due = "1";
      },
    ],
    [
      "an amount of a line",
      (facts: Facts) => {
        facts.lines = [lineWith({}), lineWith({ amount: "1" })];
      },
    ],
  ])("asks for the currency of an order that states %s", (_what, change) => {
    const bare = factsWith({ document_type: "purchase_order", lines: [lineWith({})] });
    const paths = () => checkRequiredFields(bare).map(({ path }) => path);
    expect(paths()).not.toContain("/currency");
    change(bare);
    expect(paths()).toContain("/currency");
  });

  it.each([
    ["a delivery note", { delivery_note_number: "1" }],
    ["a shipment", { shipment_number: "1" }],
    ["an order", { purchase_order_numbers: ["1"] }],
    ["a container", { container_numbers: ["CSQU3054383"] }],
  ])("lets a packing list go by %s", (_what, references) => {
    expect(
      missing("packing_list", (facts) => {
        facts.document_number = null;
        facts.references = { ...factsWith({}).references, ...references };
      }),
    ).toEqual([]);
  });

  it("lets a bill state nothing but what is due", () => {
    const onlyDue = (facts: Facts) => {
      facts.totals = { ...factsWith({}).totals, due: "98.75" };
    };
    expect(missing("invoice", onlyDue)).toEqual([]);
    expect(missing("credit_note", onlyDue)).toEqual([]);
  });

  it("lets an order confirmation name the order in place of lines", () => {
    const named = (facts: Facts) => {
      facts.lines = [];
      facts.references.purchase_order_numbers = ["PO-1"];
    };
    expect(missing("order_confirmation", named)).toEqual([]);
    expect(missing("purchase_order", named)).toEqual(["/lines"]);
  });

  it("lets a bill of lading state lines and nothing for the whole", () => {
    const bare = factsWith({ document_type: "bill_of_lading", document_number: "1", lines: [lineWith({})] });
    expect(checkRequiredFields(bare).map(({ path }) => path)).toEqual(["/carrier/name"]);
  });

  it.each([
    [
      "packages",
      (facts: Facts) => {
        facts.totals.packages = "4";
      },
    ],
    [
      "a gross weight",
      (facts: Facts) => {
        facts.totals.gross_weight = { value: "4", unit: "t" };
      },
    ],
    [
      "a container",
      (facts: Facts) => {
        facts.references.container_numbers = ["CSQU3054383"];
      },
    ],
  ])("lets a bill of lading state %s in place of lines", (_what, state) => {
    expect(
      missing("bill_of_lading", (facts) => {
        WITHOUT["/lines"]?.(facts);
        state(facts);
      }),
    ).toEqual([]);
  });
});

describe("lines_missing", () => {
  const linesMissing = { rule: "lines_missing", path: "/lines" };

  it.each(["invoice", "credit_note"] as const)("is found in a %s without lines", (document_type) => {
    const withoutLines = invoiceFacts((facts) => Object.assign(facts, { document_type, lines: [] }));
    expect(checkRequiredFields(withoutLines)).toEqual([linesMissing]);
    expect(checkRequiredFields(invoiceFacts((facts) => Object.assign(facts, { document_type })))).toEqual([]);
  });

  it("is found in an order confirmation that names the order alone, unless its own data says so", () => {
    const named = invoiceFacts((facts) => {
      facts.document_type = "order_confirmation";
      facts.lines = [];
      facts.references.purchase_order_numbers = ["PO-1"];
    });
    expect(checkRequiredFields(named)).toEqual([linesMissing]);
    expect(checkRequiredFields(named, { isComplete: true })).toEqual([]);
  });

  it("is not found where lines are required anyway, or need not be", () => {
    for (const document_type of ["purchase_order", "packing_list", "other", "bill_of_lading"] as const) {
      expect(checkRequiredFields(factsWith({ document_type }))).not.toContainEqual(linesMissing);
    }
  });
});

describe("document_type_other", () => {
  it("is found for that type only", () => {
    const found = TYPES.filter((document_type) =>
      checkRequiredFields(factsWith({ document_type })).some(({ rule }) => rule === "document_type_other"),
    );
    expect(found).toEqual(["other"]);
  });
});
