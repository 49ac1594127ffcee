/** One thing that an operator has done with the record by hand. */
export interface Command {
  /** Its name and its arguments, as they are typed. */
  readonly usage: string;
  /** Whether these arguments are such; `run` is called with no others. */
  accepts(args: readonly string[]): boolean;
  /** Does it and prints what came of it. False when it could not. Throws `ConfigError`. */
  run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<boolean>;
}
