import { type Extraction, extractionFactsSchema, type Facts } from "@flowstate/contracts";

/** What was read, without what was found out about it. */
export function factsOf(extraction: Extraction): Facts {
  const { schema_version: _, validation: _validation, grounding: _grounding, ...stated } = extraction;
  const { spreadsheet_formulas: _formulas, ...coded } = stated;
  const facts: unknown = JSON.parse(JSON.stringify(coded, (name, value) => (name === "unit_code" ? undefined : value)));
  return extractionFactsSchema.parse(facts);
}
