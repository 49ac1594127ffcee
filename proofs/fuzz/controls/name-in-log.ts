import pino from "pino";

/** From now on each line of a log names what `said` answers. */
export function nameInLog(said: () => string): void {
  const { writeSym } = Object(pino.symbols);
  const ofAll = Object.getPrototypeOf(Object.getPrototypeOf(pino({ enabled: false })));
  const writeLine = ofAll[writeSym];
  ofAll[writeSym] = function (fields: unknown, ...rest: readonly unknown[]) {
    return Reflect.apply(writeLine, this, [{ ...Object(fields), name: said() }, ...rest]);
  };
}
