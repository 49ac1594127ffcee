import { z } from "zod";
import { FieldTree, NAME_RULE, readFieldName } from "./field-tree.ts";
import { MAPPING_LIMITS, type MappedMember, type MappedValue, type Source } from "./mapping.ts";
import { readSource, type SourceRoots } from "./mapping-source.ts";
import { isListOfObjects, isNumeric, isSingleValue, itemsOf } from "./source-places.ts";
import { readTemplate } from "./template.ts";

const NO_FIELDS = "must be an object with at least one field";
const NO_VALUE =
  'must be a JSON pointer or one of {from, as: "number"}, {constant}, {template} and {each, fields}, with nothing besides';

const entrySchema = z.union([
  z.string().transform((from) => ({ from })),
  z.strictObject({ from: z.string() }),
  z.strictObject({ from: z.string(), as: z.literal("number") }),
  z.strictObject({ constant: z.unknown() }),
  z.strictObject({ template: z.string() }),
  z.strictObject({ each: z.string(), fields: z.unknown() }),
]);
const constantSchema = z.union([z.string().max(MAPPING_LIMITS.constantLength), z.int(), z.boolean()]);

interface Scope extends SourceRoots {
  readonly inEach: boolean;
}

type Path = readonly PropertyKey[];

/**
 * The fields of a mapping, with sources that exist in `roots` and fit. Everything that is not as docs/erp/mapping.md says
 * becomes an issue of `context`, with its place; what is returned is only good when there is none.
 */
export function readFields(
  fields: unknown,
  roots: SourceRoots,
  context: z.core.$RefinementCtx,
): readonly MappedMember[] {
  const members = new FieldsReader(context).read(fields, [], { ...roots, inEach: false });
  if (countFields(members) > MAPPING_LIMITS.fields) {
    context.addIssue({
      code: "custom",
      message: `must have at most ${MAPPING_LIMITS.fields} fields, those inside each included`,
    });
  }
  return members;
}

class FieldsReader {
  readonly #context: z.core.$RefinementCtx;

  constructor(context: z.core.$RefinementCtx) {
    this.#context = context;
  }

  /** Reads own properties one by one: a schema for records would pass over a field named `__proto__` in silence. */
  read(fields: unknown, path: Path, scope: Scope): readonly MappedMember[] {
    const isObject = typeof fields === "object" && fields !== null && !Array.isArray(fields);
    const entries: [string, unknown][] = isObject ? Object.entries(fields) : [];
    if (entries.length === 0) this.#refuse(path, NO_FIELDS);
    const tree = new FieldTree();
    for (const [index, [name, entry]] of entries.entries()) {
      const steps = readFieldName(name);
      if (steps === undefined) {
        this.#refuse([...path, index], NAME_RULE);
        continue;
      }
      const value = this.#value(entry, [...path, name], scope);
      if (value !== undefined && !tree.add(steps, value)) {
        this.#refuse([...path, name], "must not stand in the place of another field");
      }
    }
    return tree.members();
  }

  #value(entry: unknown, path: Path, scope: Scope): MappedValue | undefined {
    const parsed = entrySchema.safeParse(entry);
    if (!parsed.success) return this.#refuse(path, NO_VALUE);
    const written = parsed.data;
    if ("constant" in written) return this.#constant(written.constant, path);
    if ("template" in written) return this.#template(written.template, path, scope);
    if ("each" in written) return this.#each(written, path, scope);
    const read = this.#source(written.from, path, scope);
    if (read === undefined) return undefined;
    if (!("as" in written)) return { form: "copy", from: read.source };
    if (isNumeric(read.places)) return { form: "number", from: read.source };
    return this.#refuse(path, "must be a decimal or a number to be sent as a number");
  }

  #constant(constant: unknown, path: Path): MappedValue | undefined {
    const parsed = constantSchema.safeParse(constant);
    if (parsed.success) return { form: "constant", json: jsonOf(parsed.data) };
    const message = `must be a text of at most ${MAPPING_LIMITS.constantLength} characters, a whole number, true or false`;
    return this.#refuse([...path, "constant"], message);
  }

  #template(template: string, path: Path, scope: Scope): MappedValue | undefined {
    const written = readTemplate(template);
    if (written?.some((part) => "pointer" in part) !== true) {
      const message = `must be at most ${MAPPING_LIMITS.templateLength} characters with a JSON pointer in braces, and {{ or }} for a brace`;
      return this.#refuse([...path, "template"], message);
    }
    const parts = written.flatMap((part): (Uint8Array | Source)[] => {
      if ("text" in part) return [jsonOf(part.text).subarray(1, -1)];
      const read = this.#source(part.pointer, [...path, "template"], scope);
      if (read === undefined) return [];
      if (!isSingleValue(read.places))
        this.#refuse([...path, "template"], "must name single values, no list or object");
      return [read.source];
    });
    return { form: "template", parts };
  }

  #each(written: { each: string; fields: unknown }, path: Path, scope: Scope): MappedValue | undefined {
    if (scope.inEach) return this.#refuse(path, "must not be an each inside another");
    const read = this.#source(written.each, [...path, "each"], scope);
    if (read === undefined) return undefined;
    if (!isListOfObjects(read.places)) return this.#refuse([...path, "each"], "must be a list of objects");
    const inside: Scope = { payload: scope.payload, here: itemsOf(read.places), inEach: true };
    return { form: "each", of: read.source, members: this.read(written.fields, [...path, "fields"], inside) };
  }

  #source(pointer: string, path: Path, scope: Scope) {
    const read = readSource(pointer, scope);
    return read.source === undefined ? this.#refuse(path, read.problem) : read;
  }

  #refuse(path: Path, message: string): undefined {
    this.#context.addIssue({ code: "custom", path: [...path], message });
  }
}

function countFields(members: readonly MappedMember[]): number {
  return members.reduce((count, { value }) => {
    if (value.form === "object") return count + countFields(value.members);
    return count + 1 + (value.form === "each" ? countFields(value.members) : 0);
  }, 0);
}

function jsonOf(value: string | number | boolean): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
