/** How many of each kind there were, and which of them nobody would have noticed. */
export class FaultTable {
  readonly #rows = new Map<string, { count: number; readonly unnoticed: string[] }>();

  note(kind: string, what: string, noticed: boolean): void {
    const row = this.#rows.get(kind) ?? { count: 0, unnoticed: [] };
    row.count++;
    if (!noticed) row.unnoticed.push(what);
    this.#rows.set(kind, row);
  }

  print(title: string): void {
    const rows = [...this.#rows].map(([kind, { count, unnoticed }]) => {
      const flagged = count - unnoticed.length;
      const share = `${((100 * flagged) / count).toFixed(1)} %`;
      return `  ${kind.padEnd(36)}${String(count).padStart(6)}${String(flagged).padStart(8)}${share.padStart(10)}`;
    });
    process.stdout.write(
      `\n${title}\n  ${"kind".padEnd(36)}${"made".padStart(6)}${"flagged".padStart(8)}\n${rows.join("\n")}\n`,
    );
  }

  count(kind: string): number {
    return this.#rows.get(kind)?.count ?? 0;
  }

  flaggedPart(kind: string): number {
    const { count, unnoticed } = this.#rows.get(kind) ?? { count: 0, unnoticed: [] };
    return count === 0 ? Number.NaN : (count - unnoticed.length) / count;
  }
}
