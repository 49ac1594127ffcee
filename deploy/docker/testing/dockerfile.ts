import { readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { ROOT } from "@flowstate/local/local-file.ts";

/** The image of the four services. */
const SERVICES_IMAGE = "deploy/docker/Dockerfile";

export interface Instruction {
  /** In upper case. */
  readonly name: string;
  /** As written, with continued lines joined by single blanks. */
  readonly value: string;
}

export interface Stage {
  readonly image: string;
  readonly name: string | undefined;
  /** Those after FROM. */
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile of ours. Throws on what stands before the first FROM, because nothing here reads that. */
export function readDockerfile(path = SERVICES_IMAGE): readonly Stage[] {
  const stages: { image: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const { name, value } of instructionsOf(readFileSync(join(ROOT, path), "utf8"))) {
    if (name === "FROM") {
      const [image = "", , stage] = value.split(/\s+/);
      stages.push({ image, name: stage, instructions: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (stage === undefined) throw new Error(`${name} stands before the first FROM`);
    stage.instructions.push({ name, value });
  }
  return stages;
}

function instructionsOf(text: string): readonly Instruction[] {
  const lines = text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n")
    .replaceAll(/\s*\\\n\s*/g, " ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [name = ""] = line.split(/\s/, 1);
    return { name: name.toUpperCase(), value: line.slice(name.length).trim() };
  });
}

/** The values of all instructions of this name. */
export function valuesOf({ instructions }: Stage, name: string): readonly string[] {
  return instructions.filter((instruction) => instruction.name === name).map(({ value }) => value);
}

/** The variables that a stage sets. */
export function environmentOf(stage: Stage): Readonly<Record<string, string>> {
  const pairs = valuesOf(stage, "ENV").flatMap((value) => value.split(/\s+/));
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

/** An ENTRYPOINT or CMD in its JSON form. Throws when there is not exactly one. */
export function argumentsOf(stage: Stage, name: "ENTRYPOINT" | "CMD"): readonly string[] {
  const [value, ...more] = valuesOf(stage, name);
  if (value === undefined || more.length > 0) throw new Error(`there must be one ${name}`);
  const parsed: unknown = JSON.parse(value);
  if (Array.isArray(parsed) && parsed.every((part) => typeof part === "string")) return parsed;
  throw new Error(`${name} must be a list of texts`);
}

/** Whether a path of the build's context, without a slash at its end, is left out of it. */
export function ignoredByDocker(path = SERVICES_IMAGE): (path: string) => boolean {
  const rules = readFileSync(join(ROOT, `${path}.dockerignore`), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) =>
      line.startsWith("!") ? { pattern: line.slice(1), ignored: false } : { pattern: line, ignored: true },
    );
  return (path) => {
    let ignored = false;
    for (const rule of rules) if (matches(path, rule.pattern)) ignored = rule.ignored;
    return ignored;
  };
}

/** A pattern matches what it names and everything below it, as Docker reads it. */
function matches(path: string, pattern: string): boolean {
  const steps = path.split("/");
  return steps.some((_, index) => matchesGlob(steps.slice(0, index + 1).join("/"), pattern));
}
