import { MAPPING_LIMITS, type MappedMember, type MappedValue } from "./mapping.ts";

/** Letters and digits of any script, and what names have between them. Nothing here needs an escape in JSON. */
const NAME_STEP = /^[\p{L}\p{N}_$@#:/ -]+$/u;
/** Names with a meaning of their own in JavaScript: an ERP that copies what it receives would change its own objects. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export const NAME_RULE =
  `must have a name of at most ${MAPPING_LIMITS.nameLength} letters, digits, spaces and _ $ @ # : / - with dots between the ` +
  `${MAPPING_LIMITS.nameDepth} levels it may have, none of them ${[...RESERVED_NAMES].join(", ")}`;

/** An object in the making, by the names of its members, in the order in which they came. */
export class FieldTree {
  readonly #members = new Map<string, MappedValue | FieldTree>();

  /** Adds a field. False when one of the steps, or the whole name, is taken by another field. */
  add([step, ...deeper]: FieldName, value: MappedValue): boolean {
    const present = this.#members.get(step);
    const [next, ...others] = deeper;
    if (next === undefined) {
      if (present !== undefined) return false;
      this.#members.set(step, value);
      return true;
    }
    if (present !== undefined && !(present instanceof FieldTree)) return false;
    const child = present ?? new FieldTree();
    this.#members.set(step, child);
    return child.add([next, ...others], value);
  }

  members(): readonly MappedMember[] {
    return [...this.#members].map(([step, value]) => ({
      name: new TextEncoder().encode(`${JSON.stringify(step)}:`),
      value: value instanceof FieldTree ? { form: "object", members: value.members() } : value,
    }));
  }
}

export type FieldName = readonly [string, ...string[]];

/** The steps of a field's name: `supplier.name` is the member `name` of the object `supplier`. Undefined for a name that is none. */
export function readFieldName(name: string): FieldName | undefined {
  const [first = "", ...others] = name.split(".");
  const steps: FieldName = [first, ...others];
  const allowed = steps.every((step) => NAME_STEP.test(step) && !RESERVED_NAMES.has(step));
  return allowed && name.length <= MAPPING_LIMITS.nameLength && steps.length <= MAPPING_LIMITS.nameDepth
    ? steps
    : undefined;
}
