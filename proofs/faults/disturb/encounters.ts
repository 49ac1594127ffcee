import { readFileSync, writeFileSync } from "node:fs";

/** What the services' processes say that they have met, a line each (`obey-orders.ts`). */
export class Encounters {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    writeFileSync(file, "");
  }

  count(line: string): number {
    return readFileSync(this.#file, "utf8")
      .split("\n")
      .filter((each) => each === line).length;
  }
}
